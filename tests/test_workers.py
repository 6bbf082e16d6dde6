"""Workers: the same bytes with any number of them, whatever ends one, and none is left behind."""

from __future__ import annotations

import gzip
import io
import os
import random
import signal
import subprocess
import sys
import tarfile
import threading
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from conftest import Need
from deadly import DEADLY, untold
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from runs import EXAMPLES, GENE_HEADER, GOLDEN, ROOT, figure, run_kg, site

import kg.pipeline
import kg.workers
from kg.describe import Description, about
from kg.errors import NoRecordError, SourceError, StrictError, WriteError
from kg.formats import FORMATS
from kg.linking import Linker, LinkOptions
from kg.loading import load
from kg.mapping import Settings
from kg.pipeline import Run, Summary, export
from kg.records import type_read_by
from kg.records.other import other_reader
from kg.search import FILE_NAME, build_index
from kg.stores import open_for_reading
from kg.unique import Unique
from kg.workers import Workers, WorkersError, cores

EXTENSIONS = tuple(row.extensions[0] for row in FORMATS.values())
GUARD_SECONDS = 120.0
"""A net below tests that would hang if something were wrong; none comes near it."""

FILES: Mapping[str, str] = MappingProxyType(
    {
        "_organisms/worm.md": "---\nlatin: Wormus longus\ncommon: long worm\nncbi: '6239'\n---\n",
        "_data/ndex_map.tsv": "PMC99000003__f1\t11111111-2222-3333-4444-555555555555\n",
        **{
            f"_figures/PMC9900{number:04}__f1.md": figure(
                f"PMC9900{number:04}__f1",
                "organisms:\n- long worm\ngenes:\n"
                + "".join(
                    f"- {{word: G{gene}, symbol: G{gene}{'x' * (number % 3 == gene % 5)}, source: s,"
                    f" hgnc_symbol: G{gene}, entrez: '{1000 + gene}'}}\n"
                    for gene in range(number % 7, number % 7 + 5)
                ),
                pmcid=f"PMC9900{number // 2:04}",
            )
            for number in range(40)
        },
        **{
            f"_figures/again{number}.md": figure(f"PMC9900{number:04}__f1", pmcid=f"PMC9900{number // 2:04}")
            for number in (3, 21, 39)
        },
        **{
            f"_figures/PMC9901{number:04}__f1.md": figure(
                f"PMC9901{number:04}__f1", pmcid=f"PMC9901{number:04}"
            )
            for number in range(5)
        },
        **{
            f"_data/PMC9901{number:04}__f1-genes.tsv": GENE_HEADER
            + "".join(
                f"6239\tWormus longus\tx\tW{row}\tW{row}\tG{row}\t{1000 + row}\tncbigene_symbol\t1\t1\t1\n"
                for row in range(number, number + 4)
            )
            for number in range(5)
        },
        "_figures/broken.md": "---\nfigid: [\n---\n",
        "_figures/nothing.md": "no front matter\n",
        "_figures/no-pmc.md": "---\nfigid: 'NA'\npmcid: 7\n---\n",
        "_posts/2020-01-02-one.md": "---\nlayout: post\ntitle: On G12 and G13\n---\nG12 acts on G3 and G4.\n",
        "_recipes/a.md": "---\nserves: '4'\n---\n",
        "_recipes/b.md": "---\nserves: '5'\nunknown: x\n---\n",
    }
)


@pytest.fixture(autouse=True)
def small_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Share even a small source, in tasks of a few documents."""
    monkeypatch.setattr(kg.workers, "SMALL", 0)
    monkeypatch.setattr(kg.pipeline, "MOST_DOCUMENTS", 7)


@pytest.fixture(scope="session")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a site where records share entities, say different things of them, and are at fault."""
    return site(tmp_path_factory.mktemp("mixed"), FILES)


def _done(sources: list[Any], folder: Path, workers: int, **options: Any) -> dict[str, object]:
    """Export in all formats; return the bytes of the outputs, the problems and what was counted."""
    outputs = [str(folder / f"kg{extension}") for extension in options.pop("extensions", EXTENSIONS)]
    problems = folder / "problems.jsonl"
    if "target" in options:
        options["companion"] = Description(options.pop("target"), sources, Settings(), about([]))
    summary = export(sources, outputs, workers=workers, problems_file=str(problems), **options)
    found: dict[str, object] = {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
    return found | {"summary": _counted(summary)}


def _counted(summary: Summary) -> tuple[object, ...]:
    return (
        *(sorted(counts.items()) for counts in (summary.records, summary.skipped, summary.problems.counts)),
        *(summary.repeated, summary.missing, summary.triples, summary.entities),
        summary.problems.first,
    )


def _is_same(sources: list[Any], tmp_path: Path, *, counts: tuple[int, ...] = (2, 3), **options: Any) -> None:
    """Check that what comes out is the same with one worker and with more."""
    made: Callable[[], dict[str, Any]] = options.pop("made", dict)
    results = []
    for workers in (1, *counts):
        folder = tmp_path / str(workers)
        folder.mkdir()
        results.append(_done(sources, folder, workers, **options, **made()))
    for other in results[1:]:
        assert other.keys() == results[0].keys()
        for name, content in results[0].items():
            assert other[name] == content, name


# the same bytes


def test_same_for_a_mixed_site(mixed: Path, tmp_path: Path) -> None:
    _is_same([mixed], tmp_path)


def test_same_for_all_golden_records(tmp_path: Path) -> None:
    _is_same([GOLDEN, EXAMPLES], tmp_path, counts=(2,), graph="https://example.org/g")


@pytest.mark.parametrize("part", ["pfocr-inline", "pfocr-sidecar", "wikipathways"])
def test_same_for_real_records(
    corpus: Path, part: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kg.pipeline, "MOST_DOCUMENTS", 64)  # some are so large that their task is split
    _is_same([corpus / part], tmp_path, counts=(2,), extensions=(".ttl", ".jsonld"))


def _linked() -> dict[str, Any]:
    return {"linker": Linker(LinkOptions(captions=True, selectors=True))}


def test_same_with_linked_text(mixed: Path, tmp_path: Path) -> None:
    _is_same([mixed], tmp_path, counts=(2,), made=_linked)
    assert b"2020-01-02-one" in (tmp_path / "2" / "kg.nt").read_bytes()


def test_same_with_other_records_of_some_types(mixed: Path, tmp_path: Path) -> None:
    context = tmp_path / "context.jsonld"
    context.write_text('{"@context": {"serves": "https://example.org/serves"}}', "utf-8")
    reader = other_reader(context, "https://example.org/Recipe", "https://example.org/recipe/{stem}")
    _is_same([mixed], tmp_path, counts=(2,), other=type_read_by(reader), only=["figure", "other"])
    assert b"https://example.org/recipe/b" in (tmp_path / "2" / "kg.nt").read_bytes()


def test_same_with_mappings_and_a_description(
    mixed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    table = tmp_path / "some.sssom.tsv"
    rows = "".join(
        f"ncbigene:{1000 + number}\tskos:exactMatch\tncbigene:{2000 + number}\tsemapv:ManualMappingCuration\n"
        for number in range(20)
    )
    table.write_text(
        "# curie_map:\n#   ncbigene: https://identifiers.org/ncbigene/\n"
        "subject_id\tpredicate_id\tobject_id\tmapping_justification\n" + rows + "no\tsuch\tname\n",
        "utf-8",
    )
    for workers in ("1", "2"):
        (tmp_path / workers).mkdir()
    one, two = (
        _done([mixed], tmp_path / workers, int(workers), mappings=[table], target=str(tmp_path / "about.ttl"))
        | {"about": (tmp_path / "about.ttl").read_bytes()}
        for workers in ("1", "2")
    )
    assert one == two
    assert b"2007" in (tmp_path / "2" / "kg.nt").read_bytes()


@pytest.mark.parametrize("kind", ["tar.gz", "zip"])
def test_same_for_archives(mixed: Path, tmp_path: Path, kind: str) -> None:
    names = sorted(path.relative_to(mixed).as_posix() for path in mixed.rglob("*") if path.is_file())
    archive = tmp_path / f"site.{kind}"
    if kind == "zip":
        with zipfile.ZipFile(archive, "w") as packed:
            for name in names:
                packed.writestr(name, (mixed / name).read_bytes())
    else:
        with tarfile.open(archive, "w:gz") as tar:
            for name in names:
                tar.add(mixed / name, name)
    _is_same([archive, mixed / "_posts"], tmp_path, counts=(2,))


def test_same_for_standard_input(mixed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = figure("PMC99000004__f1", "papertitle: Said once more\n", pmcid="PMC99000002").encode()

    def given_again() -> dict[str, Any]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        return {}

    _is_same(["-", mixed], tmp_path, counts=(2,), made=given_again)


def test_same_when_compressed(mixed: Path, tmp_path: Path) -> None:
    for workers in (1, 2):
        targets = [str(tmp_path / f"{workers}{ending}") for ending in (".ttl.gz", ".nt.zst")]
        export([mixed], targets, workers=workers)
    assert (tmp_path / "1.ttl.gz").read_bytes() == (tmp_path / "2.ttl.gz").read_bytes()
    assert (tmp_path / "1.nt.zst").read_bytes() == (tmp_path / "2.nt.zst").read_bytes()
    assert b"again" not in gzip.decompress((tmp_path / "2.ttl.gz").read_bytes())


def test_same_graphs_and_progress(mixed: Path) -> None:
    counts = [0, 0]

    def advance(place: int) -> None:
        counts[place] += 1

    one = list(Run([mixed], advance=lambda: advance(0)).graphs())
    two = list(Run([mixed], workers=2, advance=lambda: advance(1)).graphs())
    assert [list(graph.triples()) for graph in one] == [list(graph.triples()) for graph in two]
    assert counts[0] == counts[1] > 0


def test_same_where_a_task_is_split(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is left of a large task is done after later ones that have its genes, and comes before them."""
    monkeypatch.setattr(kg.pipeline, "MOST_DOCUMENTS", 3)
    files = {}
    for number in range(8):
        name, first = f"PMC9902{number:04}__f1", 10_000 * (2 if number in (4, 6) else number)
        files[f"_figures/{name}.md"] = figure(name, pmcid=name[:11])
        files[f"_data/{name}-genes.tsv"] = GENE_HEADER + "".join(
            f"6239\tC. elegans\tx\tW{row}\tW{row}\tG{row}\t{row + 1}\tncbigene_symbol\t1\t1\t1\n"
            for row in range(first, first + 3300)
        )
    _is_same([site(tmp_path / "site", files)], tmp_path, counts=(2,), extensions=(".nt",))


_GENES = st.lists(
    st.tuples(st.integers(1, 9), st.sampled_from(["a", "b", "c"]), st.sampled_from(["", "human", "mouse"])),
    max_size=6,
)


@settings(max_examples=6, suppress_health_check=list(HealthCheck))
@given(records=st.lists(st.tuples(st.integers(1, 9), _GENES), min_size=1, max_size=30))
def test_same_for_random_records(
    records: list[tuple[int, list[tuple[int, str, str]]]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Roots and genes meet again and again, and what is said of them differs."""
    folder = tmp_path_factory.mktemp("random")
    files = {}
    for place, (root, genes) in enumerate(records):
        listed = "".join(
            f"- {{word: {name}, symbol: {name}, source: s, hgnc_symbol: {name}, entrez: '{number}'}}\n"
            for number, name, _ in genes
        )
        organisms = "".join(f"- {name}\n" for _, _, name in genes if name)
        more = ("genes:\n" + listed if listed else "") + ("organisms:\n" + organisms if organisms else "")
        files[f"_figures/{place}.md"] = figure(f"PMC990000{root}__f1", more, pmcid=f"PMC990000{root}")
    _is_same([site(folder / "site", files)], folder, extensions=(".ttl", ".jsonld"))


def test_any_writer_places_parts_as_it_writes_records(mixed: Path) -> None:
    graphs = list(Run([mixed, GOLDEN]).graphs())
    unique = Unique()
    assert sum(unique.new(graph).size() for graph in graphs) > 0
    for row in FORMATS.values():
        whole, maker, placer = (row.writer(kg.pipeline.prefixes(Settings()), "", None) for _ in range(3))
        known, data = 0, b""
        for graph in graphs:
            part = maker.part(graph)
            used = list(maker.used.items())[known:]
            known += len(used)
            data += placer.placed(part, used)
        assert data + placer.end() == b"".join(map(whole.record, graphs)) + whole.end()


# what stops a run


def test_errors_are_those_of_one_worker(mixed: Path, tmp_path: Path) -> None:
    with pytest.raises(StrictError, match="nothing was written"):
        export([mixed], [str(tmp_path / "a.ttl")], strict=True, workers=2)
    with pytest.raises(NoRecordError):
        export([mixed / "_recipes"], [str(tmp_path / "a.ttl")], workers=2)
    with pytest.raises(SourceError, match="no such file"):
        export([mixed / "nowhere"], [str(tmp_path / "a.ttl")], workers=2)
    with pytest.raises(WriteError):
        export([mixed], ["/dev/full"], format="nt", workers=2)
    with pytest.raises(SourceError):
        export([mixed], [str(tmp_path / "a.ttl")], mappings=[tmp_path / "none.sssom.tsv"], workers=2)
    assert not list(tmp_path.iterdir())
    assert not list(_children(os.getpid()))


def _deadly_site(folder: Path, deeds: Mapping[int, str]) -> Path:
    files = {f"r/{number:03}.md": f"---\nis: here\n{deeds.get(number, '')}---\n" for number in range(30)}
    return site(folder, files)


@pytest.mark.parametrize(
    ("deed", "said"),
    [
        ("exit", "ended with status 7"),
        ("kill", "was ended by SIGKILL"),
        ("abort", "was ended by SIGABRT"),
        ("memory", "not enough memory"),
    ],
)
def test_a_document_that_ends_workers_is_one_problem(tmp_path: Path, deed: str, said: str) -> None:
    deeds = dict.fromkeys((0, 12, 13), f"do: {deed}\n")
    folder = _deadly_site(tmp_path / "site", deeds)
    summary = export([folder], [str(tmp_path / "a.nt")], other=DEADLY, workers=2)
    problems = summary.problems.first
    assert [Path(problem.file).name for problem in problems] == ["000.md", "012.md", "013.md"]
    assert {problem.code for problem in problems} == {"internal"}
    assert all(said in (problem.found or "") for problem in problems)
    lines = (tmp_path / "a.nt").read_text().splitlines()
    rest = [number for number in range(30) if number not in deeds]
    assert [line[21:24] for line in lines[::2]] == [f"{number:03}" for number in rest]
    assert summary.exit_status == 1
    assert not list(_children(os.getpid()))


def test_what_ends_a_worker_by_chance_costs_nothing(tmp_path: Path) -> None:
    chance = {number: f"do: kill\nunless: {tmp_path / f'once{number}'}\n" for number in (0, 1, 9, 17, 29)}
    folder = _deadly_site(tmp_path / "site", chance)
    summary = export([folder], [str(tmp_path / "a.nt")], other=DEADLY, workers=2)
    assert not summary.problems.counts
    export([folder], [str(tmp_path / "b.nt")], other=DEADLY)
    assert (tmp_path / "a.nt").read_bytes() == (tmp_path / "b.nt").read_bytes()


def test_an_error_in_a_worker_is_raised_here(tmp_path: Path) -> None:
    folder = _deadly_site(tmp_path / "site", {20: "do: raise\n"})
    for workers in (1, 2):
        with pytest.raises(PermissionError, match="a fault of no record"):
            export([folder], [str(tmp_path / "a.nt")], other=DEADLY, workers=workers)
    assert not (tmp_path / "a.nt").exists()


def test_what_no_other_process_can_be_told_stays_here(tmp_path: Path) -> None:
    folder = _deadly_site(tmp_path / "site", {})
    assert export([folder], [str(tmp_path / "a.nt")], other=untold(), workers=2).records == {"other": 30}


def test_workers_that_cannot_start_are_told(
    mixed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(WorkersError, match="ended with status"):
        export([mixed], [str(tmp_path / "a.nt")], workers=2)
    assert not (tmp_path / "a.nt").exists()


def test_no_room_for_temporary_files_is_told(
    mixed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "pwrite", full)
    with pytest.raises(WriteError, match="cannot write a temporary file: No space left"):
        export([mixed], [str(tmp_path / "a.nt")], workers=2)
    monkeypatch.undo()
    assert not list(_children(os.getpid()))


# processes


def _children(pid: int) -> Iterator[int]:
    """Yield the workers below a process, as far as `/proc` tells."""
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found = [int(child) for child in path.read_text().split()]
        except OSError:
            continue
        for child in found:
            if _is_worker(child):
                yield child
            yield from _children(child)


def _is_worker(pid: int) -> bool:
    """Say whether a process is a worker of a run: servers of other tests run below this process too."""
    try:
        return b"kg.workers" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _waited(condition: Callable[[], bool]) -> bool:
    """Wait until something holds; give up only where a test would hang."""
    end = time.monotonic() + GUARD_SECONDS
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


@pytest.fixture(scope="session")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a site that takes some seconds, and whose workers start without being told to."""
    folder = tmp_path_factory.mktemp("large")
    script = ROOT / "benchmarks" / "generate.py"
    subprocess.run([sys.executable, str(script), str(folder), "--records", "600"], check=True, stdout=-3)
    return folder


@contextmanager
def _killing(number: int, seed: int) -> Iterator[list[int]]:
    """Kill children of this process at random, so many at most; yield what was killed."""
    chance, done, killed = random.Random(seed), threading.Event(), list[int]()

    def kill() -> None:
        while len(killed) < number and not done.wait(chance.uniform(0.05, 0.6)):
            children = list(_children(os.getpid()))
            if children:
                killed.append(chance.choice(children))
                os.kill(killed[-1], signal.SIGKILL)

    thread = threading.Thread(target=kill, daemon=True)
    thread.start()
    try:
        yield killed
    finally:
        done.set()
        thread.join()


def _killed_at_random(large: Path, whole: Path, tmp_path: Path, seed: int) -> None:
    with _killing(4, seed) as killed:
        summary = export(
            [large], [str(tmp_path / f"kg{ending}") for ending in (".ttl", ".jsonld")], workers=2
        )
    assert killed
    assert not summary.problems.counts
    for ending in (".ttl", ".jsonld"):
        assert (whole / f"kg{ending}").read_bytes() == (tmp_path / f"kg{ending}").read_bytes()
    assert not list(_children(os.getpid()))


@pytest.fixture(scope="session")
def whole(large: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the large site as one worker writes it."""
    folder = tmp_path_factory.mktemp("whole")
    export([large], [str(folder / f"kg{ending}") for ending in (".ttl", ".jsonld", ".nt")])
    return folder


def test_workers_killed_at_random_change_nothing(large: Path, whole: Path, tmp_path: Path) -> None:
    _killed_at_random(large, whole, tmp_path, 1)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(2, 42))
def test_workers_killed_at_random_change_nothing_again(
    large: Path, whole: Path, tmp_path: Path, seed: int
) -> None:
    _killed_at_random(large, whole, tmp_path, seed)


def _started(large: Path, *arguments: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "kg", *arguments, str(large), "--workers", "2"]
    return subprocess.Popen(
        command, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=-1, stderr=-1, start_new_session=True
    )


@pytest.mark.parametrize(
    ("number", "to_group", "status"),
    [
        (signal.SIGINT, True, 130),
        (signal.SIGINT, False, 130),
        (signal.SIGTERM, False, 130),
        (signal.SIGKILL, False, -9),
    ],
)
@pytest.mark.parametrize("command", ["export", "load"])
def test_what_ends_the_run_ends_the_workers(
    large: Path, tmp_path: Path, command: str, number: signal.Signals, to_group: bool, status: int, need: Need
) -> None:
    need(Path("/proc/self/task").is_dir(), "/proc, to see the processes")
    target = ["-o", str(tmp_path / "a.ttl")] if command == "export" else ["--to", str(tmp_path / "store")]
    run = _started(large, command, *target)
    assert _waited(lambda: len(set(_children(run.pid))) == 2 or run.poll() is not None)
    time.sleep(0.3)
    children = set(_children(run.pid))
    assert len(children) == 2
    (os.killpg if to_group else os.kill)(run.pid, number)
    said = run.communicate(timeout=GUARD_SECONDS)[1]
    assert run.returncode == status
    assert b"Traceback" not in said
    assert _waited(lambda: not any(map(_is_alive, children)))
    left = [path.name for path in tmp_path.rglob("*") if path.is_file()]
    assert status == -9 or not [name for name in left if not name.startswith("lock")]


def test_a_broken_pipe_ends_the_workers(large: Path, need: Need) -> None:
    need(Path("/proc/self/task").is_dir(), "/proc, to see the processes")
    run = _started(large, "export", "-q", "-o", "-", "-f", "nt")
    assert run.stdout is not None
    assert run.stderr is not None
    assert run.stdout.read(100).startswith(b"<https://")
    children = set(_children(run.pid))
    run.stdout.close()
    said = run.stderr.read()
    run.stderr.close()
    assert run.wait(GUARD_SECONDS) == 3
    assert b"Traceback" not in said
    assert _waited(lambda: not any(map(_is_alive, children)))


def test_option_of_the_command(large: Path, whole: Path, tmp_path: Path) -> None:
    done = run_kg("export", "-q", large, "-o", tmp_path / "kg.nt", "--workers", "2")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "kg.nt").read_bytes() == (whole / "kg.nt").read_bytes()
    assert run_kg("export", large, "-o", "-", "--workers", "0").returncode == 2
    assert cores() >= 1


def test_a_small_source_starts_none(mixed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("workers were started")

    monkeypatch.setattr(Workers, "__init__", refuse)
    monkeypatch.setattr(kg.workers, "SMALL", 256)
    export([mixed], [str(tmp_path / "a.nt")], workers=8)
    monkeypatch.setattr(kg.workers, "SMALL", 0)
    export([mixed], [str(tmp_path / "a.nt")], workers=1)
    with pytest.raises(AssertionError, match="were started"):
        export([mixed], [str(tmp_path / "a.nt")], workers=2)


# loading


def test_load_holds_the_same_and_is_found_by_the_same_words(mixed: Path, tmp_path: Path) -> None:
    """The index made of the records on their way is byte for byte that of the store."""
    indexes = []
    for workers in (1, 2):
        place = tmp_path / str(workers)
        summary = load([mixed, GOLDEN, EXAMPLES], str(place), workers=workers)
        assert summary.records is not None
        assert summary.held == summary.records.triples
        with open_for_reading(place) as store:
            lines = sorted(str(quad) for quad in store)
            build_index(store, tmp_path)
        indexes.append((next(place.rglob(FILE_NAME)).read_bytes(), lines))
        assert indexes[-1][0] == (tmp_path / FILE_NAME).read_bytes()
    assert indexes[0] == indexes[1]


def test_load_adds_to_what_is_there(mixed: Path, tmp_path: Path) -> None:
    from kg.stores import Mode

    load([EXAMPLES], str(tmp_path / "store"), workers=2)
    load([mixed], str(tmp_path / "store"), workers=2, mode=Mode.ADD)
    index = next((tmp_path / "store").rglob(FILE_NAME)).read_bytes()
    with open_for_reading(tmp_path / "store") as store:
        build_index(store, tmp_path)
    assert index == (tmp_path / FILE_NAME).read_bytes()


def test_load_that_fails_leaves_nothing(mixed: Path, tmp_path: Path) -> None:
    with pytest.raises(StrictError, match="nothing was loaded"):
        load([mixed], str(tmp_path / "store"), workers=2, strict=True)
    assert not list((tmp_path / "store").glob("versions/*"))
    assert not list(_children(os.getpid()))
