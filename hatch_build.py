"""What a build adds to the package: the query editor YASGUI, taken from npm at one version, by its checksum.

It is never committed. An editable install runs this too, so that a checkout has the editor after `make demo`.
Without npm, or its registry, the build goes on without it, and `kg serve` has a plain editor of its own.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PACKAGE = "@zazuko/yasgui@4.6.2"
FOLDER = "kg/serve/static/yasgui"
FILES: Mapping[str, str] = {
    "yasgui.min.css": "085b94556b97f9928981bdedb6848fd11ad4d8d950e821f0d698c58ca538fc55",
    "yasgui.min.js": "55034eaac74c55f55fbd1eeed008ae38a79053651cbed2b453f1fcfd895a4b75",
}
"""Each file of `build/` in the package, and its SHA-256."""


class FetchError(Exception):
    """The editor could not be had; the message says why."""


class YasguiHook(BuildHookInterface[Any]):
    """Fetches the editor before files are collected."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Put the editor into the checkout, or say why it is not there."""
        folder = Path(self.root, FOLDER)
        if is_whole(folder):
            return
        try:
            fetch(folder)
        except FetchError as error:
            self.app.display_warning(f"The query page will have the plain editor: {error}")


def is_whole(folder: Path) -> bool:
    """Say whether every file is there with the right content."""
    return all(_sum(folder / name) == known for name, known in FILES.items())


def fetch(folder: Path) -> None:
    """Take the package from npm and put its files into a folder.

    Raises:
        FetchError: npm is not there, the registry is not reached, or a file is not the one that is known.
    """
    npm = shutil.which("npm")
    if npm is None:
        raise FetchError("npm is not on PATH")
    with tempfile.TemporaryDirectory() as work:
        _pack(npm, work)
        (archive,) = Path(work).glob("*.tgz")
        for name in FILES:
            _extract(archive, f"package/build/{name}", Path(work, name))
        if not is_whole(Path(work)):
            raise FetchError(f"the files of {PACKAGE} have other checksums than the known ones")
        _extract(archive, "package/package.json", Path(work, "package.json"))
        folder.mkdir(parents=True, exist_ok=True)
        for name in FILES:
            shutil.copyfile(Path(work, name), folder / name)
        (folder / "NOTICE.txt").write_text(_notice(Path(work, "package.json")), "utf-8")


def _pack(npm: str, work: str) -> None:
    command = [npm, "pack", "--silent", "--ignore-scripts", PACKAGE]
    try:
        done = subprocess.run(command, cwd=work, capture_output=True, text=True, timeout=120, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise FetchError(f"npm failed: {error}") from error
    if done.returncode:
        raise FetchError(f"npm could not get {PACKAGE}: {' '.join(done.stderr.split())[:200]}")


def _extract(archive: Path, member: str, target: Path) -> None:
    with tarfile.open(archive) as tar:
        try:
            content = tar.extractfile(member)
        except KeyError:
            content = None
        if content is None:
            raise FetchError(f"{PACKAGE} holds no {member}")
        target.write_bytes(content.read())


def _notice(manifest: Path) -> str:
    about = json.loads(manifest.read_text("utf-8"))
    return (
        f"{about['name']} {about['version']}, licence {about['license']}\n"
        f"{about.get('homepage', '')}\nThe files are as in the npm package.\n"
    )


def _sum(path: Path) -> str | None:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return None


if __name__ == "__main__":
    try:
        fetch(Path(__file__).parent / FOLDER)
    except FetchError as failed:
        sys.exit(f"{failed}")
