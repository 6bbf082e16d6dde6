"""How another process of ours is started: by the same Python, with modules from the same places.

It imports nothing of where it was started from (`-I`), and no environment variable changes what it imports.
"""

from __future__ import annotations

import json
import os
import sys

_START = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from {module} import main; main()"


def command(module: str, *, isolated: bool = True) -> list[str]:
    """Return the command that runs `main` of a module of ours; more arguments may follow.

    A process that is not `isolated` heeds the environment variables of Python, such as `PYTHONHASHSEED`.
    """
    flags = ["-I"] if isolated else []
    return [sys.executable, *flags, "-c", _START.format(module=module), json.dumps(_path())]


def _path() -> list[str]:
    """Return where modules are found, as absolute paths: the process starts without any of its own."""
    return [
        os.path.abspath(folder)  # noqa: PTH100 - `resolve` would follow the links of an environment
        for folder in sys.path
    ]
