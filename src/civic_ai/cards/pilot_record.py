"""The record of a pilot: filled from a sealed dossier and the city's answers, and its page.

The page says first what is missing, then each group of fields with the gaps on top, then how many fields of
each standard are answered.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from civic_ai.cards.facts import Facts, Records
from civic_ai.cards.numbers import locale_for
from civic_ai.cards.pictures.picture import Table
from civic_ai.cards.render import render_template
from civic_ai.cards.sealed import Sealed
from civic_ai.cards.tell import Teller
from civic_ai.core.errors import RefusedError
from civic_ai.core.messages import Message, say, written_date
from civic_ai.records.answers import Answers, Proof
from civic_ai.records.crosswalk import GROUPS, Crosswalk, FilledBy
from civic_ai.records.gates import GateReport
from civic_ai.records.impact_level import ImpactLevel
from civic_ai.records.levels import Level
from civic_ai.records.pilot_record import (
    MISSING,
    Coverage,
    Decided,
    FieldEntry,
    PilotRecord,
    Sources,
    Status,
    build_record,
)
from civic_ai.records.record import Scalar, flatten

SHOWN_FACTS = 4
"""How many facts of a field the page shows; the record itself holds all."""
STATUS_WORDS: Mapping[Status, Message] = {
    "answered_with_evidence": say("Answered, with evidence"),
    "answered_without_evidence": say("Answered, without evidence"),
    "not_answered": say("Not answered"),
    "not_measured": say("Not measured"),
    "not_decided": say("Not decided"),
    "not_needed": say("Not needed at this impact level"),
}
_DIGEST = re.compile(r"[0-9a-f]{64}")
MEASURED = say("Measured by the run")
FILLED_BY: Mapping[FilledBy, Message] = {
    "run": say("the run"), "city": say("the city"), "board": say("the board")
}  # fmt: skip
GROUP_WORDS: Mapping[str, Message] = {
    "identity": say("Identity"),
    "purpose": say("Purpose"),
    "data": say("Data"),
    "model": say("Model"),
    "performance": say("Performance"),
    "fairness": say("Equity"),
    "explanation": say("Explanation"),
    "human": say("People in the loop"),
    "privacy": say("Privacy"),
    "security": say("Security"),
    "impact": say("Impact"),
    "consultation": say("Consultation"),
    "monitoring": say("Monitoring"),
    "decision": say("Decision"),
    "record": say("This record"),
}


@dataclass(frozen=True)
class Declared:
    """What people add to a dossier: the city's answers, the board's decisions by field, the impact level.

    ``impact`` is how the level follows from the questionnaire; its facts are named ``impact.``.
    """

    answers: Answers | None = None
    decided: Mapping[str, Decided] | None = None
    level: Level | None = None
    impact: ImpactLevel | None = None


def record_of(sealed: Sealed, declared: Declared, crosswalk: Crosswalk) -> PilotRecord:
    """The record of a sealed dossier as its audience may see it.

    Raises :class:`RefusedError` where the answers are another pilot's.
    """
    if declared.answers is not None and declared.answers.pilot != sealed.manifest.pilot:
        raise RefusedError.because(
            say("the answers are of {other}, the dossier is not", other=declared.answers.pilot),
            about=sealed.manifest.pilot,
            remedy=say("Name the folder of the pilot that the dossier belongs to."),
        )
    sources = Sources(
        pilot=sealed.manifest.pilot,
        audience=sealed.audience,
        facts={**sealed.facts, **_impact_facts(declared)},
        dossier=sealed.manifest.digest,
        answers=declared.answers,
        decided=declared.decided or {},
        level=declared.level,
    )
    return build_record(crosswalk, sources)


def _impact_facts(declared: Declared) -> Facts:
    return {} if declared.impact is None else dict(flatten(declared.impact, "impact"))


@dataclass(frozen=True)
class RecordPage:
    """What the page is made from, for one reader."""

    record: PilotRecord
    crosswalk: Crosswalk
    records: Records
    gates: GateReport
    teller: Teller

    @property
    def audience(self) -> str:
        """``board`` or ``public``."""
        return self.record.audience


def render_record(record: PilotRecord, sealed: Sealed, crosswalk: Crosswalk, language: str) -> bytes:
    """The page of a record in one language, as HTML."""
    spec = sealed.records.spec
    counted = {
        f"record.{status}": sum(entry.status == status for entry in record.fields) for status in STATUS_WORDS
    }
    coverage = {
        f"record.coverage.{part.standard}.{name}": getattr(part, name)
        for part in record.coverage
        for name in ("answered", "asked", "without_evidence")
    }
    measured = {name: value for entry in record.fields for name, value in entry.facts.items()}
    facts = {**sealed.facts, **measured, **counted, **coverage, "record.fields": len(record.fields)}
    teller = Teller(facts, language, locale_for(spec.locale, language))
    page = RecordPage(record, crosswalk, sealed.records, sealed.gates, teller)
    return render_template("pilot_record", teller, {"page": page, "spec": spec, **record_view(page)})


def record_view(page: RecordPage) -> dict[str, Any]:
    """Everything that the template of the record shows."""
    return {"groups": list(_groups(page)), "standards": _standards(page), "gaps": _gaps(page)}


def _gaps(page: RecordPage) -> list[tuple[Markup, Markup, str]]:
    """For each who fills fields: the word for a gap, how many there are, and the ids."""
    tell, found = page.teller, []
    for who, status in MISSING.items():
        ids = [entry.field for entry in page.record.fields if entry.status == status]
        if ids:
            found.append(
                (tell.sentence(FILLED_BY[who]), tell.value(f"record.{status}", "count"), ", ".join(ids))
            )
    return found


def _groups(page: RecordPage) -> Iterable[tuple[Markup, Table]]:
    """The word for each group, and its fields."""
    tell = page.teller
    columns = tuple(map(tell.plain, (say("Field"), say("State"), say("What stands there"), say("Source"))))
    for group in GROUPS:
        entries = [entry for entry in page.record.fields if page.crosswalk.fields[entry.field].group == group]
        entries.sort(key=lambda entry: not entry.is_gap)  # a stable sort: gaps first, else in order
        rows = tuple(_row(entry, page) for entry in entries)
        is_open = say(
            "{open} of {count} fields are open", open=sum(e.is_gap for e in entries), count=len(entries)
        )
        yield tell.sentence(GROUP_WORDS[group]), Table(tell.sentence(is_open), columns, rows)


def _row(entry: FieldEntry, page: RecordPage) -> tuple[Markup | str, ...]:
    tell, name = page.teller, page.crosswalk.fields[entry.field].name
    head = Markup("{} <code>{}</code>").format(tell.text(name), entry.field)
    return (head, _state(entry, tell), _value(entry, tell), _source(entry, tell))


def _state(entry: FieldEntry, tell: Teller) -> Markup:
    is_measured = entry.filled_by == "run" and entry.status == "answered_with_evidence"
    says = tell.sentence(MEASURED if is_measured else STATUS_WORDS[entry.status])
    return Markup("<strong>{}</strong>").format(says) if entry.is_gap else says


def _value(entry: FieldEntry, tell: Teller) -> Markup | str:
    if entry.text is not None:
        return tell.text(entry.text)
    names = [name for name in entry.facts if not _is_bound(name, entry.facts)]
    shown = [Markup("<code>{}</code> {}").format(name, _fact(name, tell)) for name in names[:SHOWN_FACTS]]
    beyond = len(names) - SHOWN_FACTS
    if beyond > 0:
        shown.append(tell.sentence(say("and {count} more in the record", count=beyond)))
    return Markup("<br>").join(shown)


def _is_bound(name: str, facts: Mapping[str, Scalar]) -> bool:
    """Whether it is an end of an interval that is shown with its value."""
    figure, _, part = name.rpartition(".")
    return part in ("lower", "upper") and f"{figure}.value" in facts


def _fact(name: str, tell: Teller) -> Markup:
    value = str(tell.facts[name])
    return Markup("<code>{}</code>").format(value[:12]) if _DIGEST.fullmatch(value) else tell.observed(name)


def _source(entry: FieldEntry, tell: Teller) -> Markup:
    if entry.decision is not None:
        return tell.sentence(say("decision {digest}", digest=entry.decision[:12]))
    if entry.filled_by != "city" or entry.text is None:
        return tell.sentence(FILLED_BY[entry.filled_by])
    said = [tell.sentence(say("{role}, {day}", role=entry.answered_by or "", day=_day(entry, tell)))]
    return Markup("<br>").join([*said, *(_proof(each, tell) for each in entry.evidence)])


def _proof(proof: Proof, tell: Teller) -> str:
    shown = proof.shown()
    return tell.sentence(shown) if isinstance(shown, Message) else shown


def _day(entry: FieldEntry, tell: Teller) -> str:
    return "" if entry.on is None else written_date(entry.on, tell.locale)


def _standards(page: RecordPage) -> Table:
    tell = page.teller
    columns = (
        say("Standard"),
        say("Version"),
        say("Looked at on"),
        say("Fields answered with evidence"),
        say("Answered without evidence"),
        say("How far we read the text"),
    )
    rows = tuple(_standard_row(part, page) for part in page.record.coverage)
    return Table(
        tell.sentence(say("How many fields of each standard are answered")),
        tuple(map(tell.plain, columns)),
        rows,
    )


def _standard_row(part: Coverage, page: RecordPage) -> tuple[Markup | str, ...]:
    tell, standard = page.teller, page.crosswalk.standards[part.standard]
    prefix = f"record.coverage.{part.standard}"
    counted = say(
        "{answered} of {asked}",
        answered=tell.value(f"{prefix}.answered", "count"),
        asked=tell.value(f"{prefix}.asked", "count"),
    )
    return (
        standard.name,
        part.version,
        written_date(part.checked_on, tell.locale),
        tell.sentence(counted),
        tell.value(f"{prefix}.without_evidence", "count"),
        tell.sentence(SEEN[standard.seen]),
    )


SEEN: Mapping[str, Message] = {
    "file": say("its file was opened"),
    "excerpt": say("only an excerpt was seen"),
    "outline": say("only its outline was seen"),
    "third party": say("only somebody else's account was seen"),
    "memory": say("from memory"),
}
