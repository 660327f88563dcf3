"""Modules import downwards only; docs/architecture.md shows the floors.

Every import counts, also one inside a function or under TYPE_CHECKING: a module that needs a name
of another one knows it, whenever the import happens. The doors `__init__` and `__main__` of the
package are left out: they only pass names on.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
SOURCE = PROJECT / "src/cs25search"
# Rooms from the ground up: packages, and modules beside them. A room imports from lower floors.
FLOORS = (
    {"closable_http", "errors", "integrity", "log", "telemetry", "text", "times"},
    {"arguments", "encoding", "language_model", "place", "progress", "records", "terminal"},
    {"course", "evaluation", "index", "wording"},
    {"question", "transcripts"},
    {"formats", "ranking"},
    {"answers", "milvus"},
    {"search"},
    {"mcp_server", "options", "ui"},
    {"cli"},
)
MOST_FLOORS = 9
# Who may know Milvus: it is a plug-in that is imported when a place names it.
MILVUS_DOORS = {"search", "cli", "milvus"}
MILVUS_DOOR_OF_INGEST = "ingest.milvus"

# Settings are read from the environment at an edge, by one function for each group of them, and
# passed on as values.
READERS = {
    "cs25search.place": "read_place",
    "cs25search.language_model": "read_endpoint",
    "cs25search.ui.access": "read_access",
    "ingest.youtube.limits": "read_network",
}
EDGES = {"cs25search.cli", "cs25search.search", "ingest.order", "ingest.new"}  # and app.py
OTHERS_WITH_ENVIRONMENT = {
    "cs25search.log",  # every layer logs, and where to is no concern of any of them
    "cs25search.integrity",  # XDG_CACHE_HOME: the user's cache
    "cs25search.telemetry",  # sets what libraries read
    "cs25search.terminal",  # NO_COLOR and TERM: conventions of terminals, read where it is drawn
    "ingest.encoder",  # sets what libraries read
    "cs25search.ui.ingesting",  # passes it to the process that it starts
}

Graph = dict[str, set[str]]


def modules(package: Path) -> dict[str, Path]:
    """Return the modules of a package by their full name."""
    found = {}
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(name: str, path: Path) -> Iterator[str]:
    """Yield the full name of everything that a module imports, at the top or inside a function."""
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1]
            parts = [*(above if node.level else []), *([node.module] if node.module else [])]
            yield from (".".join([*parts, alias.name]) for alias in node.names)


def graph_of(package: Path) -> Graph:
    """Return which modules of a package each of them imports."""
    known = modules(package)
    graph: Graph = {}
    for name, path in known.items():
        found = {one if one in known else one.rpartition(".")[0] for one in imports(name, path)}
        graph[name] = (found & known.keys()) - {name}
    return graph


def find_circle(graph: Graph) -> list[str]:
    """Return modules that import each other in a circle, the first one again at the end."""
    done: set[str] = set()

    def visit(name: str, way: list[str]) -> list[str]:
        if name in way:
            return [*way[way.index(name) :], name]
        if name in done:
            return []
        for other in sorted(graph[name]):
            if circle := visit(other, [*way, name]):
                return circle
        done.add(name)
        return []

    return next((circle for name in graph if (circle := visit(name, []))), [])


def room(name: str) -> str:
    """Return the room of a module; "" for `__init__` and `__main__` of the package."""
    parts = name.split(".")
    return "" if len(parts) == 1 or parts[1] == "__main__" else parts[1]


def rooms_of(graph: Graph) -> Graph:
    """Return which rooms of a package each room imports."""
    rooms: Graph = {room(name): set() for name in graph if room(name)}
    for name, others in graph.items():
        if room(name):
            rooms[room(name)] |= {room(other) for other in others} - {"", room(name)}
    return rooms


def upward(graph: Graph) -> list[str]:
    """Return the imports that go up or to another room of the same floor."""
    floor = {name: number for number, rooms in enumerate(FLOORS) for name in rooms}
    return [
        f"{name} imports {other}"
        for name, others in graph.items()
        for other in sorted(others)
        if room(name) and room(other) and room(name) != room(other)
        and floor[room(other)] >= floor[room(name)]
    ]  # fmt: skip


@pytest.mark.parametrize("package", [SOURCE, PROJECT / "ingest"], ids=lambda path: path.name)
def test_no_modules_import_each_other_in_a_circle(package):
    assert find_circle(graph_of(package)) == []


def test_no_rooms_of_ingest_import_each_other_in_a_circle():
    assert find_circle(rooms_of(graph_of(PROJECT / "ingest"))) == []
    both_ways = {"ingest.a.x": {"ingest.b.x"}, "ingest.b.x": set(), "ingest.b.y": {"ingest.a.y"},
                 "ingest.a.y": set()}  # fmt: skip
    assert find_circle(both_ways) == []
    assert find_circle(rooms_of(both_ways)) == ["a", "b", "a"]


def test_every_room_has_a_floor_and_there_are_at_most_nine():
    rooms = {room(name) for name in modules(SOURCE)} - {""}
    assert set().union(*FLOORS) == rooms
    assert len(FLOORS) <= MOST_FLOORS


def test_imports_go_down():
    assert upward(graph_of(SOURCE)) == []


def test_an_upward_import_and_a_circle_are_found():
    graph = {"cs25search.text": {"cs25search.ranking.rank"}, "cs25search.ranking.rank": set()}
    assert upward(graph) == ["cs25search.text imports cs25search.ranking.rank"]
    assert find_circle({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c", "b"]


def test_texts_of_the_app_need_no_streamlit():
    views = {name: path for name, path in modules(SOURCE).items() if ".ui.views" in name}
    found = [n for n, path in views.items() for one in imports(n, path) if "streamlit" in one]
    assert views and found == []


def test_milvus_stays_behind_its_doors():
    for name, path in [*modules(SOURCE).items(), *modules(PROJECT / "ingest").items()]:
        is_ingest = name.partition(".")[0] == "ingest"
        is_door = name == MILVUS_DOOR_OF_INGEST if is_ingest else room(name) in MILVUS_DOORS
        for one in imports(name, path):
            if one.partition(".")[0] in ("pymilvus", "milvus_lite"):
                assert not is_ingest and room(name) == "milvus", f"{name} imports {one}"
            if one.startswith("cs25search.milvus"):
                assert is_door, f"{name} imports {one}"


def test_records_are_structs():
    # A dataclass takes ten times as long to create, and its functions do not work on Structs.
    found = {
        name
        for package in (SOURCE, PROJECT / "ingest")
        for name, path in modules(package).items()
        if room(name) not in ("ui", "milvus")
        and any(one.startswith("dataclasses") for one in imports(name, path))
    }
    assert found == {"cs25search.language_model", "ingest.captions.files"}


def test_the_package_knows_nothing_of_ingest_and_ingest_nothing_of_the_app():
    for package, forbidden in ((SOURCE, "ingest"), (PROJECT / "ingest", "cs25search.ui")):
        for name, path in modules(package).items():
            for one in imports(name, path):
                assert not f"{one}.".startswith(f"{forbidden}."), f"{name} imports {one}"


def test_texts_name_one_command_that_works_in_every_folder():
    # python -m ingest runs a folder of that name in the current one, if there is one.
    for package in (SOURCE, PROJECT / "ingest"):
        for name, path in modules(package).items():
            if name != "ingest.__main__":
                assert "python -m ingest" not in path.read_text("utf-8"), name


def uses_environment(tree: ast.Module) -> bool:
    """Return whether a module reads or changes environment variables."""
    names = {"environ", "environb", "getenv", "putenv", "unsetenv"}
    return any(
        (isinstance(node, ast.Attribute) and node.attr in names)
        or (isinstance(node, ast.ImportFrom) and any(one.name in names for one in node.names))
        for node in ast.walk(tree)
    )


def test_only_readers_of_settings_look_at_the_environment():
    found = {
        name
        for package in (SOURCE, PROJECT / "ingest")
        for name, path in modules(package).items()
        if uses_environment(ast.parse(path.read_text("utf-8")))
    }
    assert found == READERS.keys() | OTHERS_WITH_ENVIRONMENT
    assert uses_environment(ast.parse("import os\nos.getenv('X')"))
    assert uses_environment(ast.parse("from os import environ"))
    assert not uses_environment(ast.parse("def read(environment): return environment.get('X')"))


def test_settings_are_read_at_the_edges():
    readers = {f"{name}.{function}" for name, function in READERS.items()}
    readers.add("cs25search.place.courses_folder")
    for package in (SOURCE, PROJECT / "ingest"):
        for name, path in modules(package).items():
            if name not in EDGES:
                assert readers.isdisjoint(imports(name, path)), name


if __name__ == "__main__":  # make check prints this
    arrows = {(room(a), room(b)) for a, others in graph_of(SOURCE).items() for b in others}
    between = [(a, b) for a, b in arrows if a and b and a != b]
    print(f"{len(FLOORS)} floors of at most {MOST_FLOORS}, {len(between)} arrows between rooms:")
    for number, rooms in reversed([*enumerate(FLOORS, start=1)]):
        print(f"  {number}  {', '.join(sorted(rooms))}")
