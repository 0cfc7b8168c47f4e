"""The record of a pilot: each field of the crosswalk with its value, who filled it, and what it rests on.

A field that nobody filled says so. The record says how many fields of a standard are answered; it never says
that a pilot meets one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fnmatch import fnmatchcase
from typing import Literal

from civic_ai.records.answers import Answers, Proof
from civic_ai.records.crosswalk import Crosswalk, FilledBy, RecordField
from civic_ai.records.levels import Level
from civic_ai.records.record import Record, Scalar
from civic_ai.records.text import Text

Status = Literal[
    "answered_with_evidence",
    "answered_without_evidence",
    "not_answered",
    "not_measured",
    "not_decided",
    "not_needed",
]
MISSING: Mapping[FilledBy, Status] = {
    "run": "not_measured", "city": "not_answered", "board": "not_decided"
}  # fmt: skip
"""What an empty field says, by who should have filled it."""
NOTHING_MEASURED = (None, "", "unknown")


class Decided(Record):
    """What the board set in one field, and the digest of the decision that says so."""

    text: Text
    decision: str


class FieldEntry(Record):
    """One field: its value (``text``, or ``facts`` of the run), its status and its source."""

    field: str
    filled_by: FilledBy
    status: Status
    text: Text | None = None
    facts: dict[str, Scalar] = {}
    evidence: tuple[Proof, ...] = ()
    answered_by: str | None = None
    on: date | None = None
    decision: str | None = None

    named_by = ("field",)

    @property
    def is_gap(self) -> bool:
        """Whether something that is needed is not there."""
        return self.status in MISSING.values()


class Coverage(Record):
    """How many of the fields that a standard asks for are answered with evidence: ``answered`` of ``asked``.

    ``without_evidence`` are answered besides; ``not_needed`` are asked for, but not at this level.
    """

    standard: str
    version: str
    checked_on: date
    answered: int
    without_evidence: int
    asked: int
    not_needed: int
    gaps: tuple[str, ...]

    named_by = ("standard",)


class PilotRecord(Record):
    """All fields of one pilot in the order of the crosswalk. ``dossier`` is what the facts come from."""

    schema_version: Literal["pilot_record/1"] = "pilot_record/1"
    pilot: str
    dossier: str | None
    answers: str | None
    crosswalk: str
    audience: Literal["board", "public"]
    level: Level | None
    fields: tuple[FieldEntry, ...]
    coverage: tuple[Coverage, ...]

    @property
    def answered(self) -> frozenset[str]:
        """Ids of the fields that are answered with evidence: what a gate may rest on."""
        return frozenset(entry.field for entry in self.fields if entry.status == "answered_with_evidence")

    def entry(self, name: str) -> FieldEntry:
        """The field of that id. Raises ``KeyError`` where there is none."""
        for entry in self.fields:
            if entry.field == name:
                return entry
        raise KeyError(name)


@dataclass(frozen=True)
class Sources:
    """What fills a record: the run's facts with their dossier, the city's answers, the board's decisions."""

    pilot: str
    audience: Literal["board", "public"] = "board"
    facts: Mapping[str, Scalar] = field(default_factory=dict)
    dossier: str | None = None
    answers: Answers | None = None
    decided: Mapping[str, Decided] = field(default_factory=dict)
    level: Level | None = None


ANSWERED_BY_STEPS = frozenset({"M07", "E06", "H02", "L02"})
"""Fields of the city and the run that a step of the workflow answers too: that the notice stands, what came
of the pilot, what people overruled, what was watched. Each step names a file by its digest."""


def build_record(crosswalk: Crosswalk, sources: Sources) -> PilotRecord:
    """The record that ``sources`` give; the same sources give the same record."""
    entries = tuple(_entry(name, asked, sources) for name, asked in crosswalk.fields.items())
    return PilotRecord(
        pilot=sources.pilot,
        dossier=sources.dossier,
        answers=None if sources.answers is None else sources.answers.digest,
        crosswalk=crosswalk.digest,
        audience=sources.audience,
        level=sources.level,
        fields=entries,
        coverage=tuple(count_coverage(entries, crosswalk)),
    )


def _entry(name: str, asked: RecordField, sources: Sources) -> FieldEntry:
    fill = {"run": _measured, "city": _answered, "board": _decided}[asked.filled_by]
    entry = fill(name, asked, sources)
    if entry.status != "answered_with_evidence" and name in ANSWERED_BY_STEPS & sources.decided.keys():
        entry = _decided(name, asked, sources)
    if entry.is_gap and not asked.is_needed_at(sources.level):
        return entry.model_copy(update={"status": "not_needed"})
    return entry


def _measured(name: str, asked: RecordField, sources: Sources) -> FieldEntry:
    """Measured only where each name that it asks for has a value; what stands there is kept anyway."""
    found = [facts_named(pattern, sources.facts) for pattern in asked.facts]
    is_whole = bool(found) and all(found)
    found += [facts_named(pattern, sources.facts) for pattern in asked.also]
    return FieldEntry(
        field=name,
        filled_by="run",
        status="answered_with_evidence" if is_whole else "not_measured",
        facts={key: value for part in found for key, value in part.items()},
    )


def facts_named(pattern: str, facts: Mapping[str, Scalar]) -> dict[str, Scalar]:
    """Facts with a value whose name fits ``pattern``: ``*`` is any part, ``{fact}`` that fact's value."""
    for name in _places(pattern):
        pattern = pattern.replace(f"{{{name}}}", str(facts.get(name)))
    start = pattern.partition("*")[0]
    among = facts if _HAS_PLACES.search(pattern) else {pattern: facts.get(pattern)}
    return {
        name: value
        for name, value in among.items()
        if name.startswith(start) and fnmatchcase(name, pattern) and value not in NOTHING_MEASURED
    }


_HAS_PLACES = re.compile(r"[*?\[]")
"""What `fnmatch` reads as more than a letter; a pattern without it is a name."""


def _places(pattern: str) -> list[str]:
    return [part.partition("}")[0] for part in pattern.split("{")[1:]]


def _answered(name: str, asked: RecordField, sources: Sources) -> FieldEntry:
    given = None if sources.answers is None else sources.answers.given(name)
    if given is None:
        return FieldEntry(field=name, filled_by="city", status="not_answered")
    return FieldEntry(
        field=name,
        filled_by="city",
        status="answered_with_evidence" if given.evidence else "answered_without_evidence",
        text=given.answer,
        evidence=given.evidence,
        answered_by=given.answered_by,
        on=given.on,
    )


def _decided(name: str, asked: RecordField, sources: Sources) -> FieldEntry:
    decided = sources.decided.get(name)
    if decided is None:
        return FieldEntry(field=name, filled_by="board", status="not_decided")
    return FieldEntry(
        field=name,
        filled_by=asked.filled_by,
        status="answered_with_evidence",
        text=decided.text,
        decision=decided.decision,
    )


def count_coverage(entries: tuple[FieldEntry, ...], crosswalk: Crosswalk) -> list[Coverage]:
    """For each standard: how many of its fields are answered, and which are gaps."""
    by_field = {entry.field: entry for entry in entries}
    counted = []
    for key, standard in crosswalk.standards.items():
        asked = [by_field[name] for name in standard.fields]
        status = [entry.status for entry in asked]
        counted.append(
            Coverage(
                standard=key,
                version=standard.version,
                checked_on=standard.checked_on,
                answered=status.count("answered_with_evidence"),
                without_evidence=status.count("answered_without_evidence"),
                asked=len(asked) - status.count("not_needed"),
                not_needed=status.count("not_needed"),
                gaps=tuple(entry.field for entry in asked if entry.is_gap),
            )
        )
    return counted
