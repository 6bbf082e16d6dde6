"""Pictures of answers on the query page: bars, years, and who stands with whom, as SVG with classes."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from markupsafe import Markup, escape

from kg.query.shapes import Bars, Pairs, Series
from kg.site.views import Bar

MAX_PAIRS = 60
"""How many pairs a network shows: the heaviest."""

_SIZE, _RADIUS, _WIDTH = 620, 230, 860


class YearChart(NamedTuple):
    """One line of values over years, as columns."""

    title: str
    bars: Sequence[Bar]


def year_charts(series: Series) -> Sequence[YearChart]:
    """Return a chart for each line of a series; whole numbers alone can be drawn as columns."""
    return [
        YearChart(name or series.y, [Bar(f"{x:g}", round(value)) for x, value in line])
        for name, line in series.lines.items()
        if all(value == round(value) for _, value in line)
    ]


def bar_rows(bars: Bars) -> Sequence[tuple[str, float, float]]:
    """Return label, value, and the part of the largest value in percent, of each bar."""
    top = max((value for _, value in bars.rows), default=0.0)
    return [(label, value, round(100 * value / top, 1) if top > 0 else 0.0) for label, value in bars.rows]


def network(pairs: Pairs, name: str) -> Markup:
    """Return the heaviest pairs as a network on a circle; `name` begins its ids and is unique in the page."""
    heaviest = sorted(pairs.weights.items(), key=lambda row: (-row[1], row[0]))[:MAX_PAIRS]
    labels = sorted({label for pair, _ in heaviest for label in pair})
    places = {label: _place(number, len(labels)) for number, label in enumerate(labels)}
    top = max((weight for _, weight in heaviest), default=1.0) or 1.0
    told = ", ".join(f"{one} and {other} {weight:g}" for (one, other), weight in heaviest[:20])
    head = (
        f'<svg class="chart net" viewBox="0 0 {_WIDTH} {_SIZE}" role="img" '
        f'aria-labelledby="{name}-title {name}-desc"><title id="{name}-title">'
        f"{escape(pairs.first)} and {escape(pairs.second)}</title>"
        f'<desc id="{name}-desc">The heaviest pairs: {escape(told)}.</desc>'
    )
    parts = [head, *_lines(heaviest, places, top), *_nodes(labels, places), "</svg>"]
    return Markup("".join(parts))  # noqa: S704  (every text in it went through `escape`)


def _place(number: int, count: int) -> tuple[float, float]:
    angle = 2 * math.pi * number / max(count, 1) - math.pi / 2
    return (
        round(_WIDTH / 2 + _RADIUS * math.cos(angle), 1),
        round(_SIZE / 2 + _RADIUS * math.sin(angle), 1),
    )


def _lines(
    pairs: Sequence[tuple[tuple[str, str], float]], places: dict[str, tuple[float, float]], top: float
) -> Iterator[str]:
    for (one, other), weight in reversed(pairs):
        (x1, y1), (x2, y2) = places[one], places[other]
        part = max(weight, 0) / top
        yield (
            f'<path class="edge" d="M{x1:g} {y1:g}Q{_WIDTH / 2:g} {_SIZE / 2:g} {x2:g} {y2:g}" '
            f'fill="none" stroke-width="{0.8 + 6 * part:.1f}" stroke-opacity="{0.25 + 0.6 * part:.2f}">'
            f"<title>{escape(one)} and {escape(other)}: {weight:g}</title></path>"
        )


def _nodes(labels: Sequence[str], places: dict[str, tuple[float, float]]) -> Iterator[str]:
    for label in labels:
        x, y = places[label]
        dx, dy, anchor = _beside(x, y)
        short = label if len(label) <= 24 else f"{label[:23]}…"
        yield (
            f'<circle class="node" cx="{x:g}" cy="{y:g}" r="6"><title>{escape(label)}</title></circle>'
            f'<text class="halo" x="{x + dx:.1f}" y="{y + dy:.1f}" text-anchor="{anchor}">'
            f"{escape(short)}</text>"
        )


def _beside(x: float, y: float) -> tuple[float, float, str]:
    """Return where a label goes: outside of the circle."""
    if abs(x - _WIDTH / 2) < 30:
        return (0, -12, "middle") if y < _SIZE / 2 else (0, 22, "middle")
    return (11, 4, "start") if x > _WIDTH / 2 else (-11, 4, "end")
