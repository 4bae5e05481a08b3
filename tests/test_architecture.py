"""The rooms and who may enter which; and that what is heavy is imported only where it is used."""

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = {
    "assistant": {"assistant"},
    "ingest": {"ingest", "assistant"},
    "eval": {"eval", "assistant", "ingest"},
    "ui": {"ui", "assistant", "ingest", "eval"},
}
HEAVY = (
    "torch",
    "transformers",
    "sentence_transformers",
    "chromadb",
    "streamlit",
    "langchain",
    "langchain_core",
    "fastapi",
    "psycopg",
    "procrastinate",
)
NOT_FOR_HELP = (*HEAVY, "pydantic", "numpy", "lxml", "yaml", "sqlite3")
DOORS_OF = {  # what these are for; these are torch modules, themselves imported late
    "streamlit": ("ui/",),
    "fastapi": ("ui/api/",),  # of an extra; `ui/api/serve.py` is the door
    "langchain_core": ("assistant/chain.py", "eval/running/replay.py"),
    "psycopg": ("assistant/library/database/postgres.py",),  # itself imported where the settings name a server
    "procrastinate": ("ui/jobs/queue.py",),  # itself imported where the settings want a queue
    "torch": ("assistant/evidence/int8.py", "assistant/evidence/network.py"),
}
# Imports inside functions that go back to where they come from, and why.
MEANT = {
    ("ingest.reading.mail.mail", "ingest.reading.formats"): "an attachment is read as any file is, by its extension",
    ("ingest.reading.plain", "ingest.reading.mail.mail"): "a text may be a mail that was pasted into a file",
    ("ingest.reading.plain", "ingest.reading.transcripts.chats"): "a text may be a chat that was copied into a file",
    ("ingest.reading.plain", "ingest.reading.transcripts.turns"): "a text may be a transcript",
}

# Modules of the standard library that Windows lacks. `resource` is imported where Windows has left already.
NOT_ON_WINDOWS = {"fcntl", "grp", "pwd", "termios", "resource"}

EMPTY_NAMES = {"kept", "told", "said", "found", "one"}  # they name no thing that a function returns or does
ODD_WORDS = set(
    "anew furniture gather gathered gathering lean leaned leaning leans mend mended mending mends urge urged urges "
    "urging".split()
)
IN_PROMPTS = {"assistant/readers/replies.py: Said"}  # a model reads its name, and replies of models are recorded


def modules(room: str) -> list[Path]:
    return [
        path
        for path in sorted((ROOT / room).rglob("*.py"))
        if not {"training", "benchmarks", "scripts"} & set(path.parts)
    ]


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "siblings import each other by full name"
            yield node.module or ""


def imported_at_the_top(tree: ast.Module) -> Iterator[str]:
    """What importing the module imports: nothing inside functions or under TYPE_CHECKING."""
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from imported(node)


def imported_ever(tree: ast.AST) -> Iterator[str]:
    """What a module imports when it is imported or later, inside functions; nothing under TYPE_CHECKING, which is only
    read by type checkers."""
    nodes = [tree]
    while nodes:
        node = nodes.pop()
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from imported(node)
        if isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif not (isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"):
            nodes += (child for child in ast.iter_child_nodes(node) if not isinstance(child, ast.expr))


@cache
def files_imported() -> dict[str, set[str]]:
    """For each file of a room, by its full name, the files that it imports, but for those of ``MEANT``."""
    paths = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
        for room in ROOMS
        for path in (*modules(room), *sorted((ROOT / room / "benchmarks").glob("*.py")))
    }
    every = {name: set(imported_ever(ast.parse(path.read_text("utf-8")))) for name, path in paths.items()}
    for name, other in MEANT:
        every[name].remove(other)  # fails where there is none any more
    return {name: (others & set(paths)) - {name} for name, others in every.items()}


def run_python(code: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT, timeout=60
    ).stdout


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_the_rooms_it_may(room: str) -> None:
    entered = {
        (str(path.relative_to(ROOT)), name)
        for path in modules(room)
        for name in imported(ast.parse(path.read_text("utf-8")))
        if name.partition(".")[0] in ROOMS and name.partition(".")[0] not in ROOMS[room]
    }

    assert entered == set()


def test_no_file_imports_itself_by_way_of_others() -> None:
    TopologicalSorter(files_imported()).prepare()  # raises, and names the files, where there is a cycle


def above_their_folders(imports: Mapping[str, set[str]]) -> set[str]:
    """The files that stand beside folders and import them, or import such a file beside them."""
    above: set[str] = set()
    while True:
        found = {
            name
            for name, others in imports.items()
            if any(
                other.startswith(f"{folder(name)}.") and (folder(other) != folder(name) or other in above)
                for other in others
            )
        }
        if found == above:
            return above
        above = found


def folder(module: str) -> str:
    return module.rpartition(".")[0]


def packages_imported() -> dict[str, set[str]]:
    """For each package, the packages that its files import. A package is a folder. A folder in which there are others
    is two packages: the files that the inner folders may stand on, and those that stand on the inner folders.
    """
    imports = files_imported()
    folders = {name for name in imports if (ROOT / name.replace(".", "/")).is_dir()}
    above = above_their_folders(imports)
    package_of = {name: f"{folder(name)}, above its folders" if name in above else folder(name) for name in imports}
    graph: dict[str, set[str]] = {}
    for name in set(imports) - folders:
        own = package_of[name]
        graph.setdefault(own, set()).update({package_of[other] for other in imports[name] - folders} - {own})
    return graph


def test_no_package_imports_itself_by_way_of_others() -> None:
    TopologicalSorter(packages_imported()).prepare()


@pytest.mark.parametrize("room", ROOMS)
def test_heavy_libraries_are_imported_where_they_are_used(room: str) -> None:
    imports = {
        (path.relative_to(ROOT).as_posix(), name.partition(".")[0])
        for path in modules(room)
        for name in imported_at_the_top(ast.parse(path.read_text("utf-8")))
        if name.partition(".")[0] in HEAVY
    }

    assert {(path, name) for path, name in imports if not path.startswith(DOORS_OF.get(name, ()))} == set()


def test_no_page_is_named_as_a_room() -> None:
    """Streamlit puts ui/ first on the import path, so ui/eval.py would be what ``import eval`` finds."""
    assert not {path.stem for path in (ROOT / "ui").iterdir()} & set(ROOMS)


@pytest.mark.parametrize(
    "command", ["--help", "ask --help", "ingest --help", "eval --help", "serve --help", "--version"]
)
def test_help_imports_nothing_heavy(command: str) -> None:
    code = f"""
import json, sys
from ui.cli import cli
try:
    cli.main({command.split()!r}, prog_name="pushback")
except SystemExit as ended:
    print(json.dumps([ended.code, sorted(sys.modules)]))
"""
    exit_code, loaded = json.loads(run_python(code).splitlines()[-1])

    assert exit_code == 0
    assert set(loaded) & set(NOT_FOR_HELP) == set()


@pytest.mark.parametrize("room", ROOMS)
def test_importing_a_room_does_nothing(room: str) -> None:
    """No output and no heavy library; the web pages need Streamlit and are looked at by their own tests."""
    names = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in modules(room)
        if "streamlit" not in path.read_text("utf-8")
        and "ui/api/" not in path.as_posix()  # of an extra, but for its door
        and path.name
        not in (
            "chain.py",
            "replay.py",
            "advice.py",
            "int8.py",
            "network.py",
            "postgres.py",
            "writer.py",
            "queue.py",
            "starting_jobs.py",  # of a page
        )
    ]
    code = f"""
import importlib, sys
for name in {names!r}:
    importlib.import_module(name)
print(sorted(set(sys.modules) & set({HEAVY!r})))
"""
    assert run_python(code) == "[]\n"


def test_every_file_of_text_is_opened_in_a_named_encoding() -> None:
    """Else it is read in Windows' own encoding there, in which most texts have no quotation marks."""
    unnamed = []
    for room in ROOMS:
        for path in modules(room):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute | ast.Name):
                    continue
                name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
                named = any(keyword.arg == "encoding" for keyword in node.keywords)
                if name in {"read_text", "write_text"} and not named and len(node.args) == (name == "write_text"):
                    unnamed.append(f"{path.relative_to(ROOT)}:{node.lineno}")

    assert unnamed == []


def test_no_module_needs_what_windows_lacks_to_be_imported() -> None:
    needing = [
        f"{path.relative_to(ROOT)}: {name}"
        for room in ROOMS
        for path in modules(room)
        for name in imported_at_the_top(ast.parse(path.read_text("utf-8")))
        if name in NOT_ON_WINDOWS
    ]

    assert needing == []


def definitions(tree: ast.Module) -> Iterator[str]:
    """The names of the functions and classes of a module, and of its classes' methods and classes."""
    inside: list[ast.Module | ast.ClassDef] = [tree]
    for node in inside:  # classes join it on the way
        for member in node.body:
            if isinstance(member, ast.ClassDef):
                inside.append(member)
            if isinstance(member, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                yield member.name


def is_unclear(name: str) -> bool:
    """Whether a name is one of ``EMPTY_NAMES``, or has one of ``ODD_WORDS`` as a part."""
    words = [word.lower() for word in re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+", name)]
    return "_".join(words) in EMPTY_NAMES or not ODD_WORDS.isdisjoint(words)


@pytest.mark.parametrize(
    ("name", "unclear"),
    [("told", True), ("SplitAnew", True), ("make_anew", True), ("told_apart", False), ("clean", False)],
)
def test_a_name_is_unclear_if_it_names_nothing_or_has_an_odd_word(name: str, unclear: bool) -> None:
    assert is_unclear(name) is unclear


@pytest.mark.parametrize("room", ROOMS)
def test_public_names_say_what_they_hold_or_do(room: str) -> None:
    names = {
        f"{path.relative_to(ROOT).as_posix()}: {name}"
        for path in sorted((ROOT / room).rglob("*.py"))
        for name in (path.stem, *definitions(ast.parse(path.read_text("utf-8"))))
        if not name.startswith("_") and is_unclear(name)
    }

    assert names - IN_PROMPTS == set()
