"""Verify a whole ledger: what stands on it, and each step by the policy that ruled it."""

from __future__ import annotations

from dataclasses import replace

from civic_ai.review.history import PolicyOf, faults_among
from civic_ai.review.ledger import now, open_ledger
from civic_ai.review.ledger_database import check_database
from civic_ai.review.ledger_export import ExportedLedger, export
from civic_ai.review.ledger_memory import LedgerMemory
from civic_ai.review.ledger_trust import Trust
from civic_ai.review.ledger_verification import LedgerVerification, verify_ledger
from civic_ai.review.policies import policies_kept
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
    seen = replace(trust, remembered=(*trust.remembered, *memory.remembered(trust.log)))
    found = judge_export(exported, policies_kept(home.blobs), seen)
    if found.is_good:
        memory.keep(trust.log, exported.checkpoint)
    return found
