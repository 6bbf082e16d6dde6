"""`kg publish` as a whole: a site of the example records, looked at from all sides."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pyoxigraph
import pytest
from conftest import Need
from webhosts import Host, hosts
from weblinks import Page, broken_links

from kg import resources
from kg.cli import run
from kg.errors import NoRecordError, StrictError, UsageError
from kg.mapping import Settings
from kg.publish import Asked, Config, Published, publish
from kg.publish.config import read_config
from kg.publish.errors import ConfigError, SiteFolderError
from kg.publish.manifest import FOLDER
from kg.publish.pages import PageRow
from kg.publish.sitemaps import MOST, sitemaps
from kg.shapes import Severity, load
from kg.vocabulary import SCHEMA

URL = "https://example.org/kg/"
EPOCH = "1700000000"
_SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
FIGURE = """\
---
figid: PMC1__{name}
figid_alias: PMC1__{alias}
figtitle: {title}
pmcid: PMC1
filename: {name}.jpg
organisms:
- Homo sapiens
genes:
- word: AKT2
  symbol: AKT2
  source: hgnc_symbol
  hgnc_symbol: AKT2
  entrez: '208'
---
"""


def made(site: Path, *sources: str | Path, **more: object) -> Published:
    asked = Asked(sources or (resources.examples(),), Settings())
    return publish(asked, site, URL, workers=1, **more)  # type: ignore[arg-type]


def files(site: Path) -> dict[str, str]:
    found = (path for path in site.rglob("*") if path.is_file() and FOLDER not in path.parts)
    return {str(path.relative_to(site)): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


def record(folder: Path, name: str, title: str, alias: str = "none") -> None:
    (folder / "_figures").mkdir(parents=True, exist_ok=True)
    text = FIGURE.format(name=name, alias=alias, title=title)
    (folder / "_figures" / f"PMC1__{name}.md").write_text(text)


@pytest.fixture(scope="module")
def root() -> Iterator[Path]:
    """Return a folder that a web server may read, with the site of the examples at `kg/`."""
    with tempfile.TemporaryDirectory(prefix="kg-publish-") as folder:
        Path(folder).chmod(0o755)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("SOURCE_DATE_EPOCH", EPOCH)
            made(Path(folder) / "kg")
        yield Path(folder)


@pytest.fixture(scope="module")
def site(root: Path) -> Path:
    return root / "kg"


@pytest.fixture(scope="module")
def data(site: Path) -> pyoxigraph.Store:
    store = pyoxigraph.Store()
    lines = gzip.decompress((site / "dumps" / "kg.nt.gz").read_bytes())
    store.bulk_load(lines, pyoxigraph.RdfFormat.N_TRIPLES)
    return store


def listed(site: Path) -> list[str]:
    """Return the pages that the sitemaps list."""
    index = ET.parse(site / "sitemap.xml").getroot()
    assert index.tag == f"{_SITEMAP}sitemapindex"
    found: list[str] = []
    for entry in index.iter(f"{_SITEMAP}loc"):
        name = (entry.text or "").removeprefix(URL)
        part = ET.fromstring(gzip.decompress((site / name).read_bytes()))
        assert part.tag == f"{_SITEMAP}urlset"
        found += [location.text or "" for location in part.iter(f"{_SITEMAP}loc")]
    return found


# what is in it


def test_nothing_links_to_nowhere(site: Path) -> None:
    assert list(broken_links(site, URL)) == []


def test_sitemap_lists_just_the_pages(site: Path) -> None:
    addresses = listed(site)
    assert len(set(addresses)) == len(addresses)
    paths = {address.removeprefix(URL) for address in addresses}
    expected = {path.relative_to(site).as_posix().removesuffix(".html") for path in site.rglob("*.html")}
    expected = {path.removesuffix("index") if path.split("/")[-1] == "index" else path for path in expected}
    assert paths == {path for path in expected if not _leads_on(site, path)} - {"404", "410"}


def _leads_on(site: Path, path: str) -> bool:
    file = site / f"{path}.html"
    return file.is_file() and 'http-equiv="refresh"' in file.read_text("utf-8")


def test_sitemaps_are_parted_by_number() -> None:
    rows = [PageRow(number, f"{URL}gene/{number}", "gene", "2026-01-02") for number in range(MOST + 1)]
    found = dict(sitemaps(rows, URL))
    assert sorted(found) == ["sitemap-gene-1.xml.gz", "sitemap-gene-2.xml.gz", "sitemap.xml"]
    assert gzip.decompress(found["sitemap-gene-1.xml.gz"]).count(b"<loc>") == MOST
    assert gzip.decompress(found["sitemap-gene-2.xml.gz"]).count(b"<loc>") == 1


def test_dumps_and_their_checksums(site: Path) -> None:
    lines = (site / "dumps" / "SHA256SUMS").read_text().splitlines()
    assert [line.split()[1] for line in lines] == ["kg.jsonld.gz", "kg.nt.gz", "kg.ttl.gz"]
    for line in lines:
        digest, name = line.split()
        content = (site / "dumps" / name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == digest
        assert content[4:8] == bytes(4), "no time in the file"


@pytest.mark.parametrize("name", ["description.ttl", "description.jsonld", ".well-known/void"])
def test_numbers_of_void_are_those_of_sparql(site: Path, data: pyoxigraph.Store, name: str) -> None:
    form = pyoxigraph.RdfFormat.JSON_LD if name.endswith("jsonld") else pyoxigraph.RdfFormat.TURTLE
    described = pyoxigraph.Store()
    described.load((site / name).read_bytes(), form)
    asked = {
        "triples": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
        "entities": "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s a [] }",
        "distinctSubjects": "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o }",
        "properties": "SELECT (COUNT(DISTINCT ?p) AS ?n) { ?s ?p ?o }",
    }
    for term, query in asked.items():
        told = _numbers(
            described,
            f"PREFIX void: <http://rdfs.org/ns/void#> SELECT ?n {{ ?d void:{term} ?n ; void:dataDump [] }}",
        )
        assert set(told) == set(_numbers(data, query)), term
    parts = described.query(
        "PREFIX void: <http://rdfs.org/ns/void#> SELECT DISTINCT ?c ?n { ?d void:dataDump [] ; "
        "void:classPartition ?p . ?p void:class ?c ; void:entities ?n }"
    )
    assert isinstance(parts, pyoxigraph.QuerySolutions)
    counted = {row["c"].value: int(row["n"].value) for row in parts}
    assert counted
    for class_iri, number in counted.items():
        if class_iri != "http://www.w3.org/2000/01/rdf-schema#Literal":
            query = f"SELECT (COUNT(DISTINCT ?s) AS ?n) {{ ?s a <{class_iri}> }}"
            assert _numbers(data, query) == [number], class_iri


def _numbers(store: pyoxigraph.Store, query: str) -> list[int]:
    found = store.query(query)
    assert isinstance(found, pyoxigraph.QuerySolutions)
    return [int(row["n"].value) for row in found]


def test_description_leads_to_the_files(site: Path) -> None:
    turtle = (site / "description.ttl").read_text("utf-8")
    for name in ("kg.nt.gz", "kg.ttl.gz", "kg.jsonld.gz"):
        assert f"{URL}dumps/{name}" in turtle
        assert hashlib.sha256((site / "dumps" / name).read_bytes()).hexdigest() in turtle


def _quads(content: bytes, form: pyoxigraph.RdfFormat) -> set[str]:
    return {str(quad.triple) for quad in pyoxigraph.parse(content, form, base_iri=URL)}


def test_one_graph_in_three_forms(site: Path, data: pyoxigraph.Store) -> None:
    pages = sorted(site.glob("*/*.ttl"))
    assert len(pages) > 50
    whole = {str(quad.triple) for quad in data}
    for turtle in pages:
        if turtle.name == "catalogue.ttl":
            continue
        html = Page(turtle.with_suffix(".html").read_text("utf-8"))
        forms = [
            _quads(turtle.read_bytes(), pyoxigraph.RdfFormat.TURTLE),
            _quads(turtle.with_suffix(".jsonld").read_bytes(), pyoxigraph.RdfFormat.JSON_LD),
            _quads(html.jsonld.encode(), pyoxigraph.RdfFormat.JSON_LD),
        ]
        assert forms[0] == forms[1] == forms[2], turtle.name
        assert {triple for triple in forms[0] if not triple.startswith(f"<{URL}")} <= whole, turtle.name


@pytest.mark.parametrize("profile", ["dataset", "hcls"])
def test_description_keeps_its_profiles(site: Path, profile: str) -> None:
    shapes = load(resources.ontology() / "hcls.ttl") if profile == "hcls" else load(profile=profile)
    judged = list(shapes.validate_source(site / "description.ttl"))
    assert judged
    assert not [result for node in judged for result in node.results if result.severity is Severity.VIOLATION]


def test_pages_keep_the_profiles_that_they_claim(site: Path) -> None:
    shapes = load(profile="all")
    graphs = [page for page in sorted(site.glob("*/*.ttl")) if page.name != "catalogue.ttl"]
    claims = [page for page in graphs if "bioschemas.org/profiles" in page.read_text("utf-8")]
    assert len(claims) > 50
    for page in claims:
        results = [result for node in shapes.validate_source(page) for result in node.results]
        assert not [result for result in results if result.severity is Severity.VIOLATION], page.name


def test_every_page_says_where_it_is_and_what_else_it_is(site: Path) -> None:
    for address in listed(site):
        path = address.removeprefix(URL)
        page = Page(
            (site / (f"{path}index.html" if path == "" or path[-1] == "/" else f"{path}.html")).read_text(
                "utf-8"
            )
        )
        links = {(found["rel"], link) for link, found in page.links if found["tag"] == "link"}
        assert ("canonical", address) in links
        assert ("cite-as", address) in links
        assert ("license", "https://spdx.org/licenses/CC0-1.0") in links
        assert "type" in {rel for rel, _ in links}
        if page.jsonld:
            assert {link.rpartition(".")[2] for rel, link in links if rel == "describedby"} == {
                "ttl",
                "jsonld",
            }


def test_link_sets(site: Path) -> None:
    sets = sorted(site.rglob("*.linkset.json"))
    assert len(sets) > 100
    for path in sets:
        context = json.loads(path.read_text("utf-8"))["linkset"][0]
        page = path.relative_to(site).as_posix().removesuffix(".linkset.json")
        assert context["anchor"] == URL + (page.removesuffix("index") if page.endswith("/index") else page)
        assert len(context["cite-as"]) == 1
        for relation in ("item", "describedby"):
            for row in context.get(relation, ()):
                target = row["href"].removeprefix(URL)
                assert (site / target).is_file() or (site / f"{target}.html").is_file(), (path.name, target)


def test_catalogue_of_queries(site: Path) -> None:
    found = pyoxigraph.Store()
    found.load((site / "queries" / "catalogue.ttl").read_bytes(), pyoxigraph.RdfFormat.TURTLE)
    executable = pyoxigraph.NamedNode("http://www.w3.org/ns/shacl#SPARQLExecutable")
    rows = list(found.quads_for_pattern(None, None, executable, None))
    assert len(rows) == len(list(resources.queries().glob("*.rq")))


def test_pages_of_queries_have_rows_where_the_store_is_large(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each query then runs in a process of its own."""
    monkeypatch.setattr("kg.publish._SMALL", 0)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", EPOCH)
    made(tmp_path / "kg", only=("figures",))
    pages = [path.name for path in sorted((site / "queries").glob("*.html")) if path.name != "index.html"]
    answered = [_has_rows(site / "queries" / name) for name in pages]
    assert [_has_rows(tmp_path / "kg" / "queries" / name) for name in pages] == answered
    assert answered.count(True) == len(pages) - 4, "four ask other servers"


def _has_rows(page: Path) -> bool:
    text = page.read_text("utf-8")
    assert ('id="h-rows"' in text) != ("holds no answer to it" in text), page.name
    return 'id="h-rows"' in text


def test_robots_and_files_for_hosts(site: Path) -> None:
    assert f"Sitemap: {URL}sitemap.xml" in (site / "robots.txt").read_text()
    for name in (
        ".htaccess",
        ".nojekyll",
        "_redirects",
        "_headers",
        "404.html",
        "406.txt",
        "hosts/w3id/kg/.htaccess",
    ):
        assert (site / name).is_file(), name
    for name in ("ontology.ttl", "ontology.jsonld"):
        form = pyoxigraph.RdfFormat.TURTLE if name.endswith("ttl") else pyoxigraph.RdfFormat.JSON_LD
        assert any(pyoxigraph.parse((site / name).read_bytes(), form))


# the same again


def test_same_bytes_for_any_number_of_processes(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", EPOCH)
    publish(Asked([resources.examples()], Settings()), tmp_path / "kg", URL, workers=3)
    assert files(tmp_path / "kg") == files(site)


def test_same_bytes_in_another_environment(site: Path, tmp_path: Path) -> None:
    environment = {
        "PYTHONHASHSEED": "7",
        "TZ": "Asia/Tokyo",
        "LC_ALL": "C",
        "SOURCE_DATE_EPOCH": EPOCH,
        "PATH": "/usr/bin:/bin",
    }
    command = [
        sys.executable,
        "-m",
        "kg",
        "publish",
        str(resources.examples()),
        "--to",
        "kg",
        "--url",
        URL,
        "-q",
    ]
    subprocess.run(command, cwd=tmp_path, env=environment, check=True)
    assert files(tmp_path / "kg") == files(site)


def test_only_what_changed_is_written(tmp_path: Path) -> None:
    records, site = tmp_path / "records", tmp_path / "kg"
    record(records, "f1", "AKT2 signalling")
    record(records, "f2", "Another pathway")
    made(site, records)
    before = {path: (site / path).stat().st_mtime_ns for path in files(site)}
    again = made(site, records)
    assert not again.switched, "the same data keeps its time"
    record(records, "f2", "Another pathway, with a new title")
    after = made(site, records)
    assert after.switched
    kept = {path for path in files(site) if before.get(path) == (site / path).stat().st_mtime_ns}
    assert {
        "figure/PMC1__f1.ttl",
        "figure/PMC1__f1.jsonld",
        "organism/9606.ttl",
        "static/style.css",
        "queries/index.html",
    } <= kept
    assert not kept & {"figure/PMC1__f2.html", "figure/PMC1__f2.ttl", "dumps/kg.nt.gz", "sitemap.xml"} - {
        "sitemap.xml"
    }


def test_removed_record_leaves_no_page(tmp_path: Path) -> None:
    records, site = tmp_path / "records", tmp_path / "kg"
    record(records, "f1", "One")
    record(records, "f2", "Two")
    made(site, records)
    (records / "_figures" / "PMC1__f2.md").unlink()
    assert made(site, records).files["removed"] >= 4
    assert not list(site.rglob("PMC1__f2*"))
    assert list(broken_links(site, URL)) == []


# aliases and withdrawn records


def test_aliases_and_withdrawn_records(tmp_path: Path) -> None:
    records, site = tmp_path / "records", tmp_path / "kg"
    record(records, "f1", "One", alias="F1")
    record(records, "f2", "Two", alias="old")
    made(site, records, config=Config(withdrawn=("figure/PMC1__f9",)))
    assert 'content="0; url=../figure/PMC1__f2.html"' in (site / "figure" / "PMC1__old.html").read_text()
    assert not (site / "figure" / "PMC1__F1.html").exists(), "some file systems would take it for that of f1"
    assert (site / "figure" / "PMC1__f9.html").read_text() == (site / "410.html").read_text()
    redirects = (site / "_redirects").read_text()
    assert "/kg/figure/PMC1__old /kg/figure/PMC1__f2 301" in redirects
    assert "/kg/figure/PMC1__F1 /kg/figure/PMC1__f1 301" in redirects
    assert not any("PMC1__f9" in address or "PMC1__old" in address for address in listed(site))
    with pytest.raises(UsageError, match="it is withdrawn by the configuration, but the sources hold it"):
        made(site, records, config=Config(withdrawn=("figure/PMC1__f1",)))
    with pytest.raises(UsageError, match="there is no kind 'fig'"):
        made(site, records, config=Config(withdrawn=("fig/PMC1__f1",)))


# options and their mistakes


def test_only_some_kinds(tmp_path: Path) -> None:
    done = made(tmp_path / "kg", only=["Figures", "gene"])
    assert {"figure", "gene"} <= done.pages.keys()
    assert not {"paper", "organism", "pathway"} & done.pages.keys()
    assert not (tmp_path / "kg" / "paper").exists()
    assert list(broken_links(tmp_path / "kg", URL)) == []
    with pytest.raises(UsageError, match="no such kind"):
        made(tmp_path / "kg", only=["figurines"])


def test_configuration(tmp_path: Path) -> None:
    (tmp_path / "logo.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    (tmp_path / "site.yaml").write_text(
        "name: lab\ntitle: Our figures\nlogo: logo.svg\ncontact: lab@example.org\nhosts: [nginx]\n"
        "description: Figures of pathways from papers, with the genes that they draw and more.\n"
        "publisher: Our lab <https://example.org/lab>\nedit_url: https://example.org/edit/{path}\n"
    )
    record(tmp_path / "records", "f1", "One")
    site = tmp_path / "kg"
    made(site, tmp_path / "records", config=read_config(tmp_path / "site.yaml"))
    assert "Our figures" in (site / "index.html").read_text()
    assert (site / "static" / "logo.svg").is_file()
    assert (site / "dumps" / "lab.nt.gz").is_file()
    assert not (site / ".htaccess").exists()
    assert "https://example.org/lab" in (site / "description.ttl").read_text()
    page = (site / "figure" / "PMC1__f1.html").read_text()
    assert "https://example.org/edit/_figures/PMC1__f1.md" in page


def test_templates_and_styles_of_the_user(tmp_path: Path) -> None:
    record(tmp_path / "records", "f1", "One")
    ours = tmp_path / "ours"
    (ours / "static").mkdir(parents=True)
    (ours / "static" / "style.css").write_text("body { color: teal; }\n")
    page = '{% extends "base.html" %}{% block heading %}<h1>Ours: {{ view.title }}</h1>{% endblock %}'
    (ours / "figure.html").write_text(page)
    site = tmp_path / "kg"
    call = ["publish", str(tmp_path / "records"), "--to", str(site), "--url", URL, "--quiet"]
    assert run([*call, "--workers", "1", "--templates", str(ours)]) == 0
    assert "<h1>Ours: One</h1>" in (site / "figure" / "PMC1__f1.html").read_text()
    assert (site / "static" / "style.css").read_text() == "body { color: teal; }\n"
    assert "Ours:" not in (site / "gene" / "208.html").read_text()
    assert run([*call, "--templates", str(tmp_path / "none")]) == 2


def test_compressed_texts_lie_beside(tmp_path: Path) -> None:
    record(tmp_path / "records", "f1", "One")
    site = tmp_path / "kg"
    made(site, tmp_path / "records", config=Config(compress=True))
    packed = sorted(site.rglob("*.html.gz"))
    assert len(packed) > 50
    for path in packed[:20]:
        assert gzip.decompress(path.read_bytes()) == path.with_suffix("").read_bytes()
    assert not list(site.rglob("*.gz.gz"))
    assert not made(site, tmp_path / "records", config=Config(compress=True)).switched
    assert made(site, tmp_path / "records").files["removed"] >= len(packed)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("titel: x", '1:1: titel: expected `title`, found "titel"'),
        ("title:\n- x", "1:1: title: expected one line of text, found a list"),
        ("\nlicence: CC0", '2:1: licence: expected an absolute http or https IRI, found "CC0"'),
        ("description: short", "description: expected 50 to 5,000 characters"),
        ("logo: none.svg", "logo: expected a picture that is there"),
        ("contact: nobody", "contact: expected an e-mail address"),
        ("publisher: Lab", "publisher: expected NAME <IRI>"),
        ("edit_url: https://example.org/", "edit_url: expected an http or https address with {path} in it"),
        (
            "withdrawn:\n- figure/a\n- b",
            '3:3: withdrawn[1]: expected `kind/key`, as in figure/PMC1__f1, found "b"',
        ),
        ("hosts: [nginx, iis]", "hosts[1]: expected one of nginx, apache"),
        ("query_url: javascript:alert(1)", "query_url: expected an absolute http or https IRI"),
        ("name: a b", "name: expected a plain word"),
        ("title: [", "expected"),
        ("title: a\ntitle: b", "title"),
        ("- a", 'found "a list"'),
    ],
)
def test_mistakes_of_a_configuration(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "site.yaml"
    file.write_text(text)
    with pytest.raises(ConfigError) as error:
        read_config(file)
    assert str(error.value).startswith(f"{file}:")
    assert told in str(error.value)


def test_unreadable_configuration(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot read"):
        read_config(tmp_path / "none.yaml")
    (tmp_path / "x").write_bytes(b"title: \xff")
    with pytest.raises(ConfigError, match="UTF-8"):
        read_config(tmp_path / "x")


@pytest.mark.parametrize(
    "url", ["example.org", "ftp://example.org/", "https://example.org/a b", "https://example.org/?a=b"]
)
def test_address_is_checked(tmp_path: Path, url: str) -> None:
    with pytest.raises(UsageError, match="--url"):
        publish(Asked([resources.examples()], Settings()), tmp_path / "kg", url)


def test_nothing_to_publish_leaves_the_site(tmp_path: Path) -> None:
    records, site = tmp_path / "records", tmp_path / "kg"
    record(records, "f1", "One")
    made(site, records)
    before = files(site)
    shutil.rmtree(records)
    records.mkdir()
    with pytest.raises(NoRecordError):
        made(site, records)
    record(records, "f1", "One\ndate: [")
    with pytest.raises((StrictError, NoRecordError)):
        publish(Asked([records], Settings(), None, strict=True), site, URL, workers=1)
    assert files(site) == before


def test_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record(tmp_path / "records", "f1", "One")
    call = [
        "publish",
        str(tmp_path / "records"),
        "--to",
        str(tmp_path / "kg"),
        "--url",
        URL,
        "--workers",
        "1",
    ]
    assert run(call) == 0
    assert "published" in capsys.readouterr().err
    assert run([*call, "--quiet"]) == 0
    assert capsys.readouterr().err == ""
    assert run([*call, "--workers", "0"]) == 2
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "mine").touch()
    assert run(["publish", str(tmp_path / "records"), "--to", str(tmp_path / "other"), "--url", URL]) == 3
    assert "did not write" in capsys.readouterr().err


def test_failing_process_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from kg.publish import pages

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pages.PageWriter, "write", fail)
    with pytest.raises(SiteFolderError, match="No space left"):
        publish(Asked([resources.examples()], Settings()), tmp_path / "kg", URL, workers=2)
    assert list(tmp_path.iterdir()) == []


# killed


def _orphans(site: Path) -> list[str]:
    """Return the processes that name the folder of a site."""
    found = []
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            if str(site).encode() in place.read_bytes():
                found.append(place.parent.name)
    return found


def kill_and_look(folder: Path, kills: int, seed: int) -> None:
    """Kill runs of the command at any moment: the site is one version or the other, and no process stays."""
    chance = random.Random(seed)
    records, site = folder / "records", folder / "kg"
    environment = {**os.environ, "SOURCE_DATE_EPOCH": EPOCH}
    command = [sys.executable, "-m", "kg", "publish", str(records), "--to", str(site), "--url", URL]
    command += ["--workers", "2", "--quiet"]
    versions: list[dict[str, str]] = []
    whole = 0.0
    for title in ("One", "Two"):
        record(records, "f1", title)
        begun = time.perf_counter()
        subprocess.run(command, env=environment, check=True)
        whole = time.perf_counter() - begun
        versions.append(files(site))
    for number in range(kills):
        record(records, "f1", ("One", "Two")[number % 2])
        run_ = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
        time.sleep(chance.uniform(0.3, 1.05) * whole)
        run_.send_signal(signal.SIGKILL)
        run_.wait()
        assert files(site) in versions, f"kill {number}: neither the old version nor the new"
        for _ in range(400):
            if not _orphans(site):
                break
            time.sleep(0.05)
        assert not _orphans(site)
    record(records, "f1", "One")
    subprocess.run(command, env=environment, check=True)
    assert files(site) == versions[0]
    assert sorted(path.name for path in folder.iterdir()) == ["kg", "records"]


def test_killed_command_leaves_the_old_site_or_the_new(tmp_path: Path) -> None:
    kill_and_look(tmp_path, 3, 1)


@pytest.mark.soak
def test_killed_command_soak(tmp_path: Path) -> None:
    kill_and_look(tmp_path, 25, 2)


# served


@pytest.fixture(scope="module")
def served(root: Path, site: Path) -> Iterator[dict[str, Host]]:
    with hosts(root, "kg") as running:
        yield running


def test_crawl_of_nginx_finds_every_page(served: dict[str, Host], site: Path) -> None:
    host, seen, todo = served["nginx"], set[str](), ["/kg/"]
    while todo:
        path = todo.pop()
        answer = host.get(path)
        assert answer.status == 200, path
        if answer.type != "text/html":
            continue
        for link, found in Page(answer.body.decode()).links:
            target = _local(path, link)
            if target is not None and target not in seen and found.get("rel") not in ("item", "collection"):
                seen.add(target)
                todo.append(target)
    missing = {address.removeprefix("https://example.org") for address in listed(site)} - seen
    assert not missing


def _local(page: str, link: str) -> str | None:
    from urllib.parse import urldefrag, urljoin, urlsplit

    target = urldefrag(urljoin(f"https://example.org{page}", link))[0]
    return urlsplit(target).path if target.startswith(URL) else None


def test_signposting_client_follows_the_links(served: dict[str, Host], need: Need) -> None:
    from signposting.htmllinks import find_signposting_html
    from signposting.signpost import LinkRel

    host = served["nginx"]
    for path in ("gene/207", "figure/"):
        found = find_signposting_html(f"http://127.0.0.1:{host.port}/kg/{path}")
        assert found.citeAs is not None
        assert str(found.citeAs.target) == URL + path
        assert {str(sign.target) for sign in found.types} & {f"{SCHEMA}AboutPage"}
        for sign in found.signposts:
            if sign.rel in (LinkRel.describedby, LinkRel.item, LinkRel.linkset):
                answer = host.get(str(sign.target).removeprefix("https://example.org"))
                assert answer.status == 200
                assert sign.type is None or answer.type == str(sign.type).partition(";")[0]


def test_signposting_client_finds_the_headers_and_the_link_set(served: dict[str, Host]) -> None:
    from signposting.linkset import find_signposting_linkset
    from signposting.resolver import find_signposting_http

    host = served["nginx"]
    found = find_signposting_http(f"http://127.0.0.1:{host.port}/kg/gene/207")
    assert found.citeAs is not None
    assert str(found.citeAs.target) == f"{URL}gene/207"
    assert {str(sign.target).rpartition(".")[2] for sign in found.describedBy} == {"ttl", "jsonld"}
    assert {str(sign.target) for sign in found.types} == {f"{SCHEMA}Gene", f"{SCHEMA}AboutPage"}
    (linkset,) = found.linksets
    path = str(linkset.target).removeprefix("https://example.org")
    level2 = find_signposting_linkset(f"http://127.0.0.1:{host.port}{path}").for_context(f"{URL}gene/207")
    assert level2.citeAs is not None
    assert {str(sign.target) for sign in level2.types} == {str(sign.target) for sign in found.types}
    assert {str(sign.target) for sign in level2.items} >= {f"{URL}gene/207.figures.tsv"}


def test_every_figure_answers_in_its_forms(served: dict[str, Host], site: Path) -> None:
    for file in sorted(site.glob("figure/*.ttl")):
        for name in ("nginx", "apache"):
            answer = served[name].get(f"/kg/figure/{file.stem}", "text/turtle")
            assert (answer.status, answer.type, answer.body) == (200, "text/turtle", file.read_bytes())
