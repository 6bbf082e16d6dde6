"""The records that benchmarks run on, made once and kept in a cache folder outside of the checkout.

The folder is `$KG_BENCH`, else `pathway-kg-bench` in the cache folder of the user. It may be deleted.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from measuring import HERE, note

ROOT = HERE.parent
GENERATED, REAL = "generated", "real"
COPIES = 20


class Records(NamedTuple):
    """Which records: made-up or real ones, their generation, and how many (of real ones: all).

    Real records are few, so each stands there `COPIES` times, each time as another figure of the same paper.
    """

    generation: str
    size: int
    origin: str = GENERATED

    @property
    def name(self) -> str:
        """What the folder is called."""
        if self.origin == REAL:
            return f"real-{self.generation}-{COPIES}"
        return f"{self.generation}-{self.size}-{_made_by()}"

    def shown(self) -> str:
        """Return the records as words."""
        return f"{self.size:,} {'real ' if self.origin == REAL else ''}{self.generation} records"


def cache() -> Path:
    """Return the cache folder, which is there afterwards."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(os.environ.get("KG_BENCH") or Path(home) / "pathway-kg-bench")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def corpus() -> Path | None:
    """Return the folder of the real records (`$KG_CORPUS`, else beside the checkout), if there is one."""
    folder = Path(os.environ.get("KG_CORPUS") or ROOT.parent / "shared" / "corpus")
    return folder if folder.is_dir() else None


def site(records: Records) -> Path:
    """Return a site checkout with these records, made now unless the cache has it."""
    folder = cache() / "sites" / records.name
    done = folder.with_name(f"{folder.name}.done")
    if not done.exists():
        shutil.rmtree(folder, ignore_errors=True)
        note(f"making {records.shown()}")
        if records.origin == REAL:
            _copy_real(records.generation, folder)
        else:
            _generate(records, folder)
        done.touch()
    return folder


def real_records(generation: str) -> Records | None:
    """Return the real records of a generation, all copies counted, where there are any."""
    found = corpus()
    if found is None or not (found / f"pfocr-{generation}").is_dir():
        return None
    return Records(generation, COPIES * len(list(_pages(found / f"pfocr-{generation}"))), REAL)


def archive(records: Records, suffix: str) -> Path:
    """Return a site as `.tar.gz` or `.zip`, made now unless the cache has it."""
    folder = site(records)
    path = folder.with_name(folder.name + suffix)
    if not path.exists():
        note(f"packing {path.name}")
        unfinished = path.with_name(f"{path.name}.part")
        (_pack_tar if suffix == ".tar.gz" else _pack_zip)(folder, unfinished)
        unfinished.rename(path)
    return path


def _made_by() -> str:
    """Return a short name of the code that makes the records."""
    code = b"".join((HERE / name).read_bytes() for name in ("figures.py", "generate.py"))
    return hashlib.sha256(code).hexdigest()[:8]


def _generate(records: Records, folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    arguments = (folder, "--records", records.size, "--generation", records.generation)
    subprocess.run([sys.executable, HERE / "generate.py", *map(str, arguments)], check=True)


def _pages(folder: Path) -> Iterator[Path]:
    return (folder / "_figures").glob("*.md")


def _copy_real(generation: str, folder: Path) -> None:
    """Copy the real records, each several times: the figure id has a number added wherever it stands."""
    found = corpus()
    assert found is not None
    source = found / f"pfocr-{generation}"
    for name in ("_figures", "_data"):
        (folder / name).mkdir(parents=True)
    if (source / "_organisms").is_dir():
        shutil.copytree(source / "_organisms", folder / "_organisms", copy_function=shutil.copyfile)
    for path in (source / "_data").glob("*_map.tsv"):
        shutil.copyfile(path, folder / "_data" / path.name)
    for page in _pages(source):
        tables = [source / "_data" / f"{page.stem}-{kind}.tsv" for kind in ("genes", "chemicals", "diseases")]
        for path in (page, *filter(Path.exists, tables)):
            text = path.read_text("utf-8")
            for number in range(COPIES):
                copy = f"{page.stem}-{number}"
                target = folder / path.parent.name / path.name.replace(page.stem, copy, 1)
                target.write_bytes(text.replace(page.stem, copy).encode())


def _pack_tar(folder: Path, path: Path) -> None:
    with tarfile.open(path, "w:gz", compresslevel=6) as packed:
        packed.add(folder, arcname=folder.name)


def _pack_zip(folder: Path, path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for file in sorted(folder.rglob("*")):
            packed.write(file, f"{folder.name}/{file.relative_to(folder)}")
