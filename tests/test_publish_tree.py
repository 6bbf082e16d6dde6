"""The folder of a site: whole or not at all, untouched where nothing changed, and never anybody else's."""

from __future__ import annotations

import gzip
import hashlib
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kg.publish import swap, tree
from kg.publish.errors import SiteFolderError
from kg.publish.manifest import FOLDER, read
from kg.publish.tree import CHANGED, NEW, SAME, building

PAGES = 150


def write(site: Path, pages: dict[str, bytes], time_: str = "1") -> tree.Building:
    with building(site) as made:
        made.made["time"] = time_
        for path, data in pages.items():
            made.writer.put(path, data)
    return made


def content(site: Path) -> dict[str, bytes]:
    """Return what people see: every file but our list."""
    files = (path for path in site.rglob("*") if path.is_file() and FOLDER not in path.parts)
    return {path.relative_to(site).as_posix(): path.read_bytes() for path in files}


def test_new_folder_appears_whole(tmp_path: Path) -> None:
    site = tmp_path / "www" / "kg"
    made = write(site, {"index.html": b"home", "gene/208.html": b"AKT2"})
    assert content(site) == {"index.html": b"home", "gene/208.html": b"AKT2"}
    assert (made.switched, made.count(NEW)) == (True, 2)
    assert [path.name for path in site.parent.iterdir()] == ["kg"], "nothing is left beside it"


def test_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "kg").mkdir()
    write(tmp_path / "kg", {"index.html": b"home"})
    assert content(tmp_path / "kg") == {"index.html": b"home"}


def test_list_of_files_is_that_of_sha256sum(tmp_path: Path) -> None:
    site = tmp_path / "kg"
    write(site, {"b.html": b"b", "a/c.ttl": b"c"})
    lines = gzip.decompress((site / FOLDER / "files.sha256.gz").read_bytes()).decode().splitlines()
    assert lines == [
        f"{hashlib.sha256(b'c').hexdigest()}  a/c.ttl",
        f"{hashlib.sha256(b'b').hexdigest()}  b.html",
    ]


def test_unchanged_files_are_the_same_files(tmp_path: Path) -> None:
    site = tmp_path / "kg"
    write(site, {"same.html": b"1", "changed.html": b"1", "removed.html": b"1"})
    os.utime(site / "same.html", (1, 1))
    before = (site / "same.html").stat()
    made = write(site, {"same.html": b"1", "changed.html": b"2", "new.html": b"3"})
    after = (site / "same.html").stat()
    assert (after.st_mtime, after.st_ino) == (1, before.st_ino)
    assert content(site) == {"same.html": b"1", "changed.html": b"2", "new.html": b"3"}
    assert [made.count(state) for state in (NEW, CHANGED, SAME)] == [1, 1, 1]
    assert made.removed == 1


def test_folder_is_not_touched_where_nothing_changed(tmp_path: Path) -> None:
    site = tmp_path / "kg"
    write(site, {"index.html": b"1"})
    before = site.stat()
    made = write(site, {"index.html": b"1"})
    assert not made.switched
    assert (site.stat().st_ino, site.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_file_changed_by_hand_is_written_again(tmp_path: Path) -> None:
    site = tmp_path / "kg"
    write(site, {"index.html": b"1"})
    (site / "index.html").write_bytes(b"2")
    assert write(site, {"index.html": b"1"}).switched
    assert content(site) == {"index.html": b"1"}


def test_folder_of_others_is_refused(tmp_path: Path) -> None:
    (tmp_path / "kg").mkdir()
    (tmp_path / "kg" / "thesis.tex").write_text("years of work")
    with pytest.raises(SiteFolderError, match="holds files that kg publish did not write"):
        write(tmp_path / "kg", {"index.html": b"1"})
    assert content(tmp_path / "kg") == {"thesis.tex": b"years of work"}
    (tmp_path / "file").write_text("x")
    with pytest.raises(SiteFolderError, match="this is a file"):
        write(tmp_path / "file", {"index.html": b"1"})


def test_files_that_others_added_are_kept(tmp_path: Path) -> None:
    site = tmp_path / "kg"
    write(site, {"gene/208.html": b"1"})
    (site / "CNAME").write_text("kg.example.org")
    (site / ".git" / "refs").mkdir(parents=True)
    (site / ".git" / "HEAD").write_text("ref")
    (site / "gene" / "note.txt").write_text("mine")
    (site / "link").symlink_to("CNAME")
    write(site, {"gene/208.html": b"2"})
    assert (site / "CNAME").read_text() == "kg.example.org"
    assert (site / ".git" / "HEAD").read_text() == "ref"
    assert (site / ".git" / "refs").is_dir()
    assert (site / "gene" / "note.txt").read_text() == "mine"
    assert (site / "link").readlink() == Path("CNAME")
    with pytest.raises(SiteFolderError, match="did not write this file"):
        write(site, {"CNAME": b"ours"})
    assert (site / "CNAME").read_text() == "kg.example.org"


def test_damaged_list_is_told(tmp_path: Path) -> None:
    site = tmp_path / "kg"
    write(site, {"index.html": b"1"})
    (site / FOLDER / "files.sha256.gz").write_bytes(b"x")
    with pytest.raises(SiteFolderError, match="damaged"):
        write(site, {"index.html": b"2"})


def test_failure_leaves_the_old_site(tmp_path: Path) -> None:
    site = tmp_path / "kg"
    write(site, {"index.html": b"1"})
    with pytest.raises(SiteFolderError):
        write(site, {"index.html": b"2", "../x": b""})
    assert content(site) == {"index.html": b"1"}
    assert [path.name for path in tmp_path.iterdir()] == ["kg"]


def test_second_run_waits_for_nobody(tmp_path: Path) -> None:
    with building(tmp_path / "kg"), pytest.raises(SiteFolderError, match="another run"):
        write(tmp_path / "kg", {"index.html": b"2"})


@pytest.mark.parametrize("path", ["", "/etc/x", "../x", "a/../../x", "a//b", f"{FOLDER}/made.json"])
def test_no_path_leads_out(tmp_path: Path, path: str) -> None:
    with pytest.raises(SiteFolderError, match="no path of a file"):
        write(tmp_path / "kg", {path: b""})


def test_two_pages_never_share_a_file(tmp_path: Path) -> None:
    with building(tmp_path / "kg") as made:
        made.writer.put("a", b"")
        with pytest.raises(SiteFolderError, match="same file"):
            made.writer.put("a", b"")
        with pytest.raises(SiteFolderError, match="same file"):
            made.add({"a": ("", NEW)})


def test_folder_that_is_a_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "kg").symlink_to("real")
    write(tmp_path / "kg", {"index.html": b"1"})
    write(tmp_path / "kg", {"index.html": b"2"})
    assert (tmp_path / "kg").is_symlink()
    assert content(tmp_path / "real") == {"index.html": b"2"}


def test_system_without_exchange(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tree, "exchange", lambda *_: False)
    site = tmp_path / "kg"
    write(site, {"index.html": b"1"})
    write(site, {"index.html": b"2"})
    assert content(site) == {"index.html": b"2"}
    # as a kill between the two renames leaves it
    (tmp_path / ".kg.publishing").mkdir()
    site.rename(tmp_path / ".kg.publishing" / "before")
    write(site, {"index.html": b"2"})
    assert content(site) == {"index.html": b"2"}
    assert [path.name for path in tmp_path.iterdir()] == ["kg"]


def test_exchange_is_one_step(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / name).mkdir()
        (tmp_path / name / name).touch()
    assert swap.exchange(tmp_path / "a", tmp_path / "b")
    assert (tmp_path / "a" / "b").exists()
    with pytest.raises(OSError, match="No such file"):
        swap.exchange(tmp_path / "a", tmp_path / "none")


_RUN = f"""
import sys
from pathlib import Path
from kg.publish.tree import building
version = sys.argv[2]
with building(Path(sys.argv[1])) as made:
    made.made["time"] = version
    print("begun", flush=True)
    for number in range({PAGES}):
        text = version if number % 3 else "same"
        made.writer.put(f"gene/{{number % 7}}/{{number}}.html", f"{{number}} {{text}}".encode() * 50)
print("done", flush=True)
"""


def expected(version: str) -> dict[str, bytes]:
    return {
        f"gene/{number % 7}/{number}.html": f"{number} {version if number % 3 else 'same'}".encode() * 50
        for number in range(PAGES)
    }


def kill_and_look(site: Path, kills: int, seed: int) -> None:
    """Kill runs at any moment; the site is the old or the new version each time, as its own list says."""
    chance = random.Random(seed)
    current = "0"
    subprocess.run([sys.executable, "-c", _RUN, str(site), current], check=True, capture_output=True)
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", _RUN, str(site), "x"], check=True, capture_output=True)
    whole = time.perf_counter() - begun
    current = "x"
    for number in range(kills):
        version = f"v{number}"
        run = subprocess.Popen([sys.executable, "-c", _RUN, str(site), version], stdout=subprocess.PIPE)
        time.sleep(chance.uniform(0.2, 1.1) * whole)
        run.send_signal(signal.SIGKILL)
        run.communicate()
        found = content(site)
        assert found in (expected(current), expected(version)), f"kill {number}: neither the old nor the new"
        current = version if found == expected(version) else current
        kept = read(site)
        assert kept is not None
        assert kept.files == {path: hashlib.sha256(data).hexdigest() for path, data in found.items()}
    subprocess.run([sys.executable, "-c", _RUN, str(site), "end"], check=True, capture_output=True)
    assert content(site) == expected("end")
    assert [path.name for path in site.parent.iterdir()] == [site.name], "the next run cleans up"


def test_killed_runs_leave_the_old_site_or_the_new(tmp_path: Path) -> None:
    kill_and_look(tmp_path / "kg", 6, 1)


@pytest.mark.soak
def test_killed_runs_soak(tmp_path: Path) -> None:
    kill_and_look(tmp_path / "kg", 40, 2)
