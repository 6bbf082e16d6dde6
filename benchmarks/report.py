"""The report of a comparison, as Markdown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence

import tools
from environments import versions
from measuring import load_note, machine
from results import Case, Result, Results
from sites import COPIES, REAL, Records
from startup import starts_table
from targets import TARGETS, Target

GENERATIONS = ("inline", "sidecar")


def report(results: Results, reasons: Mapping[str, str]) -> str:
    """Return the whole report."""
    parts = [_head(results), _targets(results)]
    parts += [_compared(results, records) for records in _compared_records(results)]
    parts += [
        _growth(results),
        _further(results),
        _starts(),
        _agreement(results),
        _left_out(results, reasons),
    ]
    return "\n\n".join(filter(None, parts)) + "\n"


def table(columns: Sequence[str], body: Iterable[Sequence[str]], left: int = 1) -> str:
    """Return a Markdown table; the first `left` columns stand on the left."""
    rules = ["---"] * left + ["---:"] * (len(columns) - left)
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (columns, rules, *body))


def _head(results: Results) -> str:
    date = dt.datetime.now(dt.timezone.utc).date()
    older = sorted({result.date for case, result in results.items() if result.date != str(date)})
    kept = f" What was kept from an earlier day ({', '.join(older)}) is of the same machine." if older else ""
    return (
        f"# Results\n\nMade by `make bench` on {date}: {machine()}.\n"
        "Other work ran on the machine, so compare CPU seconds (user and system, children included), not wall"
        f" seconds.\n{load_note()}{kept}\n{_paces(results)}\n"
        "`kg` runs on one worker unless a row says two, with all its checks.\n\n![Plot](results.svg)"
    )


def _paces(results: Results) -> str:
    """Say how much the pace of the machine changed from one measurement to the next."""
    paces, usual = results.paces(), results.usual_pace()
    span = f"it took from {paces[0] / usual:.2f} to {paces[-1] / usual:.2f} times its median"
    lines = (
        "A core that shares its cache with other work does less in a CPU second. So a fixed piece of work",
        f"(`pace.py`) ran before and after each measurement: {span}.",
        "The ratios below are of CPU seconds divided by that; the tables hold the seconds as they were.",
    )
    return "\n".join(lines)


# targets


def targets_text(results: Results) -> str:
    """Return what `docs/performance.md` says of the last run: the day, the machine, the targets."""
    date = dt.datetime.now(dt.timezone.utc).date()
    body = _targets(results).partition("\n\n")[2]
    return f"{date}, {machine()}.\n{_paces(results)}\n\n{body}"


def _targets(results: Results) -> str:
    columns = ("`kg`", "at least", "stretch", "inline", "sidecar", "real inline", "real sidecar", "")
    body = [_target(results, row) for row in TARGETS]
    return (
        "## Targets\n\nRatios of CPU seconds (unless it says memory or wall) on the most records that peers"
        " got;\nthe verdict is that of the worse of the two generated sets.\n\n"
        + table(columns, filter(None, body))
    )


def _target(results: Results, row: Target) -> tuple[str, ...]:
    values = [_value(results, row, _main_records(results, generation)) for generation in GENERATIONS]
    real = [
        _value(results, row, _real(results, generation)) if row.real_too else None
        for generation in GENERATIONS
    ]
    known = [value for value in values if value is not None]
    if not known:
        return ()
    sign = "" if row.least else "≤ "
    limits = (f"{sign}{row.at_least:g}{row.unit}", f"{sign}{row.stretch:g}{row.unit}")
    worst = min(known) if row.least else max(known)
    return (row.name, *limits, *(_shown(value, row.unit) for value in (*values, *real)), row.verdict(worst))


def _value(results: Results, row: Target, records: Records | None) -> float | None:
    return None if records is None else row.value(results, records)


def _shown(value: float | None, unit: str) -> str:
    if value is None:
        return "–"
    return f"{value:.0f}{unit}" if value >= 30 else f"{value:.2f}{unit}"


def _main_records(results: Results, generation: str) -> Records | None:
    """Return the most generated records on which a peer was measured too, else the fewest."""
    found = results.records(generation)
    both = [row for row in found if any(results.get(name, row) for name in tools.COMPARED)]
    return both[-1] if both else next(iter(found), None)


def _real(results: Results, generation: str) -> Records | None:
    return next(iter(results.records(generation, REAL)), None)


def _compared_records(results: Results) -> Iterator[Records]:
    for generation in GENERATIONS:
        for records in (_main_records(results, generation), _real(results, generation)):
            if records is not None:
                yield records


# tables


def _compared(results: Results, records: Records) -> str:
    """Return the table of all tools on the same records."""
    names = (tools.FLOOR, tools.KG, tools.TWO, tools.PLAIN, *tools.COMPARED)
    ours = results.get(tools.KG, records)
    found = [(name, result) for name in names if (result := results.get(name, records))]
    if ours is None:
        return ""
    columns = ("", "wall s", "CPU s", "CPU, kg = 1", "µs a record", "peak MB", "triples", "triples/s (CPU)")
    body = [(name, *_cells(records, result, ours)) for name, result in found]
    title = f"## {records.shown()[0].upper()}{records.shown()[1:]} to one file"
    return f"{title}\n\n{_about(records)}{table(columns, body)}"


def _about(records: Records) -> str:
    if records.origin != REAL:
        return ""
    return (
        f"The {records.size // COPIES} real records, each {COPIES} times as one more figure of its paper.\n"
        "Peers know nothing of their quirks; what they lose or make too much stands below.\n\n"
    )


def _cells(records: Records, result: Result, ours: Result) -> tuple[str, ...]:
    usage, content = result.usage, result.content
    triples = content.triples if content else 0
    return (
        f"{usage.wall:.2f}",
        f"{usage.cpu:.2f}",
        f"{usage.cpu / ours.usage.cpu:.2f}",
        f"{1e6 * usage.cpu / records.size:,.0f}",
        f"{usage.peak / 1e6:,.0f}",
        f"{triples:,}" if content else "–",
        f"{triples / usage.cpu:,.0f}" if content else "–",
    )


def _growth(results: Results) -> str:
    """Return the table of CPU seconds and of memory by size."""
    columns = ("generation", "tool", "records", "CPU s", "wall s", "peak MB", "peak, to the size before")
    body = []
    for generation in GENERATIONS:
        for name in (tools.KG, tools.TWO, tools.PLAIN, *tools.COMPARED):
            sized = [(row, results.get(name, row)) for row in results.records(generation)]
            body += list(_steps(generation, name, [(row, result) for row, result in sized if result]))
    return f"## Growth\n\n{table(columns, body, left=2)}" if body else ""


def _steps(generation: str, name: str, found: list[tuple[Records, Result]]) -> Iterator[tuple[str, ...]]:
    before = 0.0
    for records, result in found:
        usage = result.usage
        grown = f"{usage.peak / before:.2f}×" if before else ""
        before = usage.peak
        numbers = (f"{usage.cpu:.2f}", f"{usage.wall:.2f}", f"{usage.peak / 1e6:,.0f}", grown)
        yield (generation, name, f"{records.size:,}", *numbers)


def _further(results: Results) -> str:
    """Return the table of formats, archives and descriptions."""
    records = _main_records(results, "inline")
    ours = results.get(tools.KG, records)
    if records is None or ours is None:
        return ""
    found = [
        (case, result)
        for case, result in results.items()
        if case.records == records and case.tool not in (*tools.COMPARED, tools.PLAIN, tools.TWO, tools.FLOOR)
    ]
    columns = ("", "wall s", "CPU s", "CPU, kg = 1", "µs a record", "peak MB", "triples", "MB written")
    body = [
        (
            _case(case),
            *_cells(records, result, ours)[:-1],
            f"{result.content.size / 1e6:,.0f}" if result.content else "–",
        )
        for case, result in found
    ]
    if len(body) < 2:
        return ""
    return (
        f"## Formats, sources, stores\n\n{records.shown()}; `kg` from a folder to Turtle is the 1."
        f" `kg load` makes the text index as well.\n\n{table(columns, body)}"
    )


def _case(case: Case) -> str:
    source = "" if case.source == "folder" else f" from {case.source}"
    made = {".store": "", ".ttl": ""}.get(case.suffix, f" to {case.suffix}")
    described = " with --describe" if case.tool == "kg, described" else ""
    name = tools.KG if described else case.tool
    return f"{name}{source}{made if case.tool == tools.KG else ''}{described}"


def _starts() -> str:
    return f"## Start-up\n\n{starts_table()}"


# agreement


def _agreement(results: Results) -> str:
    """Say for every output whether it holds the same distinct triples as ours."""
    lines = [*_own_agreement(results), *_peer_agreement(results)]
    return "## Do they say the same?\n\n" + "\n".join(lines) if lines else ""


def _own_agreement(results: Results) -> Iterator[str]:
    groups: dict[Records, list[tuple[Case, Result]]] = {}
    for case, result in results.items():
        if case.tool in tools.OURS and result.content:
            groups.setdefault(case.records, []).append((case, result))
    for records, found in groups.items():
        turtle = {result.content.sha256 for case, result in found if case.suffix == ".ttl" and result.content}
        digests = {result.content.digest for _, result in found if result.content and result.content.digest}
        several = f"{len([case for case, _ in found if case.suffix == '.ttl'])} runs"
        if len(turtle) > 1 or len(digests) > 1:
            yield f"- **Our own outputs of {records.shown()} differ.**"
        elif len(found) > 1:
            same = f"{several} with the same bytes; {len(found)} files with the same triples"
            yield f"- `kg`, {records.shown()}: {same}."


def _peer_agreement(results: Results) -> Iterator[str]:
    for case, result in results.items():
        ours = results.get(tools.KG, case.records)
        if (
            case.tool not in tools.PEER_TOOLS
            or result.content is None
            or ours is None
            or ours.content is None
        ):
            continue
        where = f"{case.tool}, {case.records.shown()}"
        if result.content.unreadable:
            yield f"- {where}: **{result.content.unreadable}**."
        elif result.content.digest == ours.content.digest:
            yield f"- {where}: the same {result.content.triples:,} triples."
        else:
            yield from _difference(where, result)


def _difference(where: str, result: Result) -> Iterator[str]:
    found = result.difference
    if found is None:
        yield f"- {where}: **our output has changed since**; measure it anew (`--again`)."
        return
    yield f"- {where}: {found.missing:,} triples missing, {found.extra:,} that are wrong, such as"
    for word, triples in (("missing", found.first_missing), ("wrong", found.first_extra)):
        for triple in triples[:1]:
            yield f"  - {word}: `{triple if len(triple) < 200 else triple[:200] + '…'}`"


def _left_out(results: Results, reasons: Mapping[str, str]) -> str:
    lines = [f"- **{name}**: {reason}" for name, reason in reasons.items()]
    if not tools.has_workers():
        lines.append("- two workers: this `kg` has no `--workers`")
    if not tools.short_cuts():
        lines.append("- short cuts off: this `kg` has none to switch off")
    named = {name for name in tools.COMPARED if any(case.tool == name for case, _ in results.items())}
    lines += [
        f"- {name}: {versions(str(tools.TOOLS[name].environment))}"
        for name in tools.COMPARED
        if name in named
    ]
    return "## Versions of the peers, and what did not run\n\n" + "\n".join(lines)
