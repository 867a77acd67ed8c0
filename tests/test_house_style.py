"""The agreements of the house, by reading the source: who imports whom, what is nowhere."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from jinja2 import nodes
from sqlalchemy import CheckConstraint, Enum, LargeBinary, String, inspect, select, text

import network
from network.columns import Base
from network.db import alembic, db, transaction
from network.members.kinds import Part
from tests.conftest import MakeMember

ROOT = Path(network.__file__).parent
TEMPLATES = ROOT / "templates"

# DESIGN.md 3: imports point down this list only. The ground floor has no domain in it.
LAYERS = (
    *("ground", "events", "search", "members", "notices", "asks", "conversations", "relationships"),
    *("circles", "learning", "organisations", "referrals", "engagements", "stewardship"),
    *("takeout", "today", "demo"),
)
# Within a package, and only downwards; what is not named here stands between models and views.
ROOMS = {"models": 1, "access": 3, "queries": 3, "services": 4, "forms": 5, "views": 6}
MIDDLE = 2
# They make the whole out of its parts, and nothing is made of them.
TOPMOST = {"network", "network.composition", "network.cli", "network.serving"}
# What every template may use comes from the packages: it belongs to the top of the house.
GROUND_THAT_LOOKS_UP = {"network.templating", "network.health"}
MOST_IMPORTS = 10
LONGEST_FUNCTION, LONGEST_FILE, LONGEST_TEMPLATE = 50, 500, 100
WEB = {"flask", "flask_login", "flask_wtf", "flask_htmx", "jinja2_fragments", "wtforms"}


def none(found: Iterable[str]) -> None:
    """Fail with a line for each offender."""
    offenders = sorted(found)
    assert not offenders, "\n" + "\n".join(offenders)


@cache
def modules() -> dict[str, ast.Module]:
    """Return every module of ours, by its name."""
    found = {}
    for path in sorted(ROOT.rglob("*.py")):
        parts = path.relative_to(ROOT.parent).with_suffix("").parts
        if "migrations" not in parts:
            name = ".".join(parts).removesuffix(".__init__")
            found[name] = ast.parse(path.read_text(), str(path))
    return found


def imported(name: str, tree: ast.Module) -> set[str]:
    """Return the modules that a module imports, ours in full."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            for alias in node.names:
                whole = f"{base}.{alias.name}"
                found.add(whole if whole in modules() else base)
    return found - {name, "__future__"}


def ours(name: str, tree: ast.Module) -> set[str]:
    return {each for each in imported(name, tree) if each.partition(".")[0] == "network"}


def layer_of(module: str) -> int:
    package = module.split(".")[1] if module.count(".") else ""
    if module in TOPMOST:
        return len(LAYERS)
    if module in GROUND_THAT_LOOKS_UP:
        return LAYERS.index("today")
    return LAYERS.index(package) if package in LAYERS else 0


def room_of(module: str) -> int:
    room = module.split(".")[2] if module.count(".") > 1 else ""
    return next((level for name, level in ROOMS.items() if room.startswith(name)), MIDDLE)


def test_every_package_has_its_place() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert packages <= set(LAYERS)


def test_imports_point_down_the_list_of_packages() -> None:
    upwards = [
        f"{name} imports {other}"
        for name, tree in modules().items()
        if name not in TOPMOST
        for other in ours(name, tree)
        if layer_of(other) > layer_of(name) and other != "network"
    ]
    none(upwards)


def test_nothing_imports_what_makes_the_whole() -> None:
    none(
        f"{name} imports {other}"
        for name, tree in modules().items()
        if name not in TOPMOST
        for other in ours(name, tree) & (TOPMOST - {"network"})
    )


def test_within_a_package_imports_point_from_views_down_to_models() -> None:
    upwards = [
        f"{name} imports {other}"
        for name, tree in modules().items()
        for other in ours(name, tree)
        if name.split(".")[1:2] == other.split(".")[1:2]
        and room_of(other) > room_of(name)
        # `tokens`, `documents`, `current` and the like stand in the middle: they may be used by all
        # rooms and use queries and services themselves.
        and MIDDLE not in {room_of(name), room_of(other)}
    ]
    none(upwards)


def test_no_view_is_imported_but_by_views_and_the_whole() -> None:
    none(
        f"{name} imports {other}"
        for name, tree in modules().items()
        for other in ours(name, tree)
        if room_of(other) == ROOMS["views"]
        and room_of(name) != ROOMS["views"]
        and name not in TOPMOST
    )


@pytest.mark.parametrize("room", ["models", "access", "queries", "services"])
def test_what_is_true_of_the_data_does_not_know_that_there_is_a_web(room: str) -> None:
    none(
        f"{name} imports {other}"
        for name, tree in modules().items()
        if room_of(name) == ROOMS[room]
        for other in imported(name, tree)
        if other.partition(".")[0] in WEB
    )


def test_a_module_imports_at_most_ten_others_of_ours() -> None:
    many = {
        # The ground floor is what everything stands on: it is not what makes a module tangled.
        name: len([each for each in ours(name, tree) if layer_of(each)])
        for name, tree in modules().items()
        if name
        not in TOPMOST  # composition and commands name every part: that is what they are for
    }
    none(f"{name}: {count}" for name, count in many.items() if count > MOST_IMPORTS)


def test_imports_stand_at_the_top() -> None:
    inside = [
        f"{name}:{node.lineno}"
        for name, tree in modules().items()
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    # Only where the embedded database is used; and the parts import the package that makes them.
    assert [each.rpartition(":")[0] for each in inside] == ["network", "network.db"]


def calls(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Yield the last name of everything called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            yield name, node.lineno


def test_only_the_database_module_commits() -> None:
    none(
        f"{name}:{line}"
        for name, tree in modules().items()
        if name not in {"network.db", "network.search.whoosh_files"}  # which commits an index
        for called, line in calls(tree)
        if called in {"commit", "rollback"} and not (name == "network.cli" and called == "rollback")
    )


def test_views_load_through_access_and_never_by_themselves() -> None:
    none(
        f"{name}:{node.lineno}"
        for name, tree in modules().items()
        if room_of(name) == ROOMS["views"]
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr
        in {"get", "get_one", "scalar", "scalars", "execute", "add", "delete", "flush"}
        and ast.unparse(node.value) in {"db.session", "session", "database.session"}
        and ast.unparse(node.value) != "session"
    )


def test_every_flush_says_why() -> None:
    silent = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in ROOT.rglob("*.py")
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if ".flush()" in line and "#" not in line
    ]
    none(silent)


def test_functions_and_files_stay_short() -> None:
    long = [
        f"{name}.{node.name}: {node.end_lineno - node.lineno + 1} lines"
        for name, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno - node.lineno >= LONGEST_FUNCTION
    ]
    for path in sorted(ROOT.rglob("*")):
        relative = path.relative_to(ROOT)
        if "vendor" in relative.parts or path.suffix not in {".py", ".css", ".js", ".html"}:
            continue
        most = LONGEST_TEMPLATE if path.suffix == ".html" else LONGEST_FILE
        # The first migration writes all tables: it was written by Alembic, and is never changed.
        lines = len(path.read_text().splitlines())
        if lines > most and "migrations" not in relative.parts:
            long.append(f"{relative}: {lines} lines")
    none(long)


def test_no_file_is_a_drawer() -> None:
    drawer = re.compile(r"util|helper|common|manager|handler|processor|misc|shared")
    assert [str(path) for path in ROOT.rglob("*.*") if drawer.search(path.stem.lower())] == []


# The job loop, and the delivery of one notice: both log and go on. The index's guard never goes on:
# it raises whatever went wrong as IndexUnavailable.
CATCH_ALL = {
    ("network.events.worker", "_one_batch"),
    ("network.notices.services", "deliver_mail"),
    ("network.search.whoosh_index", "_or_unavailable"),
}


def test_everything_is_caught_where_a_reason_is_given_only() -> None:
    found = {
        (name, function.name)
        for name, tree in modules().items()
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or ast.unparse(node.type) == "Exception")
    }
    assert found == CATCH_ALL


def test_nothing_prints() -> None:
    none(
        f"{name}:{line}"
        for name, tree in modules().items()
        for called, line in calls(tree)
        if called in {"print", "breakpoint", "set_trace"}
    )


def test_two_applications_can_be_made_because_nothing_is_done_at_import() -> None:
    none(
        f"{name}:{node.lineno}"
        for name, tree in modules().items()
        for node in tree.body
        if isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Call)
        # Logging is quietened once, for whoever runs migrations.
        and "getLogger" not in ast.unparse(node)
    )


# Templates


def templates() -> Iterator[tuple[str, str]]:
    for path in sorted(TEMPLATES.rglob("*.html")):
        yield str(path.relative_to(TEMPLATES)), path.read_text()


def test_nothing_is_marked_safe_by_hand() -> None:
    assert [
        name for name, source in templates() if re.search(r"\|\s*safe\b|autoescape", source)
    ] == []
    made = [
        name
        for name, tree in modules().items()
        if name != "network.text"  # the one sanitiser
        for called, _line in calls(tree)
        if called in {"Markup", "render_template_string"}
    ]
    none(made)


INLINE = re.compile(
    r"<style|\sstyle\s*=|<script(?![^>]*\ssrc=)|\son[a-z]+\s*=|hx-on|hx-vals=['\"]js:|javascript:|\bsrcdoc=",
    re.IGNORECASE,
)


def test_no_template_has_style_or_script_in_it() -> None:
    assert [
        f"{name}: {hit[0]}" for name, source in templates() for hit in INLINE.finditer(source)
    ] == []


def test_no_address_is_typed_by_hand() -> None:
    typed = re.compile(r'(?:href|action|src|formaction|hx-post|hx-get)="/')
    assert [name for name, source in templates() if typed.search(source)] == []


def test_a_form_that_changes_something_bears_its_token() -> None:
    bare = [
        f"{name}: {form[:80]}"
        for name, source in templates()
        for form in re.findall(r"<form\b.*?</form>", source, re.DOTALL)
        if 'method="post"' in form and "csrf" not in form
    ]
    none(bare)


def test_every_htmx_form_works_without_script() -> None:
    bare = [
        f"{name}: {tag}"
        for name, source in templates()
        for tag in re.findall(r"<form\b[^>]*hx-(?:post|get)[^>]*>", source)
        if not re.search(r'\saction="[^"]+"', tag) or not re.search(r'\smethod="', tag)
    ]
    none(bare)


HELD = re.compile(r"<(script|style|svg|pre)\b(?!.*\{\{)[^>]*>.*?</\1>", re.DOTALL)
TAG = re.compile(r"<[^>]*>", re.DOTALL)
SPOKEN = re.compile(r'\s(?:aria-label|alt|title|placeholder)="([^"]*)"')
# A tag that a macro writes, and what search engines are told.
NOT_SAID = {"index", "noindex", "all", "aria", "describedby"}
# Parts of addresses and marks of a sentence, never words.
WORDLESS = re.compile(r"&[a-z]+;|&#\d+;")


def said_by(app: Flask, source: str) -> str:
    """Return what a template says by itself: the data between its tags, and what is read aloud."""
    pieces = [
        node.data
        for output in app.jinja_env.parse(source).find_all(nodes.Output)
        for node in output.nodes
        if isinstance(node, nodes.TemplateData)
    ]
    # A tag may begin in one piece and end in another: what Jinja wrote between counts as a mark.
    whole = re.sub(r"\{#.*?#\}|\{%.*?%\}", "", source, flags=re.DOTALL)
    whole = re.sub(r"\{\{.*?\}\}", "0", whole, flags=re.DOTALL)
    spoken = " ".join(SPOKEN.findall(whole))
    text_alone = TAG.sub(" ", re.sub(r"<(script|style)\b.*?</\1>", " ", whole, flags=re.DOTALL))
    assert pieces or not whole.strip("0 \n")
    return WORDLESS.sub(" ", f"{text_alone} {spoken}")


def test_every_word_of_a_template_can_be_translated(app: Flask) -> None:
    none(
        f"{name}: {' '.join(words)}"
        for name, source in templates()
        if (words := set(re.findall(r"[^\W\d_]+", said_by(app, source))) - NOT_SAID)
    )


# Tables

# INV-64. Whole words of a name: "levels" of an audience are of words, never of a person.
COUNTED = re.compile(
    r"(?:^|_)(?:star|score|rank|ranking|rating|level|badge|points?|response_rate|view(?:s|ed|_count)"
    r"|view_count|bids?|followers?|likes?|karma|reputation|popularity|seen_at|last_seen"
    r"|(?:\w+_)?count|answered_within|declines?)s?(?:_|$)"
)


def column_names() -> Iterator[str]:
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            yield f"{table.name}.{column.name}"


def test_inv_64_no_column_counts_or_ranks_a_person() -> None:
    assert [name for name in column_names() if COUNTED.search(name.partition(".")[2])] == []
    assert [t.name for t in Base.metadata.sorted_tables if COUNTED.search(t.name)] == []


def test_inv_64_no_form_field_counts_or_ranks_a_person() -> None:
    fields = [
        f"{name}.{target.id}"
        for name, tree in modules().items()
        for kind in ast.walk(tree)
        if isinstance(kind, ast.ClassDef)
        for node in kind.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
        for target in node.targets
        if isinstance(target, ast.Name)
    ]
    assert len(fields) > 20
    assert [each for each in fields if COUNTED.search(each.rpartition(".")[2])] == []


def test_inv_64_no_query_orders_people_by_a_count() -> None:
    """What lists are ordered by: names, days, turns. Never by how many of anything."""
    ordered = [
        f"{name}:{node.lineno} {ast.unparse(node)}"
        for name, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and getattr(node.func, "attr", "") == "order_by"
        and re.search(r"func\.|count|sum\(|\.size", ast.unparse(ast.Tuple(elts=node.args)))
    ]
    none(ordered)
    functions = [
        f"{name}.{node.name}"
        for name, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and re.search(r"(?i)score|rank|rating|popular|response_rate|leaderboard|badge", node.name)
    ]
    none(functions)


def strings() -> list[tuple[str, str]]:
    return [
        (table.name, column.name)
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, String) and not isinstance(column.type, Enum | LargeBinary)
    ]


def checks_of(table: str) -> list[str]:
    found = Base.metadata.tables[table].constraints
    return [str(each.sqltext) for each in found if isinstance(each, CheckConstraint)]


@pytest.mark.parametrize(("table", "column"), strings())
def test_every_text_has_a_longest_length_in_the_database(
    app: Flask, table: str, column: str
) -> None:
    limit = rf"length\(\(?\"?{column}\"?\)?(?:::text)?\)+ <= \d+"
    assert any(re.search(limit, check) for check in checks_of(table))
    in_database = [str(each["sqltext"]) for each in inspect(db.engine).get_check_constraints(table)]
    assert any(re.search(limit, check) for check in in_database)


def test_every_constraint_and_foreign_key_is_named_and_says_what_a_deletion_does() -> None:
    for table in Base.metadata.sorted_tables:
        assert all(each.name for each in table.constraints), table.name
        assert all(key.ondelete for key in table.foreign_keys), table.name


def test_the_migrations_make_the_tables_of_the_models(app: Flask) -> None:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, Base.metadata) == []


def test_migrations_go_down_and_up_again_with_people_in_the_network(
    app: Flask, make_member: MakeMember
) -> None:
    make_member("ama", offers="An hour by telephone.")
    make_member("rui")
    before = schema()
    for revision in [each.revision for each in alembic.script_directory.walk_revisions()]:
        with app.app_context():
            alembic.downgrade(f"{revision}@default" if revision != "0001" else "base")
    assert {t for t in inspect(db.engine).get_table_names() if "alembic" not in t} == set()
    with app.app_context():
        alembic.upgrade()
    assert schema() == before
    make_member("dara")
    with transaction() as session:
        assert session.scalar(text("SELECT count(*) FROM member")) == 1


def schema() -> dict[str, object]:
    reader = inspect(db.engine)
    tables = {
        name: (
            sorted((c["name"], str(c["type"]), c["nullable"]) for c in reader.get_columns(name)),
            sorted(str(each["sqltext"]) for each in reader.get_check_constraints(name)),
            sorted(str(each["name"]) for each in reader.get_indexes(name)),
        )
        for name in reader.get_table_names()
    }
    if db.engine.dialect.name == "sqlite":
        with db.engine.connect() as connection:
            triggers = connection.scalars(
                select(text("name"))
                .select_from(text("sqlite_master"))
                .where(text("type='trigger'"))
            )
            tables["triggers"] = sorted(triggers)
    return tables


@pytest.mark.parametrize("statement", ["UPDATE event SET kind = 'x'", "DELETE FROM event"])
def test_the_log_takes_no_change(app: Flask, make_member: MakeMember, statement: str) -> None:
    make_member("ama")
    with pytest.raises(Exception, match="append-only"), transaction() as session:
        session.execute(text(statement))


def test_every_part_of_a_profile_is_a_word_of_the_house() -> None:
    """A part that counts a person would be a section like any other."""
    assert [part for part in Part if COUNTED.search(part.value)] == []
