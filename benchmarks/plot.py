"""The plot of a comparison, as SVG."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import tools
from results import Results
from sites import Records

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NAMES = (tools.KG, tools.PLAIN, tools.TWO, *tools.COMPARED)
PEER_COLOUR = "#9a9a9a"
MARKERS = "os^vDPX*<"


def draw(results: Results, path: Path) -> None:
    """Write CPU seconds side by side, and CPU seconds and memory by size; nothing where there is nothing."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "pathway-kg"
    from matplotlib.figure import Figure

    sized = results.records("inline")
    both = [row for row in sized if any(results.get(name, row) for name in tools.COMPARED)]
    if not both:
        return
    figure = Figure(figsize=(13, 4.2), layout="constrained")
    bars, cpu, memory = figure.subplots(1, 3)
    _bars(bars, results, both[-1])
    _lines(cpu, results, sized, memory=False)
    _lines(memory, results, sized, memory=True)
    handles, labels = cpu.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=4, frameon=False, fontsize="small")
    figure.savefig(path, metadata={"Date": None})


def _our_colour(name: str) -> str | None:
    """Return the colour of what is ours; None for a peer."""
    return {tools.KG: "#0b6e99", tools.PLAIN: "#6fb3cf", tools.TWO: "#1b9e77"}.get(name)


def _bars(axes: Axes, results: Results, records: Records) -> None:
    found = [(name, result.usage.cpu) for name in NAMES if (result := results.get(name, records))]
    found.sort(key=lambda row: -row[1])
    names, seconds = [name for name, _ in found], [value for _, value in found]
    colours = [_our_colour(name) or PEER_COLOUR for name in names]
    drawn = axes.barh(names, seconds, color=colours)
    axes.bar_label(drawn, labels=[f"{value:.1f}" for value in seconds], padding=3, fontsize="small")
    axes.set_xlim(right=max(seconds) * 1.15)
    axes.set_title(f"CPU seconds, {records.shown()}", fontsize="medium")
    axes.spines[["top", "right"]].set_visible(False)


def _lines(axes: Axes, results: Results, sized: list[Records], *, memory: bool) -> None:
    for number, name in enumerate(NAMES):
        found = [(row.size, result.usage) for row in sized if (result := results.get(name, row))]
        if not found:
            continue
        values = [usage.peak / 1e6 if memory else usage.cpu for _, usage in found]
        axes.plot(
            [count for count, _ in found],
            values,
            marker=MARKERS[number % len(MARKERS)],
            linewidth=2 if name == tools.KG else 1,
            color=_our_colour(name),
            label=name,
        )
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xticks([row.size for row in sized], labels=[f"{row.size:,}" for row in sized])
    axes.set_xticks([], minor=True)
    axes.yaxis.set_major_formatter("{x:,g}")
    axes.yaxis.set_minor_formatter("")
    axes.set_xlabel("records")
    axes.set_title("peak memory, MB" if memory else "CPU seconds", fontsize="medium")
    axes.grid(alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
