"""Where a step is taken: the workflow and the ledger in one transaction.

::

    statement = office.prepare("houston-potholes", action)      # refused here, before anybody signs
    entered = office.enter(seal_envelope(statement, [signature]))

Everything that decides goes through :meth:`Office.enter`: the command line, the desk, and jobs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

from civic_ai.core.errors import RefusedError
from civic_ai.core.messages import say
from civic_ai.records.action import Action
from civic_ai.records.case import UNOPENED, Case
from civic_ai.records.ledger import LedgerEntry, SignedEnvelope
from civic_ai.records.policy import Policy
from civic_ai.review.history import (
    Event,
    Taken,
    case_of,
    cases_of,
    dossier_of,
    events_of,
    read_step,
    read_steps,
    statement_of,
    steps_of,
)
from civic_ai.review.ledger import Book, Ledger
from civic_ai.review.statement import Statement
from civic_ai.review.workflow import next_case
from civic_ai.store.blobs import Blobs


@dataclass(frozen=True)
class Entered:
    """A step that stands on the ledger, and the case after it."""

    entry: LedgerEntry
    step: Taken
    case: Case


def _nothing() -> None:
    """Most steps bring nothing along."""


@dataclass(frozen=True)
class Office:
    """A ledger, the policies that ruled (in ``blobs``, by digest), and the one in force."""

    ledger: Ledger
    policy: Policy
    blobs: Blobs

    def case(self, pilot: str) -> Case:
        """Where the case of ``pilot`` stands; a new one where nothing was entered."""
        return case_of(pilot, self.ledger.about(pilot), self.policy_of)

    def cases(self) -> dict[str, Case]:
        """Where each case stands."""
        return cases_of(read_steps(self.ledger.entries()), self.policy_of)

    def steps(self, pilot: str) -> tuple[Taken, ...]:
        """Everything that was done in the case of ``pilot``, in order."""
        return tuple(steps_of(pilot, self.ledger.about(pilot)))

    def events(self, pilot: str) -> tuple[Event, ...]:
        """The same with the case before and after each step."""
        return events_of(self.steps(pilot), self.policy_of)

    def prepare(self, pilot: str, action: Action) -> Statement:
        """What ``action.by`` signs to take this step.

        Raises :class:`RefusedError` with every reason where the step cannot be taken as things stand.
        """
        events = self.events(pilot)
        case = events[-1].after if events else UNOPENED
        next_case(case, action, self.policy)
        return self._told_apart(pilot, action, dossier_of(action, case), events)

    def _told_apart(
        self, pilot: str, action: Action, about: str | None, events: tuple[Event, ...]
    ) -> Statement:
        """What is signed. After other steps, the same is said again: a vote in a new meeting. Right after
        itself it stays as it is: somebody typed it twice, and the ledger takes it once."""
        earlier = {event.step.statement for event in events[:-1]}
        times = (action.model_copy(update={"again": again}) for again in count())
        said = (statement_of(pilot, one, about, self.policy) for one in times)
        return next(statement for statement in said if statement.digest not in earlier)

    def enter(self, envelope: SignedEnvelope, keep: Callable[[], None] = _nothing) -> Entered:
        """Take the step that ``envelope`` signs: judged against the ledger as it stands now, then appended.

        ``keep`` puts away what the step brings along: once it is judged, before it stands. Its errors enter
        nothing.

        Raises :class:`RefusedError` where a signature is not good, the step may not be taken (another may
        have come first), or it names another policy than the one in force. Then nothing is entered.
        """
        self.blobs.put_record(self.policy)
        with self.ledger.writing() as book:
            entry, admitted = book.enter(envelope)
            step = read_step(entry.number, entry.moment.date(), admitted)
            self._require_in_force(step)
            case = self._case_with(step, book)
            keep()
        return Entered(entry, step, case)

    def _case_with(self, step: Taken, book: Book) -> Case:
        """The case of the step's pilot after it, and after all that stood in ``book`` before it."""
        return case_of(step.pilot, book.about(step.pilot), self.policy_of)

    def sign_and_enter(
        self, pilot: str, action: Action, sign: Callable[[Statement], SignedEnvelope]
    ) -> Entered:
        """Prepare, have it signed, enter."""
        return self.enter(sign(self.prepare(pilot, action)))

    def policy_of(self, digest: str) -> Policy:
        """The policy of that digest. Raises :class:`StoreError` where it is not kept."""
        return self.policy if digest == self.policy.digest else self.blobs.record(Policy, digest)

    def _require_in_force(self, step: Taken) -> None:
        if step.policy != self.policy.digest:
            raise RefusedError.because(
                say("It was signed under another policy than the one in force ({policy}).",
                    policy=self.policy.digest[:12]),
                remedy=say("Read the policy again, then sign again."),
            )  # fmt: skip
