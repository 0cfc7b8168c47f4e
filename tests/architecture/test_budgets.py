"""The maxima of HABITS.md, and every module mirrored by its test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.architecture.source import PACKAGE, TESTS, functions, modules

FILE_LINES = 400
FUNCTION_LINES = 40
PARAMETERS = 5
VERBS = {"audit_table"}
"""Called by people with keywords only, each an option as on the command line."""
BY_NAME = {"say", "say_count", "answer"}
"""They fill a sentence; Django hands a route the parts of its path by name."""
BANNED_NAMES = {"utils", "util", "helpers", "helper", "manager", "common", "misc"}


def test_files_are_small() -> None:
    long = {
        str(path): lines for path in modules() if (lines := len(path.read_text().splitlines())) > FILE_LINES
    }
    assert long == {}


def test_functions_are_small_and_take_few_parameters() -> None:
    assert [fault for path in modules() for fault in faults_of_functions(path)] == []


def faults_of_functions(path: Path) -> Iterator[str]:
    for function in functions(path):
        length = (function.end_lineno or 0) - function.lineno + 1
        arguments, told = function.args, f"{path}: {function.name}"
        named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        count = len([argument for argument in named if argument.arg not in ("self", "cls")])
        is_verb = path.parent.name == "cli" or function.name in VERBS
        if length > FUNCTION_LINES:
            yield f"{told} has {length} lines"
        if count > PARAMETERS and not is_verb:
            yield f"{told} takes {count} parameters"
        if arguments.kwarg is not None and function.name not in BY_NAME:
            yield f"{told} takes **"


def test_a_function_over_budget_is_found(tmp_path: Path) -> None:
    lines = ["    x = 1"] * FUNCTION_LINES
    (tmp_path / "m.py").write_text("\n".join(["def f(a, b, c, d, e, g, **h):", *lines]))
    found = [fault.split(": ")[1] for fault in faults_of_functions(tmp_path / "m.py")]
    assert found == [f"f has {FUNCTION_LINES + 1} lines", "f takes 6 parameters", "f takes **"]


def test_names_say_something() -> None:
    parts = {path: set(path.relative_to(PACKAGE).with_suffix("").parts) for path in modules()}
    assert [path for path, names in parts.items() if names & BANNED_NAMES] == []


def test_each_module_is_mirrored_by_its_test() -> None:
    missing = []
    for path in modules():
        inner = path.relative_to(PACKAGE)
        if inner.name in ("__init__.py", "__main__.py"):
            continue
        homes = [TESTS / "unit" / inner.parent]
        if len(inner.parts) == 1:  # a module of the whole journey
            homes = [TESTS / "journey", TESTS / "architecture"]
        if not any((home / f"test_{inner.name}").is_file() for home in homes):
            missing.append(str(inner))
    assert missing == []


def test_each_unit_test_mirrors_a_module() -> None:
    orphans = [
        str(test.relative_to(TESTS))
        for test in (TESTS / "unit").rglob("test_*.py")
        if not (PACKAGE / test.parent.relative_to(TESTS / "unit") / test.name.removeprefix("test_")).is_file()
    ]
    assert orphans == []
