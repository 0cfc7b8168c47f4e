"""A pilot's row for a public register: columns in its order, lengths and choices as it takes them.

What does not fit is left empty and said so; nothing is cut off or made up to fill a column. What the board
has not decided says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Literal

from civic_ai.cards.exports.published import Published, as_json
from civic_ai.core.csv import written
from civic_ai.core.errors import ConfigError
from civic_ai.core.messages import governance_folder, say
from civic_ai.pilot.crosswalk import shipped_crosswalk
from civic_ai.pilot.located import mistake_at, validate
from civic_ai.records.register_map import Column, RegisterMap
from civic_ai.store.yaml import load_yaml

REGISTERS = ("atrs", "omb", "nyc", "nl", "cl", "co")
Problem = Literal["required_and_empty", "does_not_fit", "is_no_choice"]


@cache
def load_register(name: str) -> RegisterMap:
    """The columns of a register of ``governance/registers``. Raises :class:`ConfigError` where broken."""
    document = replace(load_yaml(governance_folder() / "registers" / f"{name}.yaml"), part="")
    register, known = validate(document, RegisterMap), shipped_crosswalk().fields
    mistakes = [
        mistake_at(document, ("columns", at, "fields"), say("there is no field called {name}", name=field))
        for at, column in enumerate(register.columns)
        for field in column.fields
        if field not in known
    ]
    if mistakes:
        raise ConfigError(mistakes)
    return register


@dataclass(frozen=True)
class Cell:
    """One cell: its column, its text (empty where nothing fits), and what is wrong with it.

    A cell that waits for the board says so, and still counts as empty.
    """

    column: Column
    text: str
    problem: Problem | None = None


def fill_row(register: RegisterMap, published: Published) -> list[Cell]:
    """The cells of a pilot's row in the order of the register's columns."""
    return [_fill(column, published) for column in register.columns]


def _fill(column: Column, published: Published) -> Cell:
    text = column.value or "\n\n".join(published.texts(*column.fields))
    if column.choices and text and text not in column.choices:
        return Cell(column, "", "is_no_choice")
    if column.max_length is not None and len(text) > column.max_length:
        return Cell(column, "", "does_not_fit")
    if text or column.choices:
        return Cell(column, text, "required_and_empty" if column.required and not text else None)
    waits = published.undecided(column.fields) or ""
    return Cell(column, waits, "required_and_empty" if column.required else None)


def export_row(name: str, published: Published) -> dict[str, bytes]:
    """File names and contents: the row, and beside it what it says of itself and cannot hold."""
    register = load_register(name)
    cells = fill_row(register, published)
    write = {"csv": _csv, "json": _json}[register.form]
    return {
        f"{name}.{register.form}": write(cells),
        f"{name}.about.json": as_json(_about(register, cells, published)),
    }


def _about(register: RegisterMap, cells: list[Cell], published: Published) -> dict[str, Any]:
    standard = published.crosswalk.standards[register.standard]
    must_be = register.language
    return {
        **published.about(register.register_name, register.holds),
        "standard": standard.name,
        "standard_version": standard.version,
        "checked_on": standard.checked_on.isoformat(),
        "is_unofficial": standard.is_unofficial,
        "to_be_translated_into": None if must_be == published.language else must_be,
        **{
            problem: list(_with(problem, cells))
            for problem in ("required_and_empty", "does_not_fit", "is_no_choice")
        },
    }


def _with(problem: str, cells: list[Cell]) -> Iterator[str]:
    return (cell.column.header for cell in cells if cell.problem == problem)


def _csv(cells: list[Cell]) -> bytes:
    """A header and one row."""
    return written([cell.column.header for cell in cells], [[cell.text for cell in cells]])


def _json(cells: list[Cell]) -> bytes:
    return as_json({cell.column.header: cell.text or None for cell in cells})
