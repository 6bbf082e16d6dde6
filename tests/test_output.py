"""Outputs appear whole or not at all: whatever ends the run, what stood there before still stands."""

from __future__ import annotations

import gzip
import os
import random
import resource
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Need
from runs import EXAMPLES, ROOT, run_kg, site

import kg
from kg.compression import COMPRESSIONS, Compressor
from kg.errors import MissingExtraError, WriteError
from kg.output import Output, outputs

OLD = "what stood here before\n"
TARGETS = ["kg.ttl", "kg.nt.gz", "kg.jsonld"]


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a site of some hundred figures: a run long enough to be killed inside."""
    text = (EXAMPLES / "_figures" / "PMC99000007__adp-2017-28-f2.md").read_text("utf-8")
    pages = {
        f"_figures/PMC{99200000 + number}__f.md": text.replace("PMC99000007", f"PMC{99200000 + number}")
        for number in range(400)
    }
    return site(tmp_path_factory.mktemp("many"), pages)


@pytest.fixture(scope="module")
def whole(many: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Return what an undisturbed run writes."""
    folder = tmp_path_factory.mktemp("whole")
    kg.export([many], [folder / name for name in TARGETS])
    return {name: (folder / name).read_bytes() for name in TARGETS}


def command(source: Path, *targets: Path) -> list[str]:
    options = [part for target in targets for part in ("-o", str(target))]
    return [sys.executable, "-m", "kg", "export", str(source), *options, "-q"]


def started(arguments: list[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        arguments,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def kill_once(source: Path, folder: Path, whole: dict[str, bytes], after: float) -> bool:
    """Kill a run; say whether it had written, and check that each output is the old or the new one."""
    for name in TARGETS:
        (folder / name).write_text(OLD)
    with started(command(source, *(folder / name for name in TARGETS))) as process:
        time.sleep(after)
        process.send_signal(signal.SIGKILL)
        process.wait()
    found = {name: (folder / name).read_bytes() for name in TARGETS}
    for name, data in found.items():
        assert data in (OLD.encode(), whole[name]), name
    for left in folder.glob(".*.tmp"):
        left.unlink()
    return found == whole


@pytest.mark.parametrize("after", [0.3, 0.5, 0.7, 0.9])
def test_a_kill_leaves_old_or_new(many: Path, whole: dict[str, bytes], tmp_path: Path, after: float) -> None:
    kill_once(many, tmp_path, whole, after)


@pytest.mark.soak
def test_a_hundred_kills_leave_old_or_new(many: Path, whole: dict[str, bytes], tmp_path: Path) -> None:
    chance = random.Random(19)
    begun = time.perf_counter()
    run_kg(*command(many, *(tmp_path / name for name in TARGETS))[3:])
    length = time.perf_counter() - begun
    done = [kill_once(many, tmp_path, whole, chance.uniform(0, length * 1.6)) for _ in range(100)]
    assert 0 < sum(done) < 100


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_leaves_no_half_file(many: Path, tmp_path: Path, number: signal.Signals) -> None:
    (tmp_path / "kg.ttl").write_text(OLD)
    with started(command(many, tmp_path / "kg.ttl", tmp_path / "kg.nq.zst")) as process:
        deadline = time.monotonic() + 30
        while not list(tmp_path.glob(".kg.nq.zst.*")) and time.monotonic() < deadline:
            time.sleep(0.002)
        process.send_signal(number)
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert b"Traceback" not in errors
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"kg.ttl": OLD}


def _small_files() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))


def test_a_file_that_may_not_grow_is_status_3(many: Path, tmp_path: Path) -> None:
    (tmp_path / "kg.ttl").write_text(OLD)
    done = subprocess.run(
        command(many, tmp_path / "kg.ttl", tmp_path / "kg.nt"),
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        preexec_fn=_small_files,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 3
    assert b"cannot write" in done.stderr
    assert b"Traceback" not in done.stderr
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"kg.ttl": OLD}


@pytest.fixture
def small_disk(tmp_path: Path, need: Need) -> Iterator[Path]:
    """Mount a disk of one megabyte."""
    folder = tmp_path / "disk"
    folder.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], capture_output=True, check=False
    )
    need(made.returncode == 0, "the right to mount a small disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


@pytest.mark.parametrize("name", ["kg.ttl", "kg.nt", "kg.jsonld", "kg.rdf"])
def test_a_full_disk_is_status_3_and_the_old_file_stands(many: Path, small_disk: Path, name: str) -> None:
    (small_disk / name).write_text(OLD)
    done = run_kg("export", many, "-o", small_disk / name, "-q")
    assert done.returncode == 3
    assert b"No space left on device" in done.stderr
    assert b"Traceback" not in done.stderr
    assert {path.name: path.read_text() for path in small_disk.iterdir()} == {name: OLD}


@pytest.mark.parametrize("options", [[], ["--quiet"]])
def test_a_device_that_is_full_is_status_3(options: list[str]) -> None:
    done = run_kg("export", EXAMPLES, "-o", "/dev/full", "--format", "turtle", *options)
    assert done.returncode == 3
    assert b"Traceback" not in done.stderr


def test_a_reader_that_goes_away_ends_the_run_silently(many: Path) -> None:
    done = subprocess.run(
        [
            "bash",
            "-c",
            f"{sys.executable} -m kg export '{many}' -o - -f turtle -q | head -n 1; echo ${{PIPESTATUS[0]}}",
        ],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
    )
    assert done.stderr == b""
    assert done.stdout.splitlines()[0].startswith(b"@prefix")
    assert done.stdout.splitlines()[-1] != b"1"


def test_a_folder_that_does_not_exist_is_status_3(tmp_path: Path) -> None:
    done = run_kg("export", EXAMPLES, "-o", tmp_path / "nothing" / "kg.ttl")
    assert done.returncode == 3
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("order", [("kg.nt", "folder.ttl"), ("folder.ttl", "kg.nt")])
def test_one_bad_target_keeps_all_from_appearing(tmp_path: Path, order: tuple[str, str]) -> None:
    (tmp_path / "folder.ttl").mkdir()
    with pytest.raises(WriteError):
        kg.export([EXAMPLES], [tmp_path / name for name in order])
    assert [path.name for path in tmp_path.iterdir()] == ["folder.ttl"]


@pytest.mark.parametrize("hold", [False, True])
@pytest.mark.parametrize("ending", ["", ".gz", ".zst"])
def test_a_failure_in_the_block_leaves_nothing(tmp_path: Path, ending: str, hold: bool) -> None:
    names = [f"a{ending}", f"b{ending}"]
    (tmp_path / names[0]).write_text(OLD)

    def fail() -> None:
        with outputs([str(tmp_path / name) for name in names], hold=hold) as opened:
            for output in opened:
                output.write("new")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {names[0]: OLD}


def test_a_missing_library_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "zstandard", None)
    with pytest.raises(MissingExtraError):
        kg.export([EXAMPLES], [tmp_path / "kg.ttl", tmp_path / "kg.nt.zst"])
    assert list(tmp_path.iterdir()) == []


def test_new_files_have_the_permissions_that_the_mask_says(tmp_path: Path) -> None:
    mask = os.umask(0o027)
    try:
        kg.export([EXAMPLES], [tmp_path / "kg.ttl"])
    finally:
        os.umask(mask)
    assert stat.S_IMODE((tmp_path / "kg.ttl").stat().st_mode) == 0o640


@pytest.mark.parametrize("mode", [0o600, 0o664, 0o444])
def test_files_keep_their_permissions(tmp_path: Path, mode: int) -> None:
    target = tmp_path / "kg.ttl"
    target.write_text(OLD)
    target.chmod(mode)
    kg.export([EXAMPLES], [target])
    assert stat.S_IMODE(target.stat().st_mode) == mode
    assert target.read_text() != OLD


def test_a_link_stays_and_its_file_is_written(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    link = tmp_path / "kg.ttl"
    link.symlink_to("there/real.ttl")
    for _ in range(2):
        kg.export([EXAMPLES], [link])
        assert link.is_symlink()
        assert (tmp_path / "there" / "real.ttl").read_text("utf-8").startswith("@prefix")
    assert [path.name for path in (tmp_path / "there").iterdir()] == ["real.ttl"]


def test_a_device_is_written_to_not_replaced() -> None:
    assert run_kg("export", EXAMPLES, "-o", "/dev/null", "-f", "nquads", "-q").returncode == 0
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


def test_a_pipe_is_written_to(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.nt"
    os.mkfifo(pipe)
    with (tmp_path / "read").open("wb") as read, subprocess.Popen(["cat", pipe], stdout=read) as reader:
        assert run_kg("export", EXAMPLES, "-o", pipe, "-q", timeout=30).returncode == 0
        assert reader.wait(timeout=30) == 0
    kg.export([EXAMPLES], [tmp_path / "kg.nt"])
    assert (tmp_path / "read").read_bytes() == (tmp_path / "kg.nt").read_bytes()


def test_names_that_are_long_or_odd(tmp_path: Path) -> None:
    for name in (
        "x" * 250 + ".ttl",
        " lead.ttl",
        "-dash.ttl",
        "ü" * 120 + ".ttl",
        "a b.ttl.gz",
        "new\nline.nt",
        ".ttl",
    ):
        kg.export([EXAMPLES], [tmp_path / name])
        assert (tmp_path / name).stat().st_size > 1000
    assert not list(tmp_path.glob("*.tmp"))


def test_the_same_target_twice_is_an_error_of_the_call_or_one_file(tmp_path: Path) -> None:
    done = run_kg("export", EXAMPLES, "-o", "kg.ttl", "-o", "./kg.ttl", cwd=tmp_path)
    assert done.returncode in (0, 2)
    assert b"Traceback" not in done.stderr
    assert [path.name for path in tmp_path.iterdir()] in ([], ["kg.ttl"])


def test_compressed_bytes_hold_no_time_and_no_name(tmp_path: Path) -> None:
    one = Output(str(tmp_path / "one.gz"))
    one.open()
    one.write("text")
    one.finish()
    one.commit()
    one.discard()
    data = (tmp_path / "one.gz").read_bytes()
    assert gzip.decompress(data) == b"text"
    assert data[3:8] == b"\0" * 5


@pytest.mark.parametrize("ending", COMPRESSIONS)
def test_a_thread_compresses_to_the_same_bytes(ending: str, tmp_path: Path) -> None:
    text = random.Random(1).randbytes(300_000).hex().encode()
    with (tmp_path / "whole").open("wb") as raw:
        stream = COMPRESSIONS[ending](raw)
        stream.write(text)
        stream.close()
    with (tmp_path / "parts").open("wb") as raw:
        compressor = Compressor(COMPRESSIONS[ending](raw))
        for start in range(0, len(text), 777):
            compressor.write(text[start : start + 777])
        compressor.close()
        compressor.close()
    assert (tmp_path / "parts").read_bytes() == (tmp_path / "whole").read_bytes()


class Small:
    """A stream that takes so many bytes."""

    def __init__(self, room: int) -> None:
        self.room, self.is_closed = room, False

    def write(self, data: bytes, /) -> None:
        self.room -= len(data)
        if self.room < 0:
            raise OSError(28, "No space left on device")

    def close(self) -> None:
        self.is_closed = True


@pytest.mark.parametrize("room", [0, 1, 3_000_000, 9_999_999])
def test_what_a_thread_could_not_write_is_told(room: int) -> None:
    """However early it fails, nobody waits for the thread, and it ends."""
    stream = Small(room)
    compressor = Compressor(stream)
    with pytest.raises(OSError, match="No space left"):  # noqa: PT012  # it may be told at any of these
        for _ in range(100):
            compressor.write(b"x" * 100_000)
        compressor.close()
    compressor.close()
    assert stream.is_closed
    assert "compress" not in {thread.name for thread in threading.enumerate()}


def test_nothing_is_left_in_the_folder_for_temporary_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    kg.export([EXAMPLES], [tmp_path / "kg.ttl"], strict=True)
    assert [path.name for path in tmp_path.iterdir()] == ["kg.ttl"]
