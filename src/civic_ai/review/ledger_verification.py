"""Verify a ledger from its files and public keys alone: no database, no network.

First the entries against what the log signed, then that against what witnesses saw, then each entry's own
signatures by the keys in use at that entry.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

from civic_ai.core.base64 import base64_bytes
from civic_ai.core.messages import say
from civic_ai.records.ledger import Checkpoint, read_entry
from civic_ai.review.admission import Stands, admit
from civic_ai.review.findings import Finding
from civic_ai.review.keys import KeyRegister
from civic_ai.review.ledger_comparison import compare
from civic_ai.review.ledger_export import ExportedLedger
from civic_ai.review.ledger_trust import Seen, Trust, age, contradictions, look_at
from civic_ai.review.log_keys import LogKeys, Rotation
from civic_ai.review.merkle import leaf_hash, root
from civic_ai.review.witness import latest


@dataclass(frozen=True)
class LedgerVerification:
    """What was found, and the entries that stand, with who signed them, as far as they are good."""

    size: int
    findings: tuple[Finding, ...]
    admitted: tuple[Stands, ...] = ()
    witnessed_size: int | None = None
    """How many entries a witness saw."""
    witnessed_at: int | None = None
    """When a witness last signed, in seconds since 1970, by its own clock."""

    @property
    def rotations(self) -> tuple[Rotation, ...]:
        """How the log's own key changed."""
        return self.admitted[-1][1].register.rotations if self.admitted else ()

    @property
    def is_good(self) -> bool:
        """No fault was found; there may be warnings."""
        return not any(finding.is_fault for finding in self.findings)


@dataclass(frozen=True)
class Read:
    """What the entries say: how the log's key changed, number and moment of each; what is wrong with them."""

    rotations: tuple[Rotation, ...]
    moments: Sequence[tuple[int, str]]
    wrong: tuple[Finding, ...] = ()


def verify_ledger(exported: ExportedLedger, trust: Trust, at: datetime) -> LedgerVerification:
    """All that is wrong with an exported ledger, each fault by its name; ``at``: today, for the age."""
    admitted, wrong = _admit_all(lines_in(exported))
    rotations = admitted[-1][1].register.rotations if admitted else ()
    moments = tuple((entry.number, entry.at) for entry, _ in admitted)
    found = verify_seals(exported, trust, at, Read(rotations, moments, tuple(wrong)))
    return replace(found, admitted=tuple(admitted))


def verify_seals(exported: ExportedLedger, trust: Trust, at: datetime, read: Read) -> LedgerVerification:
    """All that is wrong with the order of the entries, what the log signed and what witnesses saw.

    ``read``: what was found when the entries themselves were read.
    """
    lines = lines_in(exported)
    last = look_at(exported.checkpoint, trust, read.rotations)
    notes = (exported.witnessed, *trust.remembered)
    earlier = [look_at(one, trust, read.rotations) for one in notes if one is not None]
    seen = (last, *earlier)
    told = list(_sequence(lines, exported, last, earlier))
    is_located = any(finding.entry is not None for finding in told)
    witnessed_at = latest([signature for one in seen for signature in one.witnessed])
    findings = (
        *(finding for one in seen for finding in one.findings),
        *_rotated([leaf_hash(line) for line in lines], LogKeys(trust.log, read.rotations)),
        *told,
        *(() if is_located else read.wrong),  # else every entry behind a missing one would be accused
        *_clock(read.moments),
        *age(witnessed_at, trust, at),
    )
    return LedgerVerification(
        len(lines), tuple(dict.fromkeys(findings)), (), _witnessed_size(seen), witnessed_at
    )


def lines_in(exported: ExportedLedger) -> list[bytes]:
    """The line of each entry, without its end."""
    return exported.entries.removesuffix(b"\n").split(b"\n") if exported.entries else []


def _witnessed_size(seen: Iterable[Seen]) -> int | None:
    return max((one.checkpoint.size for one in seen if one.checkpoint and one.witnessed), default=None)


def _sequence(
    lines: Sequence[bytes], exported: ExportedLedger, last: Seen, earlier: Iterable[Seen]
) -> Iterator[Finding]:
    """The entries against what the log signed last, and that against what was seen before."""
    if exported.entries and not exported.entries.endswith(b"\n"):
        yield Finding("truncated", say("the last entry has no end of line"), len(lines) - 1)
    leaves, stated = [leaf_hash(line) for line in lines], _read_leaves(exported.leaves)
    signed = leaves
    if last.checkpoint is not None:
        fitting = [one for one in (leaves, stated) if one is not None and _fits(one, last.checkpoint)]
        signed = fitting[0] if fitting else leaves
        yield from _against_checkpoint(leaves, fitting, last.checkpoint)
        if stated not in fitting and fitting:
            yield Finding("leaf list", say("the list of leaf hashes is not that of the entries"))
    for one in earlier:
        yield from contradictions(signed, one.checkpoint)


def _against_checkpoint(
    leaves: list[bytes], fitting: Sequence[list[bytes]], signed: Checkpoint
) -> Iterator[Finding]:
    """How the entries differ from what the log signed; ``fitting`` are the lists of hashes that it signed."""
    if not fitting:
        sizes = {"signed": signed.size, "now": len(leaves)}
        says = say("the log signed {signed} entries; these {now} are others", **sizes)
        yield Finding("checkpoint mismatch", says)
    elif leaves not in fitting:
        yield from compare(fitting[0], leaves)


def _fits(leaves: Sequence[bytes], signed: Checkpoint) -> bool:
    return len(leaves) == signed.size and root(leaves).hex() == signed.root


def _read_leaves(content: bytes) -> list[bytes] | None:
    """The hashes of a leaf list; None where it cannot be read."""
    try:
        return [base64_bytes(line) for line in content.decode().removesuffix("\n").split("\n") if content]
    except ValueError:
        return None


def _admit_all(lines: Sequence[bytes]) -> tuple[list[Stands], list[Finding]]:
    register, stands, wrong, said = KeyRegister(), list[Stands](), list[Finding](), dict[str, int]()
    for number, line in enumerate(lines):
        found = _admit(register, said, number, line)
        if isinstance(found, Finding):
            wrong.append(found)
        else:
            stands.append(found)
            register = found[1].register
    return stands, [_as_early(fault, lines[fault.entry or 0], register) for fault in wrong]


def _as_early(fault: Finding, line: bytes, register: KeyRegister) -> Finding:
    """The fault, where a key that was enrolled only later is told from one that never was."""
    if fault.kind != "foreign key" or fault.entry is None:
        return fault
    named = [one.keyid for one in read_entry(fault.entry, line).envelope.signatures]
    for span in (register.spans[key] for key in named if key in register.spans):
        told = {"key": span.key.id[:12], "number": span.first - 1}
        says = say("the key {key} was enrolled only by entry {number}", **told)
        return Finding("early key", says, fault.entry)
    return fault


def _admit(register: KeyRegister, said: dict[str, int], number: int, line: bytes) -> Stands | Finding:
    """Entry ``number`` with its signers, or what is wrong; ``said`` notes which entry said what first."""
    try:
        entry = read_entry(number, line)
    except ValueError:
        return Finding("malformed", say("entry {number} cannot be read", number=number), number)
    first = said.setdefault(entry.envelope.payload, number)
    if first != number:
        return Finding("repeated", say("it says again what entry {first} said", first=first), number)
    found = admit(register, number, entry.envelope)
    return found if isinstance(found, Finding) else (entry, found)


def _rotated(leaves: Sequence[bytes], keys: LogKeys) -> Iterator[Finding]:
    """Changes of the log's key that do not lead to the trusted one, or were signed on another history."""
    if not keys.is_linked:
        yield Finding("log signature", say("the changes of the log's key do not lead to the one given"))
    for one in keys.rotations:
        if not one.fits(leaves):
            number = one.before.size
            says = say("the log's key was changed by entry {number} on other entries", number=number)
            yield Finding("rewritten", says, number)


def _clock(moments: Iterable[tuple[int, str]]) -> Iterator[Finding]:
    for (_, before), (number, after) in pairwise(moments):
        if after < before:
            times = {"before": datetime.fromisoformat(before), "after": datetime.fromisoformat(after)}
            yield Finding(
                "clock", say("the server's clock went back from {before} to {after}", **times), number
            )
