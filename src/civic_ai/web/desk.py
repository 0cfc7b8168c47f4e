"""What every page has at hand: the office, the cases as they stand, and where dossiers are kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date
from functools import cache
from pathlib import Path

from django.conf import settings

from civic_ai.cards.verification import MANIFEST
from civic_ai.core.canonical import digest_of_file
from civic_ai.policy.load import load_policy
from civic_ai.records.case import Case
from civic_ai.records.policy import Policy
from civic_ai.review.key_files import note_key, read_key_file
from civic_ai.review.ledger import serve_ledger
from civic_ai.review.office import Office
from civic_ai.review.queue import Turn, waiting_for
from civic_ai.review.standing import Standing, StandingOffice
from civic_ai.review.verified import VerifiedMemory
from civic_ai.web.settings import PATIENCE, DeskSettings
from civic_ai.web.titles import Titles

SHORT = 12
"""As many letters of a digest name a dossier in addresses and folders."""


@dataclass(frozen=True)
class Desk:
    """One desk at work. Pages read :meth:`standing`; whatever decides goes through ``office``."""

    settings: DeskSettings
    office: StandingOffice
    turns: Turns
    titles: Titles
    verified: VerifiedMemory
    """How far the ledger was verified, kept for the next start."""

    @property
    def policy(self) -> Policy:
        """The policy in force."""
        return self.office.policy

    def standing(self) -> Standing:
        """Every case as it stands now."""
        return self.office.reader.read()

    def today(self) -> date:
        """The day by the ledger's clock."""
        return self.office.ledger.clock().astimezone(UTC).date()

    def waited_for(self) -> Mapping[str, tuple[Turn, ...]]:
        """Who is waited for in each case, today."""
        return self.turns.of(self.standing().cases, self.today())

    def turns_in(self, pilot: str) -> tuple[Turn, ...]:
        """Who is waited for in one case, today."""
        case = self.standing().cases.get(pilot)
        return () if case is None else self.turns.of({pilot: case}, self.today())[pilot]

    def pilot_folder(self, pilot: str) -> Path:
        """Where the city keeps what it says of a pilot; it need not stand."""
        return self.settings.pilots / pilot

    def title(self, pilot: str, case: Case, language: str) -> str:
        """The pilot's question as the case's dossier asks it; its name where none is at hand."""
        return self.question(pilot, case, language) or pilot

    def question(self, pilot: str, case: Case, language: str) -> str:
        """The question alone; nothing where no dossier says it."""
        found = self.titles.of(pilot, case.dossier)
        return "" if found is None else found.in_language(language)[0]

    def dossiers(self, pilot: str) -> tuple[str, ...]:
        """The digests of the sealed dossiers of a pilot that the workspace holds, the newest first."""
        folder = self.settings.workspace.dossiers(pilot)
        manifests = sorted(folder.glob(f"*/{MANIFEST}"), key=lambda path: path.stat().st_mtime, reverse=True)
        return tuple(digest_of_file(path) for path in manifests)

    def dossier_at_hand(self, pilot: str, digest: str | None) -> str | None:
        """How a dossier is named in addresses, if the workspace holds it."""
        if digest is None or not self.dossier_folder(pilot, digest).is_dir():
            return None
        return digest[:SHORT]

    def dossier_folder(self, pilot: str, digest: str) -> Path:
        """Where a dossier of a pilot is kept; it need not stand."""
        return self.settings.workspace.dossiers(pilot) / digest[:SHORT]


@dataclass
class Turns:
    """Who is waited for, found once for each case and day."""

    policy: Policy
    _found: dict[str, tuple[Case, date, tuple[Turn, ...]]] = field(default_factory=dict)

    def of(self, cases: Mapping[str, Case], on: date) -> Mapping[str, tuple[Turn, ...]]:
        """The turns of each case on that day."""
        return {pilot: self._of_case(pilot, case, on) for pilot, case in cases.items()}

    def _of_case(self, pilot: str, case: Case, on: date) -> tuple[Turn, ...]:
        known = self._found.get(pilot)
        if known is None or known[0] is not case or known[1] != on:
            known = self._found[pilot] = (case, on, waiting_for(case, on, self.policy))
        return known[2]


def open_desk(desk: DeskSettings) -> Desk:
    """The desk of these settings. Raises :class:`ConfigError` where ledger, key or policy cannot be read."""
    key = note_key(read_key_file(desk.log_key_file))
    ledger = serve_ledger(desk.ledger_url, key, PATIENCE)
    office = Office(ledger, load_policy(desk.policy), desk.workspace.blobs)
    return desk_of(desk, office)


def desk_of(desk: DeskSettings, office: Office) -> Desk:
    """The desk at which this office works."""
    titles = Titles(lambda pilot, digest: desk.workspace.dossiers(pilot) / digest[:SHORT])
    verified = VerifiedMemory(desk.workspace.seen, office.ledger.require_log_key())
    return Desk(desk, StandingOffice.of(office, verified.last()), Turns(office.policy), titles, verified)


@cache
def _opened(desk: DeskSettings) -> Desk:
    return open_desk(desk)


def the_desk() -> Desk:
    """The desk of this process."""
    return _opened(settings.CIVIC_AI)
