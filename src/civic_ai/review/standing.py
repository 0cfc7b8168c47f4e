"""Every case as the ledger leaves it, kept between two readings: only new entries are read and judged.

::

    reader = StandingReader(office)
    reader.read().cases["streets"]          # the whole ledger once, then what has come since
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain, zip_longest
from threading import Lock
from types import MappingProxyType

from civic_ai.core.errors import RefusedError
from civic_ai.core.messages import say
from civic_ai.records.case import UNOPENED, Case
from civic_ai.records.ledger import read_entry
from civic_ai.records.people import BoardRole, Person
from civic_ai.review.admission import admit
from civic_ai.review.findings import Finding
from civic_ai.review.history import Event, PolicyOf, Taken, after, is_step, read_step
from civic_ai.review.keys import KeyRegister
from civic_ai.review.ledger import Book, Ledger
from civic_ai.review.merkle import Tree, leaf_hash
from civic_ai.review.office import Office
from civic_ai.review.read_again import step_again
from civic_ai.review.verified import Verified, verified_whole

Reads = Callable[[KeyRegister, int, bytes], tuple[KeyRegister, Taken | None]]
"""From its line: the keys after an entry, and the step that it takes if it takes one."""
Part = tuple[Person, BoardRole | None]


@dataclass(frozen=True)
class Standing:
    """What ``size`` entries come to: the keys, and each pilot's case with the moments that led to it."""

    size: int = 0
    last: bytes = b""
    """The line of the last entry: while it stands, so does all before it."""
    tree: Tree = field(default_factory=Tree)
    """Over the leaf hashes of the lines that were read."""
    register: KeyRegister = field(default_factory=KeyRegister)
    cases: MappingProxyType[str, Case] = field(default_factory=lambda: MappingProxyType({}))
    events: MappingProxyType[str, tuple[Event, ...]] = field(default_factory=lambda: MappingProxyType({}))

    parts: MappingProxyType[Part, frozenset[str]] = field(default_factory=lambda: MappingProxyType({}))
    """By person and role, the pilots in whose case they have that part; role None: any."""

    def case(self, pilot: str) -> Case:
        """The case of ``pilot``; a new one where nothing was entered."""
        return self.cases.get(pilot, UNOPENED)

    def pilots_of(self, person: Person, role: BoardRole | None = None) -> frozenset[str]:
        """The pilots in whose case this person has a part, or this role."""
        return self.parts.get((person, role), frozenset())


def is_custodian(person: Person, standing: Standing) -> bool:
    """Whether this person's key may enrol others now."""
    register = standing.register
    return any(register.spans[each].key.holder == person for each in register.custodians(standing.size))


AT_ONCE = 2000
"""As many lines are held at once while a ledger is read."""


@dataclass
class StandingReader:
    """Reads a ledger on; several threads may ask at once. ``verified``: entries that need not be verified
    again where they are still the same."""

    ledger: Ledger
    policy_of: PolicyOf
    verified: Verified | None = None
    _standing: Standing = field(default_factory=Standing)
    _lock: Lock = field(default_factory=Lock)

    def read(self) -> Standing:
        """The ledger as it stands now.

        Raises :class:`RefusedError` at an entry that may not stand.
        """
        with self._lock:
            if self.verified is not None and not self._standing.size:
                self._begin(self.verified)
            is_first = not self._standing.size
            while self._read_some():
                pass
            if self.verified is None or is_first:
                self.verified = self._verified_now()
            return self._standing

    def verified_so_far(self) -> Verified:
        """What was verified: all that stands, part of it perhaps before this process began."""
        standing = self.read()
        assert self.verified is not None  # it was read
        return self.verified.model_copy(update={"size": standing.size, "root": standing.tree.root.hex()})

    def _begin(self, verified: Verified) -> None:
        """Read what was verified before, if its lines are the very same."""
        leaves = self.ledger.leaves_under(verified.root, verified.size)
        parts = (
            self.ledger.lines_from(first, min(AT_ONCE, len(leaves) - first))
            for first in range(0, len(leaves), AT_ONCE)
        )
        with suppress(_AreOthers):  # then all is verified
            lines = _while_the_same(chain.from_iterable(parts), leaves)
            self._standing = read_on(Standing(), lines, self.policy_of, _read_again)

    def _read_some(self) -> bool:
        """Read on; whether there may be more."""
        known = self._standing
        lines = self.ledger.lines_from(max(known.size - 1, 0), AT_ONCE)
        if known.size and lines[:1] != (known.last,):  # another ledger was put in its place
            self._standing, self.verified = Standing(), None
            return True
        self._standing = read_on(known, lines[1:] if known.size else lines, self.policy_of)
        return len(lines) == AT_ONCE

    def _verified_now(self) -> Verified:
        size, root = self._standing.size, self._standing.tree.root.hex()
        return verified_whole(size, root, self.ledger.moment())


@dataclass(frozen=True)
class StandingOffice(Office):
    """An office that knows every case as it stands: it prepares at once, and enters as any other does."""

    reader: StandingReader

    @classmethod
    def of(cls, office: Office, verified: Verified | None = None) -> StandingOffice:
        """The same office, with what its ledger says kept at hand."""
        reader = StandingReader(office.ledger, office.policy_of, verified)
        return cls(office.ledger, office.policy, office.blobs, reader)

    def case(self, pilot: str) -> Case:
        """Where the case of ``pilot`` stands; a new one where nothing was entered."""
        return self.reader.read().case(pilot)

    def events(self, pilot: str) -> tuple[Event, ...]:
        """Everything that was done in the case of ``pilot``, with the case before and after."""
        return self.reader.read().events.get(pilot, ())

    def _case_with(self, step: Taken, book: Book) -> Case:
        """As any office; what was read before is good here if it was read of these very entries."""
        standing = self.reader.read()
        if standing.tree != book.before.tree:
            return super()._case_with(step, book)
        return after(standing.case(step.pilot), step, self.policy_of)


def read_on(
    known: Standing, lines: Iterable[bytes], policy_of: PolicyOf, reads: Reads | None = None
) -> Standing:
    """What stands after ``lines``, which follow what is ``known``. Raises as :meth:`StandingReader.read`.

    ``reads``: None where each entry is to be verified.
    """
    last, register = known.last, known.register
    cases, events = known.cases.copy(), known.events.copy()
    new: dict[str, list[Event]] = {}
    parts: dict[Part, set[str]] = {}
    leaves: list[bytes] = []
    for number, last in enumerate(lines, start=known.size):
        leaves.append(leaf_hash(last))
        register, step = (reads or _read)(register, number, last)
        if step is not None:
            event = _event(cases, step, policy_of)
            cases[step.pilot] = event.after
            new.setdefault(step.pilot, []).append(event)
            _note_parts(parts, known, event)
    if not leaves:
        return known
    events.update((pilot, (*events.get(pilot, ()), *more)) for pilot, more in new.items())
    return Standing(
        size=known.size + len(leaves),
        last=last,
        tree=known.tree.plus(*leaves),
        register=register,
        cases=MappingProxyType(cases),
        events=MappingProxyType(events),
        parts=MappingProxyType(known.parts.copy() | {who: frozenset(has) for who, has in parts.items()}),
    )


class _AreOthers(Exception):
    """Lines are not what they were."""


def _while_the_same(lines: Iterable[bytes], leaves: list[bytes]) -> Iterator[bytes]:
    """Each line, if its hash is still the one in ``leaves``. Raises :class:`_AreOthers` before any other."""
    for line, leaf in zip_longest(lines, leaves, fillvalue=b""):
        if leaf_hash(line) != leaf:
            raise _AreOthers
        yield line


def _note_parts(parts: dict[Part, set[str]], known: Standing, event: Event) -> None:
    """Who came to a case or to a role in it, or left it, by this step."""
    if event.before.people is event.after.people:
        return
    before, after_it = _parts_in(event.before), _parts_in(event.after)
    for part in before ^ after_it:
        if part not in parts:
            parts[part] = set(known.pilots_of(*part))
        (parts[part].add if part in after_it else parts[part].discard)(event.step.pilot)


def _parts_in(case: Case) -> set[Part]:
    return {(holder.person, role) for holder in case.people for role in (None, holder.role)}


def _event(cases: Mapping[str, Case], step: Taken, policy_of: PolicyOf) -> Event:
    before = cases.get(step.pilot, UNOPENED)
    return Event(step, before, after(before, step, policy_of))


def _read(register: KeyRegister, number: int, line: bytes) -> tuple[KeyRegister, Taken | None]:
    """Of an entry that is verified here."""
    try:
        entry = read_entry(number, line)
    except ValueError as error:
        raise _altered(number) from error
    found = admit(register, number, entry.envelope)
    if isinstance(found, Finding):
        raise _altered(number)
    is_one = is_step(found.statement)
    return found.register, read_step(number, entry.moment.date(), found) if is_one else None


def _read_again(register: KeyRegister, number: int, line: bytes) -> tuple[KeyRegister, Taken | None]:
    """Of an entry that was verified before; what is about keys is verified again."""
    return step_again(register, number, line) or _read(register, number, line)


def _altered(number: int) -> Exception:
    return RefusedError.because(
        say("entry {number} of the ledger cannot be read, or may not stand", number=number),
        remedy=say("`civic-ai ledger verify` says what is wrong with it."),
    )
