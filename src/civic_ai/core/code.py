"""The digest of the source files that a stage runs: what decides whether it may be skipped."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from civic_ai.core.canonical import digest_of, digest_of_file
from civic_ai.core.messages import governance_folder

_ROOT = Path(__file__).resolve().parents[1]
_NAME = "civic_ai"


@cache
def code_digest(package: str | None = None) -> str:
    """SHA-256 over the modules of ``package`` and all that they import from civic-ai.

    Without a package: over every module of civic-ai.
    """
    if package is None:
        modules: Iterable[Path] = sorted(_ROOT.rglob("*.py"))
    else:
        modules = _closure(sorted((_ROOT / package).rglob("*.py")))
    return digest_of({str(path.relative_to(_ROOT)): digest_of_file(path) for path in modules})


def templates_digest() -> str:
    """SHA-256 over the card templates and translations that the board owns."""
    return _digest_of_folders("cards", "locale")


def questionnaires_digest() -> str:
    """SHA-256 over the questions that the board owns, such as those on metrics."""
    return _digest_of_folders("questionnaires")


def _digest_of_folders(*parts: str) -> str:
    folder = governance_folder()
    files = sorted(path for part in parts for path in (folder / part).rglob("*") if path.is_file())
    return digest_of({str(path.relative_to(folder)): digest_of_file(path) for path in files})


def _closure(start: list[Path]) -> list[Path]:
    seen: set[Path] = set()
    waiting = list(start)
    while waiting:
        path = waiting.pop()
        if path not in seen:
            seen.add(path)
            waiting.extend(_imported(path))
    return sorted(seen)


def _imported(path: Path) -> Iterator[Path]:
    """The files of civic-ai that one file imports."""
    for module in _modules(path.read_bytes()):
        yield from _files(module)


@cache
def _modules(source: bytes) -> tuple[str, ...]:
    """What a file imports, wherever in it the import stands; a name imported from a module may be one too."""
    found: list[str] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found.extend(name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.append(node.module)
            found.extend(f"{node.module}.{name.name}" for name in node.names)
    return tuple(found)


def _files(module: str) -> Iterator[Path]:
    parts = module.split(".")
    if parts[0] == _NAME:
        base = _ROOT.joinpath(*parts[1:])
        for path in (base.with_suffix(".py"), base / "__init__.py"):
            if path.is_file():
                yield path
