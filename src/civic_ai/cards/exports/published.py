"""What every export is made from: a public record, its dossier, and one language.

Only masked facts come in here: :func:`publish` refuses anything that was read for the board.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from civic_ai.cards.pilot_record import STATUS_WORDS
from civic_ai.cards.sealed import Sealed
from civic_ai.core.errors import RefusedError
from civic_ai.core.messages import say
from civic_ai.records.crosswalk import Crosswalk
from civic_ai.records.figure import Figure
from civic_ai.records.pilot_record import FieldEntry, PilotRecord, Status
from civic_ai.records.record import Scalar

SHOWN_FACTS = 12
"""How many facts of one field a cell of a register holds; the record holds all."""


@dataclass(frozen=True)
class Metric:
    """One figure of the model: over all test periods, or in one group (``slice``)."""

    name: str
    figure: Figure
    slice: str | None = None


@dataclass(frozen=True)
class Published:
    """A record that everybody may read, with the dossier behind it; ``language`` is that of the texts."""

    record: PilotRecord
    sealed: Sealed
    crosswalk: Crosswalk
    language: str

    @property
    def title(self) -> str:
        """What the pilot is called."""
        return self.text("A01") or self.sealed.records.spec.title.in_language(self.language)

    def text(self, field: str) -> str | None:
        """What stands in a field, as text; None where nothing does."""
        entry = self.record.entry(field)
        if entry.text is not None:
            return entry.text.in_language(self.language)
        return _facts_as_text(entry) or None

    def texts(self, *fields: str) -> list[str]:
        """What stands in these fields, without those that are empty."""
        return [text for field in fields if (text := self.text(field)) is not None]

    def undecided(self, fields: Iterable[str]) -> str | None:
        """The words for a field that the board has not decided yet; None where none of ``fields`` is one."""
        status: Status = "not_decided"
        waits = any(self.record.entry(field).status == status for field in fields)
        return STATUS_WORDS[status].text(self.language) if waits else None

    def metrics(self) -> Iterator[Metric]:
        """Each measured figure of the champion over all test periods, then by group where it may be shown."""
        evaluation, audit = self.sealed.records.evaluation, self.sealed.records.audit
        for score in evaluation.scores:
            if (score.candidate, score.split) == (evaluation.champion, "all"):
                yield Metric(score.metric, score.figure)
        for group in audit.groups:
            yield Metric(group.metric, group.figure, f"{group.attribute}: {group.group}")

    def about(self, name: str, holds: frozenset[str]) -> dict[str, Any]:
        """What an export says of itself: where it comes from, and which fields it cannot hold."""
        cannot = [field for field in self.crosswalk.fields if field not in holds]
        return {
            "schema": "export/1",
            "as": name,
            "pilot": self.record.pilot,
            "record": self.record.digest,
            "dossier": self.record.dossier,
            "language": self.language,
            "cannot_hold": cannot,
            "not_decided": [
                field for field in sorted(holds) if self.record.entry(field).status == "not_decided"
            ],
            "empty": [field for field in sorted(holds) if self.text(field) is None],
        }


def publish(record: PilotRecord, sealed: Sealed, crosswalk: Crosswalk, language: str) -> Published:
    """The public side of a record. Raises :class:`RefusedError` for one that was made for the board."""
    if (record.audience, sealed.audience) != ("public", "public"):
        raise RefusedError.because(
            say("this record is for the board: small groups are not hidden in it"),
            about=record.pilot,
            remedy=say("Make the record from the public side of the dossier."),
        )
    return Published(record, sealed, crosswalk, language)


def _facts_as_text(entry: FieldEntry) -> str:
    shown = [f"{name} = {written(value)}" for name, value in list(entry.facts.items())[:SHOWN_FACTS]]
    beyond = len(entry.facts) - SHOWN_FACTS
    return "; ".join(shown) + (f"; +{beyond}" if beyond > 0 else "")


def written(value: Scalar) -> str:
    """A value as machines read it: ``true``, ``0.41``, text as it is."""
    return value if isinstance(value, str) else json.dumps(value)


def as_json(value: Any) -> bytes:
    """JSON that people can read, the same bytes for the same value."""
    return (json.dumps(value, indent=2, ensure_ascii=False, sort_keys=False) + "\n").encode()
