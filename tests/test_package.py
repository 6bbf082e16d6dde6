"""The package: what wheel and sdist hold, that both are reproducible, and that an installed wheel works."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LAZY = ("rdflib", "SPARQLWrapper", "pyoxigraph", "markdown_it", "click", "tqdm")
NOT_BUILT = (".git", ".venv", "dist", "__pycache__", ".*_cache", ".hypothesis")


def _run(command: Sequence[str | Path], cwd: Path, **environment: str) -> str:
    done = subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def _build(source: Path, target: Path) -> tuple[Path, Path]:
    """Build without the network and return the wheel and the sdist."""
    _run([sys.executable, "-m", "hatchling", "build", "-d", target], source)
    (wheel,), (sdist,) = target.glob("*.whl"), target.glob("*.tar.gz")
    return wheel, sdist


def _unpack(sdist: Path, folder: Path) -> Path:
    with tarfile.open(sdist) as archive:
        if sys.version_info >= (3, 12):
            archive.extractall(folder, filter="data")
        else:
            archive.extractall(folder)
    (top,) = folder.iterdir()
    return top


def _wheel_content(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _files(folder: Path) -> set[str]:
    return {
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".pyc" and not path.name.startswith(".")
    }


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return the wheel and the sdist of this checkout."""
    return _build(ROOT, tmp_path_factory.mktemp("built"))


@pytest.fixture(scope="module")
def unpacked(built: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder that the sdist unpacks to."""
    return _unpack(built[1], tmp_path_factory.mktemp("an sdist"))


@pytest.fixture(scope="module")
def installed(built: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder elsewhere into which the wheel is installed, without its dependencies."""
    target = tmp_path_factory.mktemp("an installed wheel")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-index"]
    _run([*pip, "--no-deps", "--no-compile", "--target", target, built[0]], target)
    return target


def _python(installed: Path, cwd: Path, *arguments: str) -> str:
    """Run Python so that `kg` comes from the installed wheel, not from the checkout."""
    return _run([sys.executable, "-W", "error", *arguments], cwd, PYTHONPATH=str(installed))


@pytest.mark.parametrize(
    ("packaged", "in_checkout"),
    [("kg/ontology", "ontology"), ("kg/queries", "queries"), ("kg/examples", "examples/records")],
)
def test_wheel_holds_the_folders(built: tuple[Path, Path], packaged: str, in_checkout: str) -> None:
    content = _wheel_content(built[0])
    expected = _files(ROOT / in_checkout)
    assert expected, f"{in_checkout}/ is empty"
    assert {
        name.removeprefix(f"{packaged}/") for name in content if name.startswith(f"{packaged}/")
    } == expected
    assert all(content[f"{packaged}/{name}"] == (ROOT / in_checkout / name).read_bytes() for name in expected)


def test_wheel_holds_the_package_and_nothing_else(built: tuple[Path, Path]) -> None:
    content = _wheel_content(built[0])
    assert {name.split("/")[0] for name in content if ".dist-info/" not in name} == {"kg"}
    modules = {str(path.relative_to(ROOT)) for path in (ROOT / "kg").rglob("*.py")}
    assert {name for name in content if name.endswith(".py")} == modules
    assert "kg/py.typed" in content, "kg/py.typed tells type checkers that the package is typed"


def test_wheel_tells_of_itself(built: tuple[Path, Path]) -> None:
    content = _wheel_content(built[0])
    (metadata,) = (text.decode() for name, text in content.items() if name.endswith("/METADATA"))
    assert "License-Expression: Apache-2.0" in metadata
    assert "Requires-Python: >=3.10" in metadata
    (scripts,) = (text.decode() for name, text in content.items() if name.endswith("entry_points.txt"))
    assert "kg = kg.cli:main" in scripts


def test_sdist_holds_what_builds_and_tests(unpacked: Path) -> None:
    held = _files(unpacked)
    for folder in ("kg", "ontology", "queries", "examples", "tests", "benchmarks", "docs"):
        assert {f"{folder}/{name}" for name in _files(ROOT / folder)} <= held
    for name in (
        "Makefile",
        "requirements.lock",
        "pyproject.toml",
        "LICENSE",
        "README.md",
        "CONTRIBUTING.md",
    ):
        assert name in held
    assert (unpacked / ".ci" / "run").is_file()


def test_wheel_of_the_sdist_is_the_same(built: tuple[Path, Path], unpacked: Path, tmp_path: Path) -> None:
    wheel, _ = _build(unpacked, tmp_path)
    assert _wheel_content(wheel) == _wheel_content(built[0])


def test_building_twice_gives_the_same_bytes(built: tuple[Path, Path], tmp_path: Path) -> None:
    copy = tmp_path / "a copy"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*NOT_BUILT), copy_function=shutil.copy)
    again = _build(copy, tmp_path / "again")
    for first, second in zip(built, again, strict=True):
        assert first.name == second.name
        assert first.read_bytes() == second.read_bytes()


def test_installed_folders_are_found(installed: Path, tmp_path: Path) -> None:
    code = "from kg import resources as r; print(r.ontology(), r.queries(), r.examples(), sep='\\n')"
    places = _python(installed, tmp_path, "-c", code).splitlines()
    assert places == [str(installed.resolve() / "kg" / name) for name in ("ontology", "queries", "examples")]


def test_installed_command_exports(installed: Path, tmp_path: Path) -> None:
    if not (ROOT / "kg" / "__main__.py").is_file():
        pytest.skip("no command line yet")
    _python(
        installed,
        tmp_path,
        "-m",
        "kg",
        "export",
        str(installed / "kg" / "examples"),
        "-o",
        "out.nt",
        "--quiet",
    )
    assert (tmp_path / "out.nt").read_text("utf-8").count(" .\n") > 50


def test_import_is_light(installed: Path, tmp_path: Path) -> None:
    code = f"import kg, sys; print(*[name for name in {LAZY!r} if name in sys.modules])"
    assert _python(installed, tmp_path, "-c", code).split() == []


def test_lock_names_no_host() -> None:
    lines = (ROOT / "requirements.lock").read_text("utf-8").splitlines()
    assert not [
        line
        for line in lines
        if "://" in line or line.lstrip().startswith(("-i", "--index", "--extra", "-f"))
    ]
    pins = [line for line in lines if line and not line.startswith(("#", " "))]
    assert pins
    assert all("==" in line and line.endswith("\\") for line in pins), (
        "each line pins one version, with hashes"
    )


@pytest.mark.soak
def test_wheel_and_lock_work_in_an_empty_environment(built: tuple[Path, Path], tmp_path: Path) -> None:
    """Install with the network as a user would: the locked packages with their hashes, then the wheel."""
    home = tmp_path / "an environment"
    venv.create(home, with_pip=True)
    python = home / ("Scripts" if os.name == "nt" else "bin") / "python"
    pip: list[str | Path] = [python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    _run([*pip, "--require-hashes", "-r", ROOT / "requirements.lock"], tmp_path)
    _run([*pip, "--no-deps", built[0]], tmp_path)
    _run([python, "-m", "pip", "check"], tmp_path)
    assert _run([python.with_name("kg"), "demo"], tmp_path)
