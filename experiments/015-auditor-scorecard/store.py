"""Replicates on disk: one line each, appended; what was made is never made again."""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
_TOWNS = ("town.py", "look.py", "look_city.py")
SIMULATED = {
    "city": (*_TOWNS, "look_model.py"),
    "recovery": (*_TOWNS, "recovery.py"),
    "metrics": (*_TOWNS, "cheap.py", "cheap_model.py"),
}
"""By level: the code that draws its replicates."""
JUDGED = ("audit", "panel", "data")


@dataclass(frozen=True)
class Cell:
    """Replicates of one kind: ``level``: one of :data:`SIMULATED`."""

    level: str
    condition: str
    size: int

    @property
    def name(self) -> str:
        """The file of this cell."""
        return f"{self.level}-{self.condition}-{self.size}.jsonl"


class Store:
    """A folder for each level and its code: other code of the experiment writes into another folder."""

    def __init__(self, folder: Path) -> None:
        self._folders = {
            level: folder / digest_of([HERE / name for name in names]) for level, names in SIMULATED.items()
        }
        for each in self._folders.values():
            each.mkdir(parents=True, exist_ok=True)

    def path(self, cell: Cell) -> Path:
        """The file of a cell."""
        return self._folders[cell.level] / cell.name

    def read(self, cell: Cell) -> list[dict[str, Any]]:
        """Every whole line of a cell, by number; a line that a kill cut short is left out."""
        lines = {line["number"]: line for line in self._lines(cell)}
        return [lines[number] for number in sorted(lines)]

    def _lines(self, cell: Cell) -> Iterator[dict[str, Any]]:
        path = self.path(cell)
        for text in path.read_text().splitlines() if path.exists() else []:
            try:
                yield json.loads(text)
            except json.JSONDecodeError:
                continue

    def append(self, cell: Cell, line: dict[str, Any]) -> None:
        """One more replicate; begins with a line end, in case the last one was cut short."""
        with self.path(cell).open("a") as target:
            target.write("\n" + json.dumps(line))


def digest_of(files: list[Path]) -> str:
    """Twelve characters that change with what any of the files does, not with layout or docstrings."""
    told = "\0".join(ast.dump(_undocumented(ast.parse(file.read_text()))) for file in files)
    return hashlib.sha256(told.encode()).hexdigest()[:12]


def _undocumented(tree: ast.AST) -> ast.AST:
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            node.body = [part for part in body if not _is_text(part)]  # type: ignore[attr-defined]
    return tree


def _is_text(part: ast.AST) -> bool:
    return isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant)


def product_digest() -> str:
    """The same of the product's code that judges."""
    source = HERE.parents[1] / "src" / "civic_ai"
    return digest_of(sorted(file for part in JUDGED for file in (source / part).glob("*.py")))
