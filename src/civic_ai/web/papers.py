"""A pilot's papers as a page needs them: the sealed dossier, the city's answers, and the record of both."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from civic_ai.cards.pilot_record import Declared, record_of
from civic_ai.cards.sealed import Sealed, read_sealed
from civic_ai.pilot.answers import Beside, load_answers
from civic_ai.pilot.crosswalk import shipped_crosswalk
from civic_ai.records.answers import Answers
from civic_ai.records.dossier import Audience
from civic_ai.records.levels import Level
from civic_ai.records.pilot_record import PilotRecord, Sources, build_record
from civic_ai.review.decided import decided_of
from civic_ai.review.step_evidence import impact_of
from civic_ai.web.desk import Desk

KEPT = 8
"""As many sealed dossiers are held in memory, read whole."""


@dataclass(frozen=True)
class Papers:
    """``sealed``: None where no dossier is at hand; ``answers``: None where the city wrote none."""

    folder: Path
    sealed: Sealed | None
    answers: Answers | None
    record: PilotRecord

    @property
    def is_at_hand(self) -> bool:
        """Whether the city's own folder of the pilot stands here, so that answers can be written."""
        return self.folder.is_dir()


@lru_cache(KEPT)
def sealed_at(folder: Path, digest: str, audience: Audience) -> Sealed:
    """The dossier of this digest. Raises as :func:`civic_ai.cards.sealed.read_sealed`."""
    return read_sealed(folder, audience)


@dataclass(frozen=True)
class _Asked:
    """Everything that a pilot's papers follow from; ``files`` change with any file of the city's folder."""

    pilot: str
    digest: str | None
    folder: Path
    files: tuple[tuple[str, int, int, int], ...]
    last_step: str
    policy: str
    desk: Desk = field(compare=False)


def papers_of(desk: Desk, pilot: str, digest: str | None) -> Papers:
    """What the desk holds about a pilot, for people of its case; read again once something has changed.

    Raises :class:`ConfigError` with every mistake where the city's answers cannot be read.
    """
    events, folder = desk.standing().events.get(pilot, ()), desk.pilot_folder(pilot)
    last_step = events[-1].step.statement if events else ""
    return _read(_Asked(pilot, digest, folder, _stamps(folder), last_step, desk.policy.digest, desk))


def _stamps(folder: Path) -> tuple[tuple[str, int, int, int], ...]:
    """Which files stand there, and by what a changed one is told: its moment, size and number."""
    found = ((path, path.stat()) for path in sorted(folder.rglob("*")))
    return tuple((str(path), at.st_mtime_ns, at.st_size, at.st_ino) for path, at in found)


@lru_cache(KEPT)
def _read(asked: _Asked) -> Papers:
    desk, pilot, folder = asked.desk, asked.pilot, asked.folder
    standing = desk.standing()
    case, events = standing.case(pilot), standing.events.get(pilot, ())
    answers = load_answers(Beside(shipped_crosswalk(), pilot, folder)) if folder.is_dir() else None
    if asked.digest is None:
        return Papers(folder, None, answers, _without_dossier(pilot, answers, case.level))
    sealed = sealed_at(desk.dossier_folder(pilot, asked.digest), asked.digest, "board")
    declared = Declared(
        answers=answers,
        decided=decided_of(events, asked.digest, desk.office.policy_of),
        level=case.level,
        impact=impact_of(folder, desk.policy) if folder.is_dir() else None,
    )
    return Papers(folder, sealed, answers, record_of(sealed, declared, shipped_crosswalk()))


def _without_dossier(pilot: str, answers: Answers | None, level: Level | None) -> PilotRecord:
    """Nothing is measured, nothing is decided."""
    return build_record(shipped_crosswalk(), Sources(pilot=pilot, answers=answers, level=level))
