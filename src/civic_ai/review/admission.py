"""Whether an envelope may stand at a place of the ledger. The same rule appends and verifies."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from civic_ai.core.errors import RefusedError
from civic_ai.core.messages import say
from civic_ai.records.ledger import STATEMENT_TYPE, KeySpan, LedgerEntry, PublicKey, Signature, SignedEnvelope
from civic_ai.review.envelope import signed_bytes
from civic_ai.review.findings import Finding
from civic_ai.review.keys import KeyRegister, apply, founded_by, objection
from civic_ai.review.signatures import sign_count, verifies
from civic_ai.review.statement import Statement, read_statement

MOST_BYTES = 1024 * 1024
"""A statement larger than this is none of ours: a review with all of its findings stays far below."""


@dataclass(frozen=True)
class Admitted:
    """An envelope that may stand: what it says, who signed it, and the keys after it."""

    statement: Statement
    signers: tuple[PublicKey, ...]
    register: KeyRegister

    @property
    def is_personal(self) -> bool:
        """Whether people signed it themselves; a server's attestation for an account is weaker."""
        return all(key.is_personal for key in self.signers)


Stands = tuple[LedgerEntry, Admitted]
"""An entry, with what it says and who signed it."""


def admit(register: KeyRegister, number: int, envelope: SignedEnvelope) -> Admitted | Finding:
    """What entry ``number`` says and who signed it, or the first thing that is wrong with it.

    ``register`` is what the entries before it leave. Every signature must be good, by a key in use.
    """
    if len(envelope.payload) > MOST_BYTES:
        return Finding("too large", say("it says more than {most} bytes", most=MOST_BYTES), number)
    try:
        statement = read_statement(envelope.content)
    except RefusedError as error:
        return Finding("no statement", error.mistakes[0].says, number)
    if envelope.payload_type != STATEMENT_TYPE or not envelope.signatures:
        return Finding("no statement", say("it is no in-toto statement with a signature"), number)
    known = founded_by(statement) if number == 0 else register
    if wrong := _wrong_signature(known, number, envelope):
        return wrong
    signers = tuple(known.spans[signature.keyid].key for signature in envelope.signatures)
    if why := objection(known, number, statement, [key.id for key in signers]):
        return Finding("not entitled", why, number)
    return Admitted(statement, signers, register_after(known, number, statement, envelope))


def register_after(
    register: KeyRegister, number: int, statement: Statement, envelope: SignedEnvelope
) -> KeyRegister:
    """The keys after entry ``number``, which was admitted: what it says of them, and passkeys' counters."""
    return counters_after(apply(register, number, statement), envelope.signatures)


def counters_after(register: KeyRegister, signatures: Iterable[Signature]) -> KeyRegister:
    """The keys, each passkey with what its counter said in these good signatures."""
    for signature in signatures:
        span = register.spans[signature.keyid]
        if (now := _counted(span, signature)) is not span:
            register = register.with_span(now)
    return register


def counted(span: KeySpan, envelope: SignedEnvelope) -> KeySpan:
    """The span of a key that signed ``envelope``, with what its counter said there."""
    return _counted(span, next(one for one in envelope.signatures if one.keyid == span.key.id))


def _counted(span: KeySpan, made: Signature) -> KeySpan:
    count = sign_count(span.key, made)
    return span if count == span.sign_count else span.model_copy(update={"sign_count": count})


def _wrong_signature(register: KeyRegister, number: int, envelope: SignedEnvelope) -> Finding | None:
    message, seen = signed_bytes(envelope), set[str]()
    for signature in envelope.signatures:
        span, short = register.spans.get(signature.keyid), signature.keyid[:12]
        if span is None:
            return Finding("foreign key", say("the key {key} is not enrolled", key=short), number)
        if not span.holds(number):
            return Finding("revoked key", say("the key {key} was no longer in use", key=short), number)
        if signature.keyid in seen or not verifies(span.key, signature, message):
            return Finding("bad signature", say("the signature by {key} is not good", key=short), number)
        if span.may_be_copied(count := sign_count(span.key, signature)):
            says = say("the passkey {key} counted {count} after {last}: it may have been copied",
                       key=short, count=count, last=span.sign_count)  # fmt: skip
            return Finding("counter", says, number)
        seen.add(signature.keyid)
    return None
