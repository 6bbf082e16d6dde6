"""An environment of its own for each peer, made once in the cache folder, with the versions of its file.

The files are `peers/requirements/<peer>.txt`. The pip of this environment fills them, so neither `ensurepip`
nor another tool is needed.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

from measuring import HERE, note
from sites import cache

PEERS = HERE / "peers"
SECONDS = 600


class UnavailableError(RuntimeError):
    """A peer cannot be installed here; the text says why."""


def requirements(name: str) -> Path:
    return PEERS / "requirements" / f"{name}.txt"


def environment(name: str) -> Path:
    """Return the Python of the environment of a peer, made now unless it is there.

    Raises:
        UnavailableError: it cannot be made; what was begun is gone.
    """
    wanted = requirements(name).read_bytes() + sys.version.encode()
    folder = cache() / "environments" / f"{name}-{hashlib.sha256(wanted).hexdigest()[:8]}"
    python, done = folder / "bin" / "python", folder / ".done"
    if not done.exists():
        note(f"installing {name}")
        shutil.rmtree(folder, ignore_errors=True)
        try:
            _make(name, folder, python)
        except UnavailableError:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        done.touch()
    return python


def versions(name: str) -> str:
    """Return what the file of a peer pins, as one line."""
    lines = requirements(name).read_text("utf-8").splitlines()
    return ", ".join(line.replace("==", " ") for line in lines if line and not line.startswith("#"))


def _make(name: str, folder: Path, python: Path) -> None:
    pip = [sys.executable, "-m", "pip", "--python", str(python), "--disable-pip-version-check", "install"]
    _run([sys.executable, "-m", "venv", "--without-pip", str(folder)])
    _run([*pip, "--quiet", "--progress-bar", "off", "-r", str(requirements(name))])
    listed = [*pip[:-1], "list", "--format=json"]
    found = subprocess.run(listed, check=False, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    rows = json.loads(found.stdout or "[]")
    text = "".join(f"{row['name']}=={row['version']}\n" for row in rows)
    (folder / "installed.txt").write_text(text, "utf-8")


def _run(command: list[str]) -> None:
    """Run a command.

    Raises:
        UnavailableError: it failed; the text is the last line that tells of an error.
    """
    try:
        done = subprocess.run(
            command, check=False, timeout=SECONDS, stdin=subprocess.DEVNULL, capture_output=True, text=True
        )
    except subprocess.TimeoutExpired as error:
        raise UnavailableError(f"not installed after {SECONDS} s") from error
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        told = [line for line in lines if line.lower().startswith("error")] or lines or ["no message"]
        raise UnavailableError(told[-1].strip()[:300])
