"""Queries that never end, and texts that crash parsers."""

from __future__ import annotations

from collections.abc import Callable, Mapping

A, B, C, D = "?a ?b ?c", "?d ?e ?f", "?g ?h ?i", "?j ?k ?l"
DIGITS = " ".join(f"VALUES ?{letter} {{ 0 1 2 3 4 5 6 7 8 9 }}" for letter in "abcdefghijkl")
RUNAWAY: Mapping[str, str] = {
    "cross product": f"SELECT * {{ {A} . {B} . {C} . {D} FILTER(?c = ?l && ?a = ?d && ?i = 1) }}",
    "count": f"SELECT (COUNT(*) AS ?n) {{ {A} . {B} . {C} . {D} }}",
    "distinct": f"SELECT (COUNT(DISTINCT ?x) AS ?n) {{ {A} . {B} . {C} BIND(CONCAT(?c, ?i) AS ?x) }}",
    "order": f"SELECT ?c ?f ?i {{ {A} . {B} . {C} }} ORDER BY ?i DESC(?f) ?c LIMIT 1",
    "group": f"SELECT ?a ?d (MAX(?i) AS ?m) {{ {A} . {B} . {C} }} GROUP BY ?a ?d HAVING (COUNT(*) < 0)",
    "paths": "SELECT (COUNT(*) AS ?n) { ?a (<e:p>|!<e:p>)* ?b . ?c (<e:p>|!<e:p>)* ?d . ?e !<e:p>* ?f }",
    "optional": f"SELECT (COUNT(*) AS ?n) {{ {A} OPTIONAL {{ {B} OPTIONAL {{ {C} OPTIONAL {{ {D} }} }} }} }}",
    "minus": f"ASK {{ {A} . {B} . {C} . {D} MINUS {{ ?a ?b ?c }} }}",
    "exists": f"ASK {{ {A} . {B} FILTER NOT EXISTS {{ ?a ?x ?y }} FILTER EXISTS {{ {C} . {D} }} }}",
    "regex": f"ASK {{ {A} . {B} . {C} FILTER REGEX(STR(?c), CONCAT('(a+)+', STR(?f), STR(?i), '!')) }}",
    "values": f"SELECT (SUM(?a) AS ?n) {{ {DIGITS} }}",
    "many patterns": "ASK { "
    + " ".join(f"?a{n} ?b{n} ?a{n + 1} ." for n in range(300))
    + " FILTER(STRLEN(STR(?b0)) + STRLEN(STR(?b299)) < 0) }",
}

NESTED: Mapping[str, Callable[[int], str]] = {
    "groups": lambda depth: "ASK " + "{" * depth + "}" * depth,
    "brackets": lambda depth: "ASK { FILTER(" + "(" * depth + "true" + ")" * depth + ") }",
    "signs": lambda depth: "ASK { FILTER(" + "!" * depth + "true) }",
    "paths": lambda depth: "ASK { ?s " + "^(" * depth + "<e:p>" + ")" * depth + " ?o }",
    "lists": lambda depth: "ASK { ?s ?p " + "[ <e:p> " * depth + "1" + "]" * depth + " }",
}
