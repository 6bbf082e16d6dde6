"""Pictures: which answers can be drawn, as what, and the same bytes each time."""

from __future__ import annotations

import io
import re
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from kg.cli import run as run_cli
from kg.errors import MissingExtraError, UsageError
from kg.query.answers import Answer
from kg.query.plot import draw, picture_format
from kg.query.shapes import MAX_BARS, Bars, NoShapeError, Pairs, Series, shape_of
from kg.query.syntax import Kind

YEARS = "?year\t?figures\n" + "".join(f"{year}\t{year % 7 + 1}\n" for year in range(1998, 2024))
SHARES = "?year\t?figures\t?all\t?share\n2001\t1\t4\t0.25\n2002\t2\t4\t0.5\n2004\t1\t10\t0.1\n"
TOP = "?symbol\t?gene\t?figures\n" + "".join(
    f'"GENE{number}"\t<https://identifiers.org/ncbigene/{number}>\t{100 - number}\n'
    for number in range(1, 50)
)
OF_GENE = "?symbol\t?partner\t?figures\t?jaccard\n" + "".join(
    f'"AKT1"\t"PARTNER{number}"\t{30 - number}\t0.5\n' for number in range(20)
)
PAIRS = "?one\t?other\t?figures\n" + "".join(
    f'"G{one}"\t"G{other}"\t{one * other % 9 + 1}\n'
    for one in range(12)
    for other in range(one + 1, 12)
    if one % 5 == 0
)
MATRIX = "?one\t?other\t?figures\n" + "".join(
    f'"G{one}"\t"G{other}"\t{one * other % 9 + 1}\n'
    for one in range(12)
    for other in range(12)
    if one != other
)
KINDS = "?gene\t?chemical\t?figures\n" + "".join(
    f'"G{gene}"\t"chemical {chemical}"\t{gene * chemical % 9 + 1}\n'
    for gene in range(9)
    for chemical in range(7)
)
FEW = "?one\t?other\t?figures\n" + "".join(
    f'"G{one}"\t"H{other}"\t{one + other + 1}\n' for one in range(4) for other in range(3) if one != other + 1
)
PROPERTY = "?symbol\t?organism\t?figures\n" + "".join(
    f'"G{number % 11}"\t"{"man" if number % 3 else "mouse"}"\t{number + 1}\n' for number in range(12)
)
ODD = '?label\t?n\n"$x^2$ & <b>\\u0007 経路"\t-3.5\n"second $"\t2\n""\t1\n'
HISTOGRAM = "?genes\t?figures\n0\t900\n" + "".join(f"{genes}\t{genes % 4 + 1}\n" for genes in range(1, 30))

SHAPES = {
    "years": (YEARS, Series),
    "shares": (SHARES, Series),
    "top": (TOP, Bars),
    "of-gene": (OF_GENE, Bars),
    "pairs": (PAIRS, Pairs),
    "matrix": (MATRIX, Pairs),
    "kinds": (KINDS, Pairs),
    "few": (FEW, Pairs),
    "property": (PROPERTY, Bars),
    "odd": (ODD, Bars),
    "histogram": (HISTOGRAM, Series),
}


def _answer(text: str, kind: Kind = Kind.SELECT) -> Answer:
    return Answer(kind, io.BytesIO(text.encode()), text.count("\n") - 1, False, 0.0)


@pytest.mark.parametrize("name", SHAPES)
def test_shapes(name: str) -> None:
    text, expected = SHAPES[name]
    assert type(shape_of(_answer(text))) is expected


def test_what_is_drawn() -> None:
    series = shape_of(_answer(SHARES))
    assert isinstance(series, Series)
    assert (series.x, series.y, series.is_share) == ("year", "share", True)
    assert series.lines == {"": [(2001, 0.25), (2002, 0.5), (2004, 0.1)]}
    bars = shape_of(_answer(TOP))
    assert isinstance(bars, Bars)
    assert (bars.label, bars.value, bars.rows[0]) == ("symbol", "figures", ("GENE1", 99))
    assert (len(bars.rows), bars.left_out) == (MAX_BARS, 49 - MAX_BARS)
    of_gene = shape_of(_answer(OF_GENE))
    assert isinstance(of_gene, Bars)
    assert of_gene.label == "partner"


@pytest.mark.parametrize(
    ("text", "kind", "message"),
    [
        ("?a\t?b\n<e:a>\t<e:b>\n", Kind.SELECT, "what can be drawn"),
        ("?n\n3\n", Kind.SELECT, "what can be drawn"),
        ("?a\t?n\n", Kind.SELECT, "no rows"),
        ("true", Kind.ASK, "is no table"),
        ("<e:a> <e:b> <e:c> .\n", Kind.CONSTRUCT, "is no table"),
        ('?a\t?n\n"x"\t"INF"^^<http://www.w3.org/2001/XMLSchema#double>\n', Kind.SELECT, "what can be drawn"),
    ],
)
def test_other_shapes_are_told(text: str, kind: Kind, message: str) -> None:
    with pytest.raises(NoShapeError, match=message):
        draw(_answer(text, kind), "x", "svg")


@pytest.mark.parametrize("form", ["svg", "png"])
@pytest.mark.parametrize("name", SHAPES)
def test_pictures_are_the_same_each_time(name: str, form: str) -> None:
    text, _ = SHAPES[name]
    pictures = {draw(_answer(text), "Title", form) for _ in range(2)}
    ((data, _),) = pictures
    assert data.startswith(b"<?xml" if form == "svg" else b"\x89PNG")
    assert b"matplotlib" not in data[:1000].replace(b"http://matplotlib.org/", b"")


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("years", ["Title", "year", "figures", "2010"]),
        ("shares", ["year", "share"]),
        ("top", ["GENE1", "GENE30", "99", "figures"]),
        ("pairs", ["G0", "G11", "thicker line: more figures (at most 9)"]),
        ("matrix", ["G0", "G11", "figures", "one", "other"]),
        ("kinds", ["G0", "chemical 6", "figures", "9"]),
        ("few", ["G0", "H2", "figures", "2", "5"]),
        ("odd", ["second $", "(none)", "-3.5"]),
        ("histogram", ["figures (logarithmic)", "100"]),
    ],
)
def test_pictures_are_labelled(name: str, texts: list[str]) -> None:
    data, _ = draw(_answer(SHAPES[name][0]), "Title", "svg")
    root = ET.fromstring(data)
    written = {"".join(node.itertext()).strip() for node in root.iter("{http://www.w3.org/2000/svg}text")}
    assert set(texts) <= written


def test_long_titles_are_wrapped_then_cut() -> None:
    title = "Co-occurrence of two lists of genes: " + ", ".join(f"GENE{number}" for number in range(40))
    data, _ = draw(_answer(YEARS), title, "svg")
    root = ET.fromstring(data)
    texts = ["".join(node.itertext()) for node in root.iter("{http://www.w3.org/2000/svg}text")]
    lines = [text for text in texts if "GENE" in text]
    assert len(lines) == 2
    assert lines[0].startswith("Co-occurrence of two lists of genes: GENE0")
    assert lines[1].endswith(" …")
    assert max(map(len, lines)) <= 70


def test_a_line_is_broken_where_a_year_is_absent() -> None:
    def strokes(answer: str) -> int:
        data, _ = draw(_answer(answer), "x", "svg")
        (line,) = re.findall(rb'<path d="([^"]+)" clip-path="[^"]+" style="fill: none; stroke: #2a6f97', data)
        return str(line).count("M ")

    assert strokes(SHARES) == 2  # 2001 and 2002, then 2004
    assert strokes(SHARES.replace("2004", "2003")) == 1


def test_what_is_left_out_is_said() -> None:
    assert "19 more are left out" in draw(_answer(TOP), "x", "svg")[1]
    many = "?one\t?other\t?n\n" + "".join(
        f'"G{one}"\t"G{(one + step) % 60}"\t{step}\n' for one in range(60) for step in (1, 2)
    )
    assert "30 names are left out" in draw(_answer(many), "x", "svg")[1]


@pytest.mark.parametrize("target", ["x.pdf", "x", "x.svg.gz"])
def test_other_picture_formats_are_told(target: str) -> None:
    with pytest.raises(UsageError, match=r"\.svg or \.png"):
        picture_format(target)


def test_without_matplotlib(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(MissingExtraError, match=r"pip install pathway-kg\[plot\]"):
        draw(_answer(YEARS), "x", "svg")


def test_command(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    data, query, picture = tmp_path / "d.nt", tmp_path / "per-year.rq", tmp_path / "p.svg"
    data.write_text("".join(f'<e:f{n}> <e:year> "{2000 + n % 5}" .\n' for n in range(30)), "utf-8")
    query.write_text(
        "# title: Things per year\nSELECT (<http://www.w3.org/2001/XMLSchema#integer>(?y) AS ?year) "
        "(COUNT(?f) AS ?things) { ?f <e:year> ?y } GROUP BY ?y ORDER BY ?y",
        "utf-8",
    )
    assert run_cli(["query", str(query), "--store", str(data), "--plot", str(picture)]) == 0
    done = capsys.readouterr()
    assert done.out.splitlines()[2].split() == ["2000", "6"]
    assert "Things per year" in picture.read_text("utf-8")
    query.write_text("SELECT ?f ?y { ?f <e:year> ?y }", "utf-8")
    before = picture.read_bytes()
    assert run_cli(["query", str(query), "--store", str(data), "--plot", str(picture)]) == 2
    assert "what can be drawn" in capsys.readouterr().err
    assert picture.read_bytes() == before
