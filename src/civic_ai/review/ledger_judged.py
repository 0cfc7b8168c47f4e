"""Verify a ledger: what stands on it, and each step by the policy that ruled it; whole, or what is new."""

from __future__ import annotations

from dataclasses import replace

from civic_ai.core.errors import CivicError
from civic_ai.review import ledger_engine
from civic_ai.review.history import PolicyOf, faults_among
from civic_ai.review.ledger import now, open_ledger
from civic_ai.review.ledger_database import check_database, check_place
from civic_ai.review.ledger_export import ExportedLedger, export
from civic_ai.review.ledger_memory import LedgerMemory
from civic_ai.review.ledger_trust import Trust
from civic_ai.review.ledger_verification import LedgerVerification, Read, verify_ledger, verify_seals
from civic_ai.review.merkle import Tree, leaf_hash
from civic_ai.review.policies import policies_kept
from civic_ai.review.standing import StandingReader
from civic_ai.store.workspace import Workspace


def judge_export(exported: ExportedLedger, policy_of: PolicyOf, trust: Trust) -> LedgerVerification:
    """The log first; on a good one each step by the policy that ruled it."""
    found = verify_ledger(exported, trust, now())
    if not found.is_good:
        return found
    return replace(found, findings=(*found.findings, *faults_among(found.admitted, policy_of)))


def judge_database(url: str, home: Workspace, trust: Trust) -> LedgerVerification:
    """The database at ``url``, then what it holds, which must go on from what was seen in ``home``."""
    if wrong := check_database(url, trust.log):
        return LedgerVerification(0, wrong)
    memory, exported = LedgerMemory(home.seen), export(open_ledger(url).snapshot())
    found = judge_export(exported, policies_kept(home.blobs), _with_seen(trust, memory))
    if found.is_good:
        memory.keep(trust.log, exported.checkpoint)
    return found


def judge_database_aside(url: str, home: Workspace, trust: Trust) -> LedgerVerification:
    """As :func:`judge_database`, for another process: what was found, without the entries."""
    return replace(judge_database(url, home, trust), admitted=())


def judge_since(reader: StandingReader, home: Workspace, trust: Trust) -> LedgerVerification | None:
    """The ledger against what ``reader`` has verified entry by entry: whether its lines are still the same.

    And what the log signed and witnesses saw. None where something is wrong: a whole verification names it.
    """
    memory = LedgerMemory(home.seen)
    try:
        standing, snapshot = reader.read(), reader.ledger.snapshot()
        with ledger_engine.reading(reader.ledger.engine) as connection:
            wrong = check_place(connection)
    except CivicError:
        return None
    lines = snapshot.lines[: standing.size]
    tree = Tree.of(leaf_hash(line) for line in lines)
    moments = [(number, line[:_MOMENT].decode()) for number, line in enumerate(lines)]
    exported, seen = export(snapshot), _with_seen(trust, memory)
    found = verify_seals(exported, seen, now(), Read(standing.register.rotations, moments))
    if wrong or tree != standing.tree or not found.is_good:
        return None
    memory.keep(trust.log, exported.checkpoint)
    return replace(found, size=standing.size)


def _with_seen(trust: Trust, memory: LedgerMemory) -> Trust:
    return replace(trust, remembered=(*trust.remembered, *memory.remembered(trust.log)))


_MOMENT = len("2026-01-05T09:01:00.000000Z")
