"""The public register as it stands now: the very files that ``civic-ai publish`` writes, made when asked for.

What the ledger says is read on as it grows; a dossier is read once, since one of a digest never changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from threading import Lock
from time import monotonic as clock

from civic_ai.review.public_record import record_from
from civic_ai.review.publication import Make, site
from civic_ai.review.register import Shown, Told, shown_dossier, shown_in
from civic_ai.review.standing import Standing
from civic_ai.web.desk import Desk

AT_ONCE, AS_LONG = 0.25, 10
"""A register that takes more than ``AT_ONCE`` seconds to make stands ``AS_LONG`` times what it took,
whatever is entered: readers of a large one do not keep the desk busy while a board votes."""


@dataclass
class LiveRegister:
    """Keeps the site between two changes of the ledger; a day is a change too."""

    _shown: dict[Path, Shown] = field(default_factory=dict)
    _made: tuple[int, date, Mapping[str, Make]] | None = None
    _fresh_until: float = 0.0
    _lock: Lock = field(default_factory=Lock)

    def site(self, desk: Desk) -> Mapping[str, Make]:
        """Every file by its path.

        Raises :class:`RefusedError` where a dossier or the ledger was altered.
        """
        with self._lock:
            standing, on = desk.standing(), desk.today()
            is_old = self._made is None or self._made[:2] != (standing.size, on)
            if self._made is None or (is_old and clock() > self._fresh_until):
                began = clock()
                self._made = (standing.size, on, self._make(desk, standing, on))
                took = clock() - began
                self._fresh_until = clock() + (AS_LONG * took if took > AT_ONCE else 0)
            return self._made[2]

    def _make(self, desk: Desk, standing: Standing, on: date) -> Mapping[str, Make]:
        log = desk.office.ledger.require_log_key().public
        events = sorted(
            (event for each in standing.events.values() for event in each), key=lambda one: one.step.number
        )
        told = Told(
            desk.policy.city or log.name, on, standing.size, tuple(events), desk.policy, desk.office.policy_of
        )
        folders = handed_in(desk, standing)
        shown = [self._read(folder) for folder in folders.values()]
        return site(record_from(told, folders, shown, desk.office.ledger.snapshot(), log))

    def _read(self, folder: Path) -> Shown:
        if folder not in self._shown:
            self._shown[folder] = shown_in(folder)
        return self._shown[folder]


def handed_in(desk: Desk, standing: Standing) -> dict[str, Path]:
    """The folder of each pilot's dossier that the public reads, where the desk keeps it."""
    found, at_hand = {}, desk.settings.workspace.pilots
    for pilot, case in standing.cases.items():
        digest = shown_dossier(case) if pilot in at_hand else None
        if digest is not None and (folder := desk.dossier_folder(pilot, digest)).is_dir():
            found[pilot] = folder
    return found
