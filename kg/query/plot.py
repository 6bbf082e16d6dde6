"""Pictures of answers, as SVG or PNG: the same answer gives the same bytes.

What can be drawn is found in `kg.query.shapes`. The library is matplotlib (the extra `plot`), used without
its global state and without a display.
"""

from __future__ import annotations

import io
import math
import textwrap
import warnings
from collections import Counter
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from kg.errors import MissingExtraError, UsageError
from kg.query.answers import Answer
from kg.query.shapes import Bars, Pairs, Series, Shape, shape_of
from kg.query.table import cut

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MAX_NODES = 40
MAX_HEAT = 30

_BLUE, _GREY, _DARK = "#2a6f97", "#9aa5b1", "#1f2933"
_LINES = (_BLUE, "#d1495b", "#5a8f29", "#8e5ea2", "#e08e0b", "#3f7d7d", "#7a5230", _GREY)
_LABEL_WIDTH = 44
_TITLE_WIDTH = 68
_DENSE = 0.4
_WITH_VALUES = 200
_STEPS = 300
_DWARFED = 50
_STYLE: Mapping[str, Any] = MappingProxyType(
    {
        "svg.hashsalt": "pathway-kg",
        "svg.fonttype": "none",
        "font.family": "DejaVu Sans",
        "font.size": 10,
        "text.parse_math": False,
        "axes.unicode_minus": False,
        "axes.edgecolor": _GREY,
        "axes.labelcolor": _DARK,
        "text.color": _DARK,
        "xtick.color": _DARK,
        "ytick.color": _DARK,
    }
)
_METADATA: Mapping[str, Mapping[str, str | None]] = MappingProxyType(
    {"svg": {"Date": None, "Creator": "pathway-kg"}, "png": {"Software": None}}
)


def picture_format(target: str) -> str:
    """Return `svg` or `png`, by the extension of a file.

    Raises:
        UsageError: it is another one.
    """
    ending = target.rpartition(".")[2].lower()
    if ending not in _METADATA:
        raise UsageError(f"--plot {target}: pictures are .svg or .png")
    return ending


def draw(answer: Answer, title: str, form: str) -> tuple[bytes, str]:
    """Draw an answer; return the bytes of the picture, and what the picture leaves out (or nothing).

    Raises:
        NoShapeError: the answer has no shape that can be drawn.
        MissingExtraError: matplotlib is not installed.
    """
    shape = shape_of(answer)
    try:
        import matplotlib as mpl
        from matplotlib.figure import Figure
    except ImportError:
        raise MissingExtraError("--plot needs the extra `plot`: pip install pathway-kg[plot]") from None
    target = io.BytesIO()
    style: Any = dict(_STYLE)
    with mpl.rc_context(style), warnings.catch_warnings():
        # a script that the font lacks is drawn as boxes in PNG, and as text in SVG
        warnings.filterwarnings("ignore", message="Glyph .* missing")
        figure = Figure(figsize=_size(shape), layout="constrained")
        axes = figure.add_subplot()
        left_out = _drawn(shape, figure, axes)
        figure.suptitle(_title(title), x=0.01, ha="left", fontsize=12, fontweight="bold")
        figure.savefig(target, format=form, dpi=150, metadata=dict(_METADATA[form]))
    return target.getvalue(), left_out


def _drawn(shape: Shape, figure: Figure, axes: Axes) -> str:
    if isinstance(shape, Series):
        return _draw_series(shape, axes)
    if isinstance(shape, Bars):
        return _draw_bars(shape, axes)
    if _as_heat_map(shape):
        return _draw_heat_map(shape, figure, axes)
    return _draw_network(shape, axes)


def _title(text: str) -> str:
    """Return a title in at most two lines that fit the width of a picture.

    >>> _title("Genes: " + ", ".join(f"GENE{number}" for number in range(40))).count(chr(10))
    1
    """
    return "\n".join(textwrap.wrap(text, _TITLE_WIDTH, max_lines=2, placeholder=" …", break_on_hyphens=False))


def _size(shape: Shape) -> tuple[float, float]:
    if isinstance(shape, Bars):
        return 8.0, 1.4 + 0.27 * len(shape.rows)
    if isinstance(shape, Series):
        return 8.0, 4.2
    if _as_heat_map(shape) and not shape.one_kind:
        return 8.5, min(8.0, 2.8 + 0.35 * len({row for row, _ in shape.weights}))
    return 8.5, 8.0


def _words(name: str) -> str:
    """Return the name of a column as words.

    >>> _words("allFigures")
    'all figures'
    """
    return (
        "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name)
        .replace("_", " ")
        .strip()
    )


def _plain(axes: Axes) -> None:
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.set_axisbelow(True)


def _draw_series(shape: Series, axes: Axes) -> str:
    from matplotlib.ticker import MaxNLocator

    _plain(axes)
    single = len(shape.lines) == 1
    for (name, points), colour in zip(shape.lines.items(), _LINES, strict=False):
        x, y = [at for at, _ in points], [value for _, value in points]
        if single and not shape.is_share:
            axes.bar(x, y, color=colour, width=0.8)
        else:
            x, y = _with_gaps(points)
            axes.plot(x, y, color=colour, marker="o", markersize=4, linewidth=1.8, label=cut(name, 30))
    axes.grid(axis="y", color="#e4e7eb")
    axes.set_ylim(bottom=min(0.0, *(value for line in shape.lines.values() for _, value in line)))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=12))
    if single and _is_dwarfed([value for _, value in next(iter(shape.lines.values()))]):
        axes.set_yscale("log")
        axes.yaxis.set_major_formatter("{x:,.0f}")
        axes.set_ylim(bottom=0.5)
    elif not shape.is_share:
        axes.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=7))
    axes.set_xlabel(_words(shape.x))
    axes.set_ylabel(_words(shape.y) + (" (logarithmic)" if axes.get_yscale() == "log" else ""))
    if not single:
        axes.legend(frameon=False)
    return ""


def _with_gaps(points: Sequence[tuple[float, float]]) -> tuple[list[float], list[float]]:
    """Return the coordinates of a line that is broken where a whole number has no value.

    >>> _with_gaps([(2008, 0.5), (2009, 1), (2012, 0.5)])
    ([2008, 2009, 2010, 2012], [0.5, 1, nan, 0.5])
    """
    x: list[float] = []
    y: list[float] = []
    for at, value in points:
        if x and at - x[-1] > 1:
            x.append(x[-1] + 1)
            y.append(math.nan)
        x.append(at)
        y.append(value)
    return x, y


def _is_dwarfed(values: Sequence[float]) -> bool:
    """Say whether one value is so large that the others would not show."""
    return min(values) >= 1 and max(values) > _DWARFED * sorted(values)[len(values) // 2]


def _draw_bars(shape: Bars, axes: Axes) -> str:
    from matplotlib.ticker import MaxNLocator

    _plain(axes)
    places = range(len(shape.rows))
    values = [value for _, value in shape.rows]
    axes.barh(places, values, color=_BLUE, height=0.72)
    axes.set_yticks(places, [cut(label, _LABEL_WIDTH) or "(none)" for label, _ in shape.rows])
    axes.invert_yaxis()
    axes.set_ylim(len(shape.rows) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.margins(x=0.1)
    if all(value == int(value) for value in values):
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=8))
    for place, value in zip(places, values, strict=True):
        axes.annotate(
            f"{value:,.4g}" if value != int(value) else f"{int(value):,}",
            (value, place),
            (4 if value >= 0 else -4, 0),
            textcoords="offset points",
            va="center",
            ha="left" if value >= 0 else "right",
            fontsize=9,
        )
    axes.set_xlabel(_words(shape.value))
    return (
        f"the picture shows the first {len(shape.rows)} rows; {shape.left_out:,} more are left out"
        if shape.left_out
        else ""
    )


def _as_heat_map(shape: Pairs) -> bool:
    """Say whether a table of squares shows more than a network: dense, large, or of two kinds of things."""
    nodes = {name for pair in shape.weights for name in pair}
    linked = len({frozenset(pair) for pair in shape.weights if pair[0] != pair[1]})
    possible = len(nodes) * (len(nodes) - 1) / 2
    return not shape.one_kind or len(nodes) > MAX_NODES or (len(nodes) > 8 and linked > _DENSE * possible)


def _draw_heat_map(shape: Pairs, figure: Figure, axes: Axes) -> str:
    from matplotlib.ticker import MaxNLocator

    rows, columns = (_heaviest(shape, side) for side in (0, 1))
    if shape.one_kind:
        rows = columns = _heaviest(shape, None)
    nothing = float("nan")
    table = [[_weight(shape, row, column, nothing) for column in columns] for row in rows]
    image = axes.imshow(table, cmap="Blues", aspect="auto", vmin=0)
    if len(rows) * len(columns) <= _WITH_VALUES:
        _write_values(table, axes)
    axes.set_xticks(
        range(len(columns)),
        [cut(name, 24) for name in columns],
        rotation=60,
        ha="right",
        rotation_mode="anchor",
    )
    axes.set_yticks(range(len(rows)), [cut(name, 30) for name in rows])
    axes.tick_params(length=0)
    for side in axes.spines.values():
        side.set_visible(False)
    whole = all(weight == int(weight) for weight in shape.weights.values())
    ticks = MaxNLocator(integer=True, nbins=7) if whole else None
    figure.colorbar(image, ax=axes, label=_words(shape.weight), shrink=0.6, ticks=ticks)
    axes.set_xlabel(_words(shape.second))
    axes.set_ylabel(_words(shape.first))
    all_names = {name for pair in shape.weights for name in pair}
    left_out = len(all_names) - len({*rows, *columns})
    return (
        f"the picture shows the heaviest rows and columns; {left_out:,} names are left out"
        if left_out
        else ""
    )


def _write_values(table: Sequence[Sequence[float]], axes: Axes) -> None:
    """Write each value into its square, in a colour that can be read there."""
    rows = [(x, y, value) for y, row in enumerate(table) for x, value in enumerate(row)]
    values = [row for row in rows if not math.isnan(row[2])]
    most = max((value for _, _, value in values), default=0.0)
    for x, y, value in values:
        colour = "white" if value > 0.65 * most else _DARK
        axes.text(x, y, f"{value:,.4g}", ha="center", va="center", color=colour, fontsize=9)


def _weight(shape: Pairs, row: str, column: str, nothing: float) -> float:
    found = shape.weights.get((row, column))
    if found is None and shape.one_kind:
        found = shape.weights.get((column, row))
    return nothing if found is None else found


def _heaviest(shape: Pairs, side: int | None) -> list[str]:
    """Return the names of one side, or of both, by the sum of their weights."""
    total: Counter[str] = Counter()
    for pair, weight in shape.weights.items():
        for name in pair if side is None else (pair[side],):
            total[name] += weight  # type: ignore[assignment] # a counter adds floats as well
    return sorted(total, key=lambda name: (-total[name], name))[:MAX_HEAT]


def _draw_network(shape: Pairs, axes: Axes) -> str:
    names = sorted({name for pair in shape.weights for name in pair})
    edges = {
        (names.index(min(pair)), names.index(max(pair))): weight
        for pair, weight in shape.weights.items()
        if pair[0] != pair[1]
    }
    places = _layout(len(names), edges)
    heaviest = max([abs(weight) for weight in edges.values()], default=1.0) or 1.0
    degree: Counter[int] = Counter()
    for (one, other), weight in sorted(edges.items()):
        x, y = zip(places[one], places[other], strict=True)
        axes.plot(
            x,
            y,
            color=_GREY,
            linewidth=0.6 + 5 * abs(weight) / heaviest,
            alpha=0.55,
            zorder=1,
            solid_capstyle="round",
        )
        degree.update((one, other))
    sizes = [110 + 40 * math.sqrt(degree[node]) for node in range(len(names))]
    axes.scatter(
        [x for x, _ in places], [y for _, y in places], s=sizes, color=_BLUE, edgecolors="white", zorder=2
    )
    for name, place, size in zip(names, places, sizes, strict=True):
        axes.annotate(
            cut(name, 24),
            place,
            (0, math.sqrt(size) / 2 + 2),
            textcoords="offset points",
            ha="center",
            zorder=3,
            bbox={"boxstyle": "square,pad=0.05", "facecolor": "white", "edgecolor": "none", "alpha": 0.65},
        )
    axes.set_axis_off()
    axes.margins(0.12)
    axes.annotate(
        f"thicker line: more {_words(shape.weight)} (at most {heaviest:,.4g})",
        (0, 0),
        xycoords="axes fraction",
    )
    return ""


def _layout(count: int, edges: Mapping[tuple[int, int], float]) -> Sequence[tuple[float, float]]:
    """Place nodes by forces (Fruchterman and Reingold, 1991), from a circle on: the same each time."""
    import numpy as np

    angles = np.arange(count) * (2 * math.pi / max(count, 1))
    places = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    heaviest = max(map(abs, edges.values()), default=1.0) or 1.0
    pull = np.zeros((count, count))
    for (one, other), weight in edges.items():
        pull[one, other] = pull[other, one] = 0.3 + 0.7 * abs(weight) / heaviest
    links = np.maximum((pull > 0).sum(axis=1), 1)
    pull *= 1.6 / np.sqrt(links[:, None] * links[None, :])
    apart = 1.8 / math.sqrt(max(count, 1))
    for step in range(_STEPS):
        between = places[:, None, :] - places[None, :, :]
        distance = np.maximum(np.linalg.norm(between, axis=2), 0.01)
        force = apart**2 / distance**2 - pull * distance / apart
        moved = (between * force[:, :, None]).sum(axis=1) - 0.9 * places
        length = np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-9)
        places += moved / length * np.minimum(length, 0.12 * (1 - step / _STEPS))
    return [(round(float(x), 4), round(float(y), 4)) for x, y in places]
