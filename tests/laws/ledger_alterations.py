"""Ways to alter an exported ledger, each with the names by which verification may call it."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace

from civic_ai.core.base64 import base64_text
from civic_ai.records.ledger import Checkpoint, LedgerEntry, Signature, read_entry
from civic_ai.review.checkpoint import sign_checkpoint
from civic_ai.review.envelope import signed_bytes
from civic_ai.review.ledger_export import ExportedLedger
from civic_ai.review.merkle import leaf_hash, root
from civic_ai.review.note import NoteKey
from tests.unit.review.made_ledger import EVE, LOG, OTHER_LOG, vote

SEEN = 35
"""How many of the 40 entries the witness saw."""


@dataclass(frozen=True)
class Altered:
    """An altered ledger; one of ``kinds`` must be among the faults, at ``entry`` where that is known."""

    exported: ExportedLedger
    kinds: frozenset[str]
    entry: int | None = None


Alter = Callable[[ExportedLedger, random.Random], Altered]


def lines_of(exported: ExportedLedger) -> list[bytes]:
    return exported.entries.splitlines()


def with_lines(exported: ExportedLedger, lines: list[bytes]) -> ExportedLedger:
    return replace(exported, entries=b"".join(line + b"\n" for line in lines))


def sealed(exported: ExportedLedger, lines: list[bytes], key: NoteKey) -> ExportedLedger:
    """The lines with leaf list and checkpoint to match, as whoever holds ``key`` would make them."""
    leaves = [leaf_hash(line) for line in lines]
    checkpoint = Checkpoint(origin=LOG.name, size=len(leaves), root=root(leaves).hex())
    return replace(
        with_lines(exported, lines),
        leaves=b"".join(base64_text(leaf).encode() + b"\n" for leaf in leaves),
        checkpoint=sign_checkpoint(checkpoint, replace(key, name=LOG.name)).encode(),
    )


def flip(exported: ExportedLedger, draw: random.Random) -> Altered:
    lines, number = lines_of(exported), draw.randrange(40)
    place = draw.randrange(len(lines[number]))
    byte = draw.choice([value for value in range(32, 127) if value != lines[number][place]])
    lines[number] = lines[number][:place] + bytes([byte]) + lines[number][place + 1 :]
    return Altered(with_lines(exported, lines), frozenset({"altered"}), number)


def swap(exported: ExportedLedger, draw: random.Random) -> Altered:
    lines = lines_of(exported)
    one, other = sorted(draw.sample(range(40), 2))
    lines[one], lines[other] = lines[other], lines[one]
    return Altered(with_lines(exported, lines), frozenset({"reordered"}), one)


def drop(exported: ExportedLedger, draw: random.Random) -> Altered:
    lines, number = lines_of(exported), draw.randrange(39)
    del lines[number]
    return Altered(with_lines(exported, lines), frozenset({"removed"}), number)


def duplicate(exported: ExportedLedger, draw: random.Random) -> Altered:
    lines = lines_of(exported)
    lines.insert(draw.randrange(41), draw.choice(lines))
    return Altered(with_lines(exported, lines), frozenset({"repeated"}))


def truncate(exported: ExportedLedger, draw: random.Random) -> Altered:
    size = draw.randrange(40)
    return Altered(with_lines(exported, lines_of(exported)[:size]), frozenset({"truncated"}), size)


def cut_bytes(exported: ExportedLedger, draw: random.Random) -> Altered:
    cut = draw.randrange(1, len(exported.entries))
    return Altered(replace(exported, entries=exported.entries[:-cut]), frozenset({"truncated"}))


def replay(exported: ExportedLedger, draw: random.Random) -> Altered:
    """The operator enters an old envelope again, with the true key."""
    lines = lines_of(exported)
    again = b"2026-01-09T09:00:00.000000Z " + draw.choice(lines).partition(b" ")[2]
    return Altered(sealed(exported, [*lines, again], LOG), frozenset({"repeated"}), 40)


def sign_anew(exported: ExportedLedger, draw: random.Random) -> Altered:
    """An entry signed by somebody whose key is not enrolled, all else made to match with the true log key."""
    lines, number = lines_of(exported), draw.randrange(SEEN, 40)
    lines[number] = by_eve(read_entry(number, lines[number])).line
    return Altered(sealed(exported, lines, LOG), frozenset({"foreign key"}), number)


def by_eve(entry: LedgerEntry) -> LedgerEntry:
    private = EVE.key
    signature = Signature(
        keyid=EVE.public_key.id, sig=base64_text(private.sign(signed_bytes(entry.envelope)))
    )
    return entry.model_copy(
        update={"envelope": entry.envelope.model_copy(update={"signatures": (signature,)})}
    )


def foreign_log(exported: ExportedLedger, draw: random.Random) -> Altered:
    """All made to match with another log key of the same name."""
    lines = lines_of(exported)[: draw.randrange(1, 41)]
    return Altered(sealed(exported, lines, OTHER_LOG), frozenset({"log signature"}))


def rewrite(exported: ExportedLedger, draw: random.Random) -> Altered:
    """The operator rewrites what the witness saw, with the true log key."""
    lines, number = lines_of(exported), draw.randrange(SEEN)
    later = draw.randrange(10, 60)
    at = lines[number][:17] + f"{later}".encode() + lines[number][19:]
    lines[number] = at if at != lines[number] else lines[number].replace(b".000000Z", b".000001Z")
    return Altered(sealed(exported, lines, LOG), frozenset({"rewritten"}))


def cut_back(exported: ExportedLedger, draw: random.Random) -> Altered:
    """The operator cuts off what the witness saw, with the true log key."""
    lines = lines_of(exported)[: draw.randrange(SEEN)]
    return Altered(sealed(exported, lines, LOG), frozenset({"cut back"}))


def other_history(exported: ExportedLedger, draw: random.Random) -> Altered:
    """Entries and leaf list changed alike, by somebody without the log's key."""
    lines = lines_of(exported)
    del lines[draw.randrange(40)]
    made = replace(sealed(exported, lines, LOG), checkpoint=exported.checkpoint)
    return Altered(made, frozenset({"checkpoint mismatch"}))


def flip_checkpoint(exported: ExportedLedger, draw: random.Random) -> Altered:
    place = draw.randrange(len(exported.checkpoint) - 1)
    byte = draw.choice([value for value in range(33, 127) if value != exported.checkpoint[place]])
    changed = exported.checkpoint[:place] + bytes([byte]) + exported.checkpoint[place + 1 :]
    return Altered(replace(exported, checkpoint=changed), frozenset({"log signature", "malformed"}))


def flip_leaf(exported: ExportedLedger, draw: random.Random) -> Altered:
    place = draw.randrange(len(exported.leaves))
    byte = draw.choice([value for value in range(33, 127) if value != exported.leaves[place]])
    changed = exported.leaves[:place] + bytes([byte]) + exported.leaves[place + 1 :]
    return Altered(replace(exported, leaves=changed), frozenset({"leaf list"}))


def add(exported: ExportedLedger, draw: random.Random) -> Altered:
    lines = lines_of(exported)
    line = f"2026-01-09T09:00:00.{draw.randrange(10**6):06}Z ".encode() + vote(99, EVE).to_json()
    lines.insert(draw.randrange(41), line)
    return Altered(with_lines(exported, lines), frozenset({"added"}))


ALTERATIONS: tuple[Alter, ...] = (
    flip,
    swap,
    drop,
    duplicate,
    truncate,
    cut_bytes,
    replay,
    sign_anew,
    foreign_log,
    rewrite,
    cut_back,
    other_history,
    flip_checkpoint,
    flip_leaf,
    add,
)
