"""What a browser sent, as the fields of a step."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from civic_ai.records.action import Act
from civic_ai.review.quorum import seats
from civic_ai.web.steps.fields import (
    BINDINGS,
    FIRST_ROWS,
    LAST_DAY,
    MORE_ROWS,
    MOST_ROWS,
    NUMBERED,
    Around,
    FormField,
)

Typed = Mapping[str, str]
"""By the name of a form's field, what stands in it."""


@dataclass(frozen=True)
class Sent:
    """A form as it came back: text by name, and the names ticked in lists of people."""

    typed: Typed
    present: tuple[str, ...] = ()

    def value(self, name: str) -> str:
        """What stands in a field; nothing where nobody wrote."""
        return self.typed.get(name, "")


def sent_of(action: Act) -> Sent:
    """The form as it would give this step again. Its files are to be chosen anew: only digests are known."""
    told = action.model_dump(mode="json", exclude_none=True)
    return Sent(dict(_flat(told)), tuple(told.get("present", ())))


def _flat(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Each value by its place in the record, as fields of a form are named: ``findings.0.text``."""
    if not isinstance(value, dict | list):
        yield name, str(value).lower() if isinstance(value, bool) else str(value)
        return
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
        yield from _flat(inner, f"{name}.{key}" if name else str(key))


def given(fields: Iterable[FormField], sent: Sent, around: Around) -> dict[str, Any]:
    """The fields of a step's record that the form gives; what was left empty is left out."""
    found: dict[str, Any] = {}
    for each in fields:
        if each.widget == "file" or each.name in ("dossier", "pilot"):
            continue
        value = _READ.get(each.widget, _line)(each, sent)
        if each.name in BINDINGS:
            found |= _with_last_day(value, sent)
        elif value not in ("", [], {}):
            found[each.name] = value
    if any(each.widget == "presence" for each in fields):
        found["present"] = [name for name in seats(around.case) if name in sent.present]
        found["absent"] = [name for name in seats(around.case) if name not in sent.present]
    return found


def _with_last_day(scope: dict[str, str], sent: Sent) -> dict[str, str]:
    """What is approved ends with its approval, unless the form asks for both days."""
    last = sent.value("expires_on")
    return {LAST_DAY: last, **scope} if scope and last else scope


def rows_to_show(each: FormField, sent: Sent, more: bool = False) -> int:
    """How many rows of a list the form shows: those that are filled and a few empty ones."""
    filled = 1 + max((number for number in range(MOST_ROWS) if _row(each, number, sent)), default=-1)
    return min(MOST_ROWS, max(filled + (MORE_ROWS if more else 1), FIRST_ROWS.get(each.name, 1)))


def _rows(each: FormField, sent: Sent) -> list[dict[str, Any]]:
    rows = [row for number in range(MOST_ROWS) if (row := _row(each, number, sent))]
    if each.name not in ("findings", "conditions"):
        return rows
    return [{NUMBERED: f"{each.name.rstrip('s')}-{number}", **row} for number, row in enumerate(rows, 1)]


def _row(each: FormField, number: int, sent: Sent) -> dict[str, str]:
    values = {part.name: sent.value(f"{each.name}.{number}.{part.name}").strip() for part in each.parts}
    return {name: value for name, value in values.items() if value}


def _group(each: FormField, sent: Sent) -> dict[str, str]:
    names = {part.name: sent.value(f"{each.name}.{part.name}").strip() for part in each.parts}
    return {name: value for name, value in names.items() if value}


def _line(each: FormField, sent: Sent) -> str:
    """Text with the line ends of a file, not those of a form."""
    return sent.value(each.name).replace("\r\n", "\n").strip()


_READ: Mapping[str, Callable[[FormField, Sent], Any]] = {
    "rows": _rows,
    "group": _group,
    "presence": lambda each, sent: [],
}
