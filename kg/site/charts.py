"""Charts as SVG text: columns by year, bars beside numbers, and a small network.

They are plain shapes with classes: the colours are those of the style sheet, so that the dark mode reaches
them and no `style` is needed. The same values give the same bytes. A chart is an image with a title and a
description for those who do not see it (WAI-ARIA `img`), and its page shows the same values as a table.

>>> print(columns([Bar("2019", 2), Bar("2021", 4)], "Figures by year", "c1"))
<svg class="chart" viewBox="0 0 640 180" role="img" aria-labelledby="c1-title c1-desc">...
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import lru_cache

from markupsafe import Markup, escape

from kg.site.views import Bar, Together

_WIDTH, _HEIGHT = 640, 180
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 8, 12, 24
_MAX_GAP = 200
"""How many years a chart may span; what spans more is drawn as it is given."""

_NET_WIDTH, _NET_HEIGHT, _NET_NODES = 640, 400, 12


def columns(bars: Sequence[Bar], title: str, name: str) -> Markup:
    """Return a column for each bar, from left to right; missing years between two stand as zeros.

    `name` begins the ids within the SVG: it is unique in a page.
    """
    filled = _filled(bars)
    top = _round_up(max((bar.value for bar in filled), default=0))
    parts = [_head("chart", _WIDTH, _HEIGHT, title, _told(filled), name)]
    parts += _axis(top)
    parts += _columns(filled, top)
    return Markup("".join(parts) + "</svg>")  # noqa: S704  (every text in it went through `escape`)


def _filled(bars: Sequence[Bar]) -> Sequence[Bar]:
    if not bars or not all(bar.label.isascii() and bar.label.isdigit() for bar in bars):
        return bars
    values = {int(bar.label): bar.value for bar in bars}
    first, last = min(values), max(values)
    if last - first > _MAX_GAP:
        return bars
    return [Bar(str(year), values.get(year, 0)) for year in range(first, last + 1)]


def _told(bars: Sequence[Bar]) -> str:
    """Return the chart in one sentence."""
    if not bars:
        return "No values."
    best = max(bars, key=lambda bar: bar.value)
    total = sum(bar.value for bar in bars)
    return (
        f"{total:,} in all, from {bars[0].label} to {bars[-1].label}; most in {best.label}: {best.value:,}."
    )


def _round_up(value: int) -> int:
    """Return the next number of one or two plain digits, for the top of an axis.

    >>> [_round_up(value) for value in (0, 3, 17, 420, 8100)]
    [2, 4, 20, 500, 10000]
    """
    if value <= 2:
        return 2
    power = int(10 ** (len(str(value)) - 1))
    return next(step * power for step in (1, 2, 4, 5, 6, 8, 10) if step * power >= value)


def _axis(top: int) -> Iterator[str]:
    for value in (0, top // 2, top):
        y = _y(value, top)
        yield (
            f'<path class="axis" d="M{_LEFT} {y:g}H{_WIDTH - _RIGHT}"/>'
            f'<text x="{_LEFT - 6}" y="{y + 4:g}" text-anchor="end">{value:,}</text>'
        )


def _y(value: int, top: int) -> float:
    return round(_HEIGHT - _BOTTOM - value / top * (_HEIGHT - _BOTTOM - _TOP), 1)


def _columns(bars: Sequence[Bar], top: int) -> Iterator[str]:
    step = min((_WIDTH - _LEFT - _RIGHT) / max(len(bars), 1), 64)
    every = max(1, math.ceil(56 / step))
    for place, bar in enumerate(bars):
        x, y = _LEFT + place * step, _y(bar.value, top)
        label = escape(bar.label)
        yield (
            f'<rect class="bar" x="{x + step * 0.12:.1f}" y="{y:g}" width="{step * 0.76:.1f}" '
            f'height="{_HEIGHT - _BOTTOM - y:g}"><title>{label}: {bar.value:,}</title></rect>'
        )
        if place % every == 0:
            middle = min(x + step / 2, _WIDTH - 24)
            yield f'<text x="{middle:.1f}" y="{_HEIGHT - 6}" text-anchor="middle">{label}</text>'


def _head(kind: str, width: int, height: int, title: str, description: str, name: str) -> str:
    return (
        f'<svg class="{kind}" viewBox="0 0 {width} {height}" role="img" '
        f'aria-labelledby="{name}-title {name}-desc"><title id="{name}-title">{escape(title)}</title>'
        f'<desc id="{name}-desc">{escape(description)}</desc>'
    )


@lru_cache(maxsize=4096)
def share(value: int, top: int) -> Markup:
    """Return a bar beside its number in a table: the part of `value` in `top`. It says nothing new.

    >>> print(share(1, 4))
    <svg class="hbar" aria-hidden="true"><rect width="25%" height="100%"/></svg>
    """
    part = round(100 * value / top, 1) if top else 0
    return Markup(  # noqa: S704  (a number)
        f'<svg class="hbar" aria-hidden="true"><rect width="{part:g}%" height="100%"/></svg>'
    )


def network(
    label: str, others: Sequence[Together], edges: Sequence[tuple[int, int, int]], name: str
) -> Markup:
    """Return the thing of a page amid those drawn with it: a line is as wide as the figures they share.

    `edges` tell how many figures hold two of the others, by their positions.
    """
    shown = others[:_NET_NODES]
    places = [_place(number, len(shown)) for number in range(len(shown))]
    lines = [(number, -1, other.figures) for number, other in enumerate(shown)]
    lines += [edge for edge in edges if max(edge[:2]) < len(shown) and min(edge[:2]) >= 0]
    most = max((line[2] for line in lines), default=1)
    title = f"{label} and what is drawn with it"
    names = ", ".join(f"{other.thing.label} ({other.figures:,})" for other in shown)
    parts = [_head("chart net", _NET_WIDTH, _NET_HEIGHT, title, f"Figures shared with: {names}.", name)]
    parts += [_line(line, places, most) for line in sorted(lines, key=lambda line: (line[1] == -1, line))]
    parts += [
        _node(place, other.thing.label, other.figures, most)
        for place, other in zip(places, shown, strict=True)
    ]
    parts.append(_self(label))
    return Markup("".join(parts) + "</svg>")  # noqa: S704  (every text in it went through `escape`)


def _place(number: int, count: int) -> tuple[float, float]:
    """Return where a node stands on the ellipse around the middle, from the top on."""
    angle = 2 * math.pi * number / count - math.pi / 2
    return (
        round(_NET_WIDTH / 2 + 205 * math.cos(angle), 1),
        round(_NET_HEIGHT / 2 + 150 * math.sin(angle), 1),
    )


def _line(line: tuple[int, int, int], places: Sequence[tuple[float, float]], most: int) -> str:
    one, other, figures = line
    x1, y1 = places[one]
    x2, y2 = (_NET_WIDTH / 2, _NET_HEIGHT / 2) if other < 0 else places[other]
    part = figures / most if most else 0
    kind, width = ("edge", 1 + 6 * part) if other < 0 else ("edge far", 0.5 + 3 * part)
    return f'<path class="{kind}" d="M{x1:g} {y1:g}L{x2:g} {y2:g}" stroke-width="{width:.1f}"/>'


def _node(place: tuple[float, float], label: str, figures: int, most: int) -> str:
    x, y = place
    size = 6 + 8 * math.sqrt(figures / most) if most else 6.0
    dx, dy, anchor = _beside(x, y, size)
    return (
        f'<circle class="node" cx="{x:g}" cy="{y:g}" r="{size:.1f}"><title>{escape(label)}: {figures:,}'
        f'</title></circle><text class="halo" x="{x + dx:.1f}" y="{y + dy:.1f}" text-anchor="{anchor}">'
        f"{escape(_short(label))}</text>"
    )


def _beside(x: float, y: float, size: float) -> tuple[float, float, str]:
    """Return where the label of a node goes: away from the middle."""
    if abs(x - _NET_WIDTH / 2) < 40:
        return (0, -size - 6, "middle") if y < _NET_HEIGHT / 2 else (0, size + 16, "middle")
    return (size + 6, 4, "start") if x > _NET_WIDTH / 2 else (-size - 6, 4, "end")


def _self(label: str) -> str:
    x, y = _NET_WIDTH / 2, _NET_HEIGHT / 2
    return (
        f'<circle class="self" cx="{x:g}" cy="{y:g}" r="17"/>'
        f'<text class="halo" x="{x:g}" y="{y + 35:g}" text-anchor="middle" font-weight="bold">'
        f"{escape(_short(label))}</text>"
    )


def _short(label: str) -> str:
    return label if len(label) <= 16 else f"{label[:15]}…"
