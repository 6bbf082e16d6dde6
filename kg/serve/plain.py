"""A page of a few lines for browsers, where there is no better one."""

from __future__ import annotations

import html

from starlette.requests import Request
from starlette.responses import Response

from kg.serve.description import limits_text
from kg.serve.settings import ServeSettings

_PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title></head>
<body>
<h1>{title}</h1>
<form action="{action}" method="get">
<p><label for="query">SPARQL query</label></p>
<p><textarea id="query" name="query" rows="12" cols="80">{query}</textarea></p>
<p><label for="format">Answer as</label>
<select id="format" name="format"><option>json</option><option>xml</option><option>csv</option>
<option>tsv</option><option>ttl</option><option>nt</option></select> <button>Ask</button></p>
</form>
<p>{limits}</p>
<p><a href="{base}openapi.json">Description of the interface (OpenAPI)</a></p>
</body>
</html>
"""
_EXAMPLE = """\
SELECT ?class (COUNT(?thing) AS ?things)
WHERE { ?thing a ?class }
GROUP BY ?class
ORDER BY DESC(?things)
"""


class PlainPage:
    """The page at `/` and `/sparql`."""

    def __init__(self, settings: ServeSettings) -> None:
        self._settings = settings

    async def __call__(self, request: Request) -> Response:
        """Return the page, with the query of the address in its form."""
        settings = self._settings
        text = _PAGE.format(
            title=html.escape(settings.title),
            action=html.escape(settings.url + "sparql"),
            base=html.escape(settings.url),
            query=html.escape(request.query_params.get("query", _EXAMPLE)),
            limits=html.escape(limits_text(settings.limits)),
        )
        return Response(text, 200, {"Vary": "Accept", "Cache-Control": "no-cache"}, "text/html")
