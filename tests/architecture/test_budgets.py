"""The maxima of HABITS.md, and every module mirrored by its test."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.architecture.source import PACKAGE, TESTS, functions, modules

FILE_LINES = 400
FUNCTION_LINES = 40
PARAMETERS = 5
VERBS = {"audit_table"}
"""Called by people with keywords only, each an option as on the command line."""
BY_NAME = {"say", "say_count", "answer"}
"""They fill a sentence; Django hands a route the parts of its path by name."""
BANNED_NAMES = {"utils", "util", "helpers", "helper", "manager", "common", "misc"}

each_module = pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))


@each_module
def test_files_are_small(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= FILE_LINES


@each_module
def test_functions_are_small_and_take_few_parameters(path: Path) -> None:
    for function in functions(path):
        length = (function.end_lineno or 0) - function.lineno + 1
        arguments = function.args
        named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        count = len([argument for argument in named if argument.arg not in ("self", "cls")])
        is_verb = path.parent.name == "cli" or function.name in VERBS
        assert length <= FUNCTION_LINES, f"{function.name} has {length} lines"
        assert count <= PARAMETERS or is_verb, f"{function.name} takes {count} parameters"
        assert arguments.kwarg is None or function.name in BY_NAME, f"{function.name} takes **"


@each_module
def test_names_say_something(path: Path) -> None:
    assert not BANNED_NAMES & set(path.relative_to(PACKAGE).with_suffix("").parts)


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
