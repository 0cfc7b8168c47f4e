"""Which keys may sign which entries: enrolment, rotation and revocation are statements on the ledger.

The first entry enrols the first custodian, signed by that very key. A custodian enrols and revokes the keys
of others; a holder may replace or revoke the own key. A key may sign from the entry after its enrolment up
to the entry that ends it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TypeVar

from pydantic import Field, ValidationError

from civic_ai.core.messages import Message, say
from civic_ai.records.ledger import KeySpan, PublicKey, Sha256
from civic_ai.records.record import Record
from civic_ai.review.key_names import objection_to_key
from civic_ai.review.log_keys import ROTATED, Rotation, objection_to_rotation, read_rotation
from civic_ai.review.statement import Statement, predicate_type, state

ENROLLED, REVOKED = predicate_type("key-enrolled"), predicate_type("key-revoked")
_SUBJECT = "key"
P = TypeVar("P", "KeyEnrolled", "KeyRevoked")


class KeyEnrolled(Record):
    """The predicate of an enrolment; with ``replaces``, of a rotation: the old key ends with this entry."""

    key: PublicKey
    is_custodian: bool = False
    replaces: Sha256 | None = None


class KeyRevoked(Record):
    """The predicate of a revocation: the key ends with this entry."""

    key: Sha256
    reason: str = Field(min_length=1)


def enrol(key: PublicKey, *, is_custodian: bool = False, replaces: str | None = None) -> Statement:
    """The statement that enrols ``key``, in the place of the key ``replaces`` where it is given."""
    predicate = KeyEnrolled(key=key, is_custodian=is_custodian, replaces=replaces)
    return state("key-enrolled", _SUBJECT, key.id, predicate.model_dump(mode="json"))


def revoke(key: str, reason: str) -> Statement:
    """The statement that revokes the key of the id ``key``."""
    return state("key-revoked", _SUBJECT, key, KeyRevoked(key=key, reason=reason).model_dump(mode="json"))


def is_about_keys(statement: Statement) -> bool:
    """Whether a statement enrols, revokes or replaces a key; all others are the workflow's."""
    return statement.predicate_type in (ENROLLED, REVOKED, ROTATED)


@dataclass(frozen=True)
class KeyRegister:
    """The keys as the entries so far leave them."""

    spans: Mapping[str, KeySpan] = field(default_factory=lambda: MappingProxyType({}))
    rotations: tuple[Rotation, ...] = ()
    """How the log's own key changed."""

    def custodians(self, number: int) -> set[str]:
        """The ids of the keys that may enrol and revoke at entry ``number``."""
        return {key for key, span in self.spans.items() if span.is_custodian and span.holds(number)}

    def with_span(self, span: KeySpan) -> KeyRegister:
        """This register and ``span``, in the place of the key's earlier span."""
        return replace(self, spans=MappingProxyType({**self.spans, span.key.id: span}))

    def ended(self, key: str, number: int) -> KeyRegister:
        """This register, the key of the id ``key`` ending with entry ``number``."""
        return self.with_span(self.spans[key].model_copy(update={"last": number}))


def founded_by(statement: Statement) -> KeyRegister:
    """The register that the first entry is checked with: the key that it enrols; empty if it enrols none."""
    said = read_enrolment(statement)
    is_founder = said is not None and said.is_custodian and said.key.is_personal and not said.replaces
    if said is None or not is_founder or objection_to_key(said.key, ()):
        return KeyRegister()
    return KeyRegister().with_span(KeySpan(key=said.key, first=0, is_custodian=True))


def read_enrolment(statement: Statement) -> KeyEnrolled | None:
    """What an enrolment says; None when the statement is none, or malformed."""
    return _read(statement, KeyEnrolled) if statement.predicate_type == ENROLLED else None


def read_revocation(statement: Statement) -> KeyRevoked | None:
    """What a revocation says; None when the statement is none, or malformed."""
    return _read(statement, KeyRevoked) if statement.predicate_type == REVOKED else None


def apply(register: KeyRegister, number: int, statement: Statement) -> KeyRegister:
    """The register after entry ``number``, which must be allowed (:func:`objection`)."""
    if number == 0:
        return founded_by(statement)
    if enrolled := read_enrolment(statement):
        span = KeySpan(key=enrolled.key, first=number + 1, is_custodian=enrolled.is_custodian)
        kept = register.ended(enrolled.replaces, number) if enrolled.replaces else register
        return kept.with_span(span)
    if revoked := read_revocation(statement):
        return register.ended(revoked.key, number)
    if rotated := read_rotation(statement):
        return replace(register, rotations=(*register.rotations, rotated))
    return register


def objection(
    register: KeyRegister, number: int, statement: Statement, signers: Collection[str]
) -> Message | None:
    """Why the keys ``signers`` (ids) may not state this about keys at entry ``number``; None: they may."""
    if number == 0 or not is_about_keys(statement):
        return None
    if statement.predicate_type == ROTATED:
        return _objection_to_rotation(register, number, statement, set(signers))
    if enrolled := read_enrolment(statement):
        return _objection_to_enrolment(register, number, enrolled, set(signers))
    if revoked := read_revocation(statement):
        return _objection_to_end(register, number, revoked.key, set(signers))
    return say("it says something about keys that cannot be read")


def _objection_to_enrolment(
    register: KeyRegister, number: int, said: KeyEnrolled, signers: set[str]
) -> Message | None:
    if said.key.id in register.spans:
        return say("this key was enrolled before")
    if said.is_custodian and not said.key.is_personal:
        return say("a server's key cannot be a custodian")
    if why := objection_to_key(said.key, (span.key.holder for span in register.spans.values())):
        return why
    if signers & register.custodians(number):
        return _objection_to_replacing(register, number, said)
    if said.replaces not in signers:
        return say("only a custodian may enrol a key, or a holder in the place of the own key")
    return _objection_to_replacing(register, number, said) or _objection_to_gain(register, said)


def _objection_to_rotation(
    register: KeyRegister, number: int, statement: Statement, signers: set[str]
) -> Message | None:
    if not signers & register.custodians(number):
        return say("only a custodian may change the log's key, with another person")
    people = [register.spans[key].key for key in sorted(signers)]
    return objection_to_rotation(number, statement, register.rotations, people)


def _objection_to_replacing(register: KeyRegister, number: int, said: KeyEnrolled) -> Message | None:
    if said.replaces is None:
        return None
    old = register.spans.get(said.replaces)
    if old is None or not old.holds(number):
        return say("the key that it replaces is not in use")
    if old.key.holder != said.key.holder:
        return say("it replaces the key of another holder")
    is_last = register.custodians(number) == {said.replaces} and not said.is_custodian
    return say("it would leave no custodian") if is_last else None


def _objection_to_gain(register: KeyRegister, said: KeyEnrolled) -> Message | None:
    """A holder who changes the own key gets no more by it: neither custody nor a stronger signature."""
    old = register.spans[str(said.replaces)]
    gains = said.is_custodian > old.is_custodian or said.key.is_personal > old.key.is_personal
    return say("a holder's new key may not do more than the old one") if gains else None


def _objection_to_end(register: KeyRegister, number: int, key: str, signers: set[str]) -> Message | None:
    span, custodians = register.spans.get(key), register.custodians(number)
    if span is None or not span.holds(number):
        return say("the key that it revokes is not in use")
    if not signers & {*custodians, key}:
        return say("only a custodian or the holder may revoke a key")
    return say("it would leave no custodian") if custodians == {key} else None


def _read(statement: Statement, kind: type[P]) -> P | None:
    """The predicate as ``kind``, if it is spelt as such and about its key; None otherwise."""
    try:
        said = kind.model_validate(statement.predicate)
    except ValidationError:
        return None
    key = said.key.id if isinstance(said, KeyEnrolled) else said.key
    is_plain = said.model_dump(mode="json") == statement.predicate
    return said if is_plain and [one.digest_of_it.sha256 for one in statement.subject] == [key] else None
