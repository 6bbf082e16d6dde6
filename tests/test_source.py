"""Where records come from: files, folders, archives and standard input; what archives are refused."""

from __future__ import annotations

import errno
import gzip
import io
import os
import shutil
import struct
import tarfile
import zipfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TypeAlias

import pytest
import zstandard
from runs import EXAMPLES, GENE_HEADER, GENE_ROW, codes, figure, read, run_kg, site, small_site

import kg
from kg import archive, files
from kg.errors import SourceError
from kg.graph import IRI
from kg.problems import Problems
from kg.source import open_source

ROOT_IRI = "https://pfocr.wikipathways.org/figures/PMC99000201__f1.html"
TNF = IRI("https://identifiers.org/ncbigene/7124")


def packed(folder: Path, target: Path, *, order: Callable[[list[Path]], Iterable[Path]] = sorted) -> Path:
    """Pack a folder as the name of the target says."""
    found = [path for path in folder.rglob("*") if path.is_file()]
    members = [(path.relative_to(folder).as_posix(), path) for path in order(found)]
    if target.suffix == ".zip":
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as pack:
            for name, path in members:
                pack.write(path, name)
        return target
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w") as tar:
        for name, path in members:
            tar.add(path, name)
    data = plain.getvalue()
    if target.name.endswith((".gz", ".tgz")):
        data = gzip.compress(data)
    elif target.name.endswith(".zst"):
        data = zstandard.ZstdCompressor().compress(data)
    target.write_bytes(data)
    return target


PACKS = ["site.tar", "site.tar.gz", "site.tgz", "site.tar.zst", "site.zip"]


@pytest.mark.parametrize("name", PACKS)
def test_an_archive_gives_the_bytes_of_its_folder(tmp_path: Path, name: str) -> None:
    kg.export([EXAMPLES], [tmp_path / "folder.ttl"])
    pack = packed(EXAMPLES, tmp_path / name)
    kg.export([pack], [tmp_path / "archive.ttl"])
    assert (tmp_path / "archive.ttl").read_bytes() == (tmp_path / "folder.ttl").read_bytes()


@pytest.mark.parametrize("name", PACKS)
def test_tables_are_found_whatever_the_order_of_the_members(tmp_path: Path, name: str) -> None:
    folder = small_site(tmp_path / "site")
    pack = packed(folder, tmp_path / name, order=lambda found: sorted(found, reverse=True))
    assert read(pack) == (read(folder)[0], [])


def test_an_archive_with_a_folder_on_top_is_a_site(tmp_path: Path) -> None:
    small_site(tmp_path / "outer" / "site-main")
    pack = packed(tmp_path / "outer", tmp_path / "site.tar.gz")
    assert read(pack)[0] == read(tmp_path / "outer" / "site-main")[0]


def test_problems_in_an_archive_name_the_archive_and_the_member(tmp_path: Path) -> None:
    folder = site(tmp_path / "site", {"_figures/a.md": "---\nfigid: [\n---\n", "_figures/b.md": figure()})
    pack = packed(folder, tmp_path / "site.zip")
    _, problems = read(pack)
    assert [(problem.code, problem.file, problem.line) for problem in problems] == [
        ("yaml-syntax", f"{pack}!_figures/a.md", 3)
    ]


def test_folder_collection_and_single_file_find_their_tables(tmp_path: Path) -> None:
    folder = small_site(tmp_path / "site")
    whole, _ = read(folder)
    assert read(folder / "_figures")[0] == whole
    one, problems = read(folder / "_figures" / "PMC99000201__f1.md")
    assert problems == []
    assert (IRI(ROOT_IRI), IRI("https://schema.org/mentions"), TNF) in one
    assert one < whole


@pytest.mark.parametrize("name", [".", "_figures", "_figures/PMC99000201__f1.md", "./_figures/../_figures"])
def test_relative_paths_find_their_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(small_site(tmp_path / "site"))
    assert any(value == TNF for _, _, value in read(name)[0])


@pytest.mark.parametrize("name", [".", "PMC99000201__f1.md", ".."])
def test_tables_are_found_from_inside_the_collection(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(small_site(tmp_path / "site") / "_figures")
    assert any(value == TNF for _, _, value in read(name)[0])


def test_a_table_beside_the_record_is_found_in_a_flat_folder(tmp_path: Path) -> None:
    folder = site(
        tmp_path / "flat", {"f.md": figure(), "_data/PMC99000201__f1-genes.tsv": GENE_HEADER + GENE_ROW}
    )
    assert any(value == TNF for _, _, value in read(folder)[0])


def test_several_sources_are_one_run_whatever_their_order(tmp_path: Path) -> None:
    folder = small_site(tmp_path / "site")
    one, two = sorted((folder / "_figures").iterdir())
    kg.export([one, two], [tmp_path / "a.ttl"])
    kg.export([two, one], [tmp_path / "b.ttl"])
    kg.export([folder], [tmp_path / "c.ttl"])
    assert len({(tmp_path / name).read_bytes() for name in ("a.ttl", "b.ttl", "c.ttl")}) == 1


def test_a_copy_beside_the_folder_is_a_union_with_warnings(tmp_path: Path) -> None:
    folder, copy = small_site(tmp_path / "site"), small_site(tmp_path / "copy")
    once, _ = read(folder)
    assert read(folder, folder) == (once, [])
    twice, problems = read(folder, copy)
    assert twice == once
    assert codes(problems) == ["duplicate-figid"] * 2


def test_standard_input_is_one_document(tmp_path: Path) -> None:
    text = figure(more="organisms: [Homo sapiens]\n").encode()
    done = run_kg("export", "-", "-o", "-", "--format", "turtle", "-q", stdin=text, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"<PMC99000201__f1.html> a kg:Figure" in done.stdout


@pytest.mark.parametrize("ending", [".md", ".markdown", ".MD"])
def test_pages_have_these_endings(tmp_path: Path, ending: str) -> None:
    folder = site(tmp_path / "site", {f"a{ending}": figure(), "b.txt": figure("PMC99000202__f1")})
    assert {str(s) for s, p, _ in read(folder)[0] if p.endswith("/isBasedOn")} == {ROOT_IRI}


def test_hidden_files_and_folders_of_tools_are_left_alone(tmp_path: Path) -> None:
    hidden = {
        name: figure() for name in (".git/a.md", ".a.md", "node_modules/a.md", "_site/a.md", "vendor/x/a.md")
    }
    folder = site(tmp_path / "site", {**hidden, "b.md": figure("PMC99000202__f1", pmcid="PMC99000202")})
    assert not any(ROOT_IRI in triple for triple in read(folder)[0])


def test_a_loop_of_links_ends(tmp_path: Path) -> None:
    folder = small_site(tmp_path / "site")
    (folder / "loop").symlink_to(folder)
    (folder / "_figures" / "dangling.md").symlink_to(tmp_path / "nothing.md")
    found, problems = read(folder)
    assert codes(problems) == ["unreadable"]
    assert (
        found
        == read(folder / "_figures" / "PMC99000201__f1.md", folder / "_figures" / "PMC99000202__f1.md")[0]
    )


@pytest.mark.parametrize("name", ["nothing", "nothing.md", "nothing.tar.gz"])
def test_a_source_that_does_not_exist_is_an_error_of_the_call(tmp_path: Path, name: str) -> None:
    with pytest.raises(SourceError):
        list(kg.triples(f"{tmp_path}/{name}"))


def test_a_file_that_may_not_be_read_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = small_site(tmp_path / "site")
    refused = folder / "_figures" / "PMC99000201__f1.md"
    real = os.open

    def refuse(path: str, flags: int, mode: int = 0o777) -> int:
        """Refuse as the system does; it refuses nothing to root, who runs the tests in some places."""
        if Path(path) == refused:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return real(path, flags, mode)

    monkeypatch.setattr(os, "open", refuse)
    _, problems = read(folder)
    assert [(problem.code, problem.file) for problem in problems] == [("unreadable", str(refused))]


def test_a_folder_with_the_name_of_a_page_is_walked(tmp_path: Path) -> None:
    folder = site(tmp_path / "site", {"odd.md/inner.md": figure()})
    assert any(ROOT_IRI in triple for triple in read(folder)[0])


def test_a_folder_in_place_of_a_table_is_a_problem(tmp_path: Path) -> None:
    folder = small_site(tmp_path / "site")
    table = folder / "_data" / "PMC99000201__f1-chemicals.tsv"
    table.mkdir()
    found, problems = read(folder)
    assert [(problem.code, problem.file) for problem in problems] == [("unreadable", str(table))]
    assert any(value == TNF for _, _, value in found)


def test_files_over_the_limit_are_a_problem(tmp_path: Path) -> None:
    big = b"---\nfigid: x\n---\n" + b"x" * files.MAX_BYTES
    folder = site(tmp_path / "site", {"_figures/big.md": big, "_figures/small.md": figure()})
    _, problems = read(folder)
    assert [(problem.code, Path(problem.file).name) for problem in problems] == [("too-large", "big.md")]


# Hostile archives. Each holds one whole record; what else it holds is refused, and never leaves the archive.

Member: TypeAlias = "tuple[str, bytes | None, Mapping[str, object]]"
GOOD: Member = ("_figures/good.md", figure().encode(), {})
EVIL = figure("PMC99000299__evil", pmcid="PMC99000299").encode()


def hostile_tar(*members: Member) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, data, facts in members:
            info = tarfile.TarInfo(name)
            info.size = len(data or b"")
            for fact, value in facts.items():
                setattr(info, fact, value)
            tar.addfile(info, io.BytesIO(data) if data is not None else None)
    return stream.getvalue()


def hostile_zip(*members: Member) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, data, facts in members:
            info = zipfile.ZipInfo("placeholder")
            info.filename, info.compress_type = name, zipfile.ZIP_DEFLATED
            for fact, value in facts.items():
                setattr(info, fact, value)
            pack.writestr(info, data or b"")
    return stream.getvalue()


LINK = {"type": tarfile.SYMTYPE, "linkname": "/etc/passwd"}
HARD = {"type": tarfile.LNKTYPE, "linkname": "_figures/good.md"}
ZIP_LINK = {"external_attr": 0o120777 << 16}
NFC, NFD = "_figures/\u00e9.md", "_figures/e\u0301.md"


def _encrypted(data: bytes) -> bytes:
    """Set the bit that says encrypted, for the second member, in both of its headers."""
    local = data.index(b"PK\x03\x04", 4)
    central = data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 4)
    changed = bytearray(data)
    changed[local + 6] |= 1
    changed[central + 8] |= 1
    return bytes(changed)


REFUSED: dict[str, tuple[str, bytes]] = {
    "tar: a path that goes up": ("t.tar", hostile_tar(GOOD, ("../evil.md", EVIL, {}))),
    "tar: a name that is not UTF-8": ("t.tar", hostile_tar(GOOD, ("_figures/\udcffevil.md", EVIL, {}))),
    "tar: a path that goes up inside": ("t.tar", hostile_tar(GOOD, ("_figures/../../evil.md", EVIL, {}))),
    "tar: an absolute path": ("t.tar", hostile_tar(GOOD, ("/tmp/evil.md", EVIL, {}))),
    "tar: a path of another system": ("t.tar", hostile_tar(GOOD, ("_figures\\..\\evil.md", EVIL, {}))),
    "tar: a drive": ("t.tar", hostile_tar(GOOD, ("C:/evil.md", EVIL, {}))),
    "tar: a link": ("t.tar", hostile_tar(GOOD, ("_figures/evil.md", None, LINK))),
    "tar: a link in place of a table": (
        "t.tar",
        hostile_tar(GOOD, ("_data/PMC99000201__f1-genes.tsv", None, {**LINK, "linkname": "../../x"})),
    ),
    "tar: a hard link": ("t.tar", hostile_tar(GOOD, ("_figures/evil.md", None, HARD))),
    "tar: a device": ("t.tar", hostile_tar(GOOD, ("_figures/evil.md", None, {"type": tarfile.CHRTYPE}))),
    "tar: a pipe": ("t.tar", hostile_tar(GOOD, ("_figures/evil.md", None, {"type": tarfile.FIFOTYPE}))),
    "tar: a name twice": ("t.tar", hostile_tar(GOOD, ("_figures/good.md", EVIL, {}))),
    "tar: a name that differs in case": ("t.tar", hostile_tar(GOOD, ("_figures/GOOD.md", EVIL, {}))),
    "tar: a name twice by a dot": ("t.tar", hostile_tar(GOOD, ("./_figures/good.md", EVIL, {}))),
    "tar: a name that differs in its form": (
        "t.tar",
        hostile_tar(GOOD, (NFC, figure("x", pmcid="PMC1").encode(), {}), (NFD, EVIL, {})),
    ),
    "tar: a member over the limit": (
        "t.tar",
        hostile_tar(GOOD, ("_figures/evil.md", EVIL + b"x" * (9 << 20), {})),
    ),
    "tar.gz: a path that goes up": ("t.tar.gz", gzip.compress(hostile_tar(GOOD, ("../evil.md", EVIL, {})))),
    "zip: a path that goes up": ("t.zip", hostile_zip(GOOD, ("../evil.md", EVIL, {}))),
    "zip: an absolute path": ("t.zip", hostile_zip(GOOD, ("/tmp/evil.md", EVIL, {}))),
    "zip: a path of another system": ("t.zip", hostile_zip(GOOD, ("..\\evil.md", EVIL, {}))),
    "zip: a link": ("t.zip", hostile_zip(GOOD, ("_figures/evil.md", b"/etc/passwd", ZIP_LINK))),
    "zip: a name that differs in case": ("t.zip", hostile_zip(GOOD, ("_Figures/good.MD", EVIL, {}))),
    "zip: an encrypted member": ("t.zip", _encrypted(hostile_zip(GOOD, ("_figures/evil.md", EVIL, {})))),
    "zip: a member over the limit": (
        "t.zip",
        hostile_zip(GOOD, ("_figures/evil.md", EVIL + b"x" * (9 << 20), {})),
    ),
}
DAMAGED: dict[str, tuple[str, bytes]] = {
    "tar: cut inside a member": ("t.tar", hostile_tar(GOOD, ("_figures/z.md", EVIL * 50, {}))[:3000]),
    "tar.gz: cut": (
        "t.tar.gz",
        gzip.compress(hostile_tar(GOOD, ("_figures/z.md", os.urandom(60_000), {})))[:50_000],
    ),
    "tar.gz: a flipped byte": ("t.tar.gz", b""),
    "tar.zst: cut": (
        "t.tar.zst",
        zstandard.ZstdCompressor().compress(hostile_tar(GOOD, ("_figures/z.md", os.urandom(600_000), {})))[
            :500_000
        ],
    ),
    "zip: no end": ("t.zip", hostile_zip(GOOD, ("_figures/z.md", EVIL, {}))[:-30]),
    "zip: a flipped byte": ("t.zip", b""),
}
_flipped = bytearray(gzip.compress(hostile_tar(GOOD, ("_figures/z.txt", os.urandom(60_000), {}))))
_flipped[30_000] ^= 0xFF
DAMAGED["tar.gz: a flipped byte"] = ("t.tar.gz", bytes(_flipped))
_flipped = bytearray(hostile_zip(GOOD, ("_figures/z.md", os.urandom(60_000), {})))
_flipped[30_000] ^= 0xFF
DAMAGED["zip: a flipped byte"] = ("t.zip", bytes(_flipped))


@pytest.mark.parametrize("name", REFUSED)
def test_hostile_members_are_refused_and_the_others_read(tmp_path: Path, name: str) -> None:
    ending, data = REFUSED[name]
    pack = tmp_path / "in" / ending
    pack.parent.mkdir()
    pack.write_bytes(data)
    found, problems = read(pack)
    assert codes(problems) == ["bad-archive-member"]
    assert problems[0].file.startswith(f"{pack}!")
    assert any(ROOT_IRI in triple for triple in found)
    assert not any("evil" in str(part) or "root:" in str(part) for triple in found for part in triple)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["in", ending]


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_archive_is_told(tmp_path: Path, name: str) -> None:
    ending, data = DAMAGED[name]
    pack = tmp_path / ending
    pack.write_bytes(data)
    found, problems = read(pack)
    assert set(codes(problems)) & {"damaged-archive", "bad-archive-member", "unreadable"}
    assert all(problem.file.startswith(str(pack)) for problem in problems)
    if not name.startswith("zip: no end"):
        assert any(ROOT_IRI in triple for triple in found)


def test_a_bomb_stops_at_its_ratio(tmp_path: Path) -> None:
    """A gigabyte of zeros is a megabyte of gzip."""
    pack = tmp_path / "bomb.tar.gz"
    with gzip.open(pack, "wb", compresslevel=9) as stream:
        stream.write(hostile_tar(GOOD)[:1024])
        info = tarfile.TarInfo("_figures/zeros.bin")
        info.size = 1 << 30
        stream.write(info.tobuf())
        for _ in range(1 << 10):
            stream.write(bytes(1 << 20))
    found, problems = read(pack)
    assert codes(problems) == ["bad-archive-member"]
    assert "when decompressed" in str(problems[0].found)
    assert any(ROOT_IRI in triple for triple in found)


def test_a_zip_bomb_stops_at_its_ratio(tmp_path: Path) -> None:
    names: list[Member] = [(f"_figures/{number}.md", bytes(7 << 20), {}) for number in range(12)]
    (tmp_path / "bomb.zip").write_bytes(hostile_zip(GOOD, *names))
    found, problems = read(tmp_path / "bomb.zip")
    assert set(codes(problems)) <= {"bad-archive-member", "binary"}
    assert "bad-archive-member" in codes(problems)
    assert any(ROOT_IRI in triple for triple in found)


def test_a_zip_that_lies_about_a_size_does_not_pass(tmp_path: Path) -> None:
    data = bytearray(hostile_zip(GOOD, ("_figures/z.md", bytes(9 << 20), {})))
    central = data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 4)
    data[central + 24 : central + 28] = struct.pack("<I", 100)
    (tmp_path / "liar.zip").write_bytes(data)
    found, problems = read(tmp_path / "liar.zip")
    assert codes(problems)
    assert any(ROOT_IRI in triple for triple in found)


@pytest.mark.parametrize(
    "data", [b"", b"\x1f\x8b", b"PK\x03\x04", b"\x28\xb5\x2f\xfd", b"\x1f\x8b" + b"x" * 600]
)
def test_what_only_looks_like_an_archive_is_no_record(tmp_path: Path, data: bytes) -> None:
    pack = tmp_path / "x.tar"
    pack.write_bytes(data)
    found, problems = read(pack)
    assert found == frozenset()
    assert "internal" not in codes(problems)


def test_an_archive_with_too_many_members_stops(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_MEMBERS", 10)
    many: list[Member] = [(f"x/{number}.txt", b"", {}) for number in range(20)]
    (tmp_path / "many.tar").write_bytes(hostile_tar(GOOD, *many))
    found, problems = read(tmp_path / "many.tar")
    assert codes(problems) == ["bad-archive-member"]
    assert any(ROOT_IRI in triple for triple in found)


def test_an_archive_leaves_no_file_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    pack = packed(EXAMPLES, tmp_path / "site.tar.gz")
    assert read(pack)[0]
    assert list(scratch.iterdir()) == []


def test_names_that_are_not_utf8_are_refused_and_the_others_read(tmp_path: Path) -> None:
    folder = small_site(tmp_path / "site")
    (folder / "_fig\udcff").mkdir()
    for name in ("_fig\udcff/evil.md", "_figures/\udcff.md", "_data/\udcff-genes.tsv"):
        (folder / name).write_bytes(EVIL)
    found, problems = read(folder)
    assert codes(problems) == ["unreadable", "unreadable"]
    assert {Path(problem.file).name for problem in problems} == {"_fig\ufffd", "\ufffd.md"}
    assert not any("evil" in str(part) for triple in found for part in triple)
    with pytest.raises(SourceError, match="not UTF-8"):
        open_source([folder / "_fig\udcff"], Problems())


def test_pages_come_in_one_order(tmp_path: Path) -> None:
    folder = small_site(tmp_path / "site")
    other = tmp_path / "copy"
    shutil.copytree(folder, other)
    source = open_source([other / "_figures", folder], Problems())
    names = [source.shown(item) for item in source.items()]
    assert [Path(name).name for name in names] == sorted(Path(name).name for name in names)
    assert len(source) == len(names) == 4
