"""A statement within a statement sees only the next one out by itself: an alias that is meant to be
of one further out is quietly read anew, of everybody.
"""

from __future__ import annotations

import importlib
import pkgutil
import re

from sqlalchemy import Select

import network

TABLES = re.compile(
    r"(?<!DISTINCT )\bFROM\b(.*?)(?:\bWHERE\b|\bGROUP BY\b|\bORDER BY\b|\bLIMIT\b|$)", re.DOTALL
)
NAMED = re.compile(r"(?:^|,|\bJOIN\b)\s*(?:\w+\s+AS\s+)?(\w+)")


def statements():
    for found in pkgutil.walk_packages(network.__path__, "network."):
        if ".migrations" in found.name:
            continue
        module = importlib.import_module(found.name)
        for name, value in vars(module).items():
            for number, each in enumerate(value.values() if isinstance(value, dict) else [value]):
                if isinstance(each, Select):
                    yield f"{found.name}.{name}.{number}", each


def declared(text):
    return {name for part in TABLES.findall(text) for name in NAMED.findall(part)}


def read_anew(sql):
    """Return the names that a question of existence reads, though what asks it has them already."""
    texts, names, found = [""], [[]], set()
    for part in re.split(r"([()])", sql):
        if part == "(":
            texts.append("EXISTS" if texts[-1].rstrip().endswith("EXISTS") else "")
            names.append([])
        elif part == ")":
            text, within = texts.pop(), names.pop()
            mine = declared(text)
            found |= {name for each in within for name in each & mine}
            asked = set().union(*within) | (mine if text.startswith("EXISTS") else set())
            names[-1].append(asked)
        else:
            texts[-1] += part
    return found | {name for each in names[0] for name in each & declared(texts[0])}


def test_what_is_read_anew_is_found():
    bad = "SELECT a FROM t AS x WHERE NOT (EXISTS (SELECT * FROM u, t AS x WHERE x.id = u.id))"
    good = "SELECT a FROM t AS x WHERE EXISTS (SELECT * FROM u WHERE x.id = u.id)"
    assert read_anew(bad) == {"x"}
    assert read_anew(good) == set()


def test_no_question_within_a_statement_reads_anew_what_one_further_out_has():
    found = {name: read_anew(str(each)) for name, each in statements()}
    assert len(found) > 100
    assert {name: anew for name, anew in found.items() if anew} == {}
