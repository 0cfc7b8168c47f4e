"""Pilots beside each other: one row a sealed dossier, read from its own files."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

from civic_ai.cards.verification import require_intact
from civic_ai.records.audit import AuditReport, GroupFigure
from civic_ai.records.dossier import Dossier
from civic_ai.records.evaluation import Evaluation
from civic_ai.records.figure import Figure, Verdict, missing
from civic_ai.records.gates import GateReport
from civic_ai.records.record import Record

R = TypeVar("R", bound=Record)


class Comparison(Record):
    """What one dossier found. ``lift`` is best model over best simple rule in the tests (above 1 is better),
    ``lockbox_lift`` the champion's over that rule in the last period, ``lockbox`` the champion's objective
    there; ``coverage`` and ``worst_covered`` are of its intervals there, over all and in the worst group."""

    pilot: str
    question: str
    champion: str
    champion_is_baseline: bool
    best_baseline: str
    objective: str
    lift: Figure
    lockbox: Figure
    lockbox_lift: Figure
    coverage: Figure
    worst_covered: GroupFigure | None
    coverage_verdict: Verdict
    passed: int
    failed: int
    unknown: int
    is_ready: bool


def compare_frame(dossiers: Iterable[Path]) -> list[Comparison]:
    """One row for each sealed dossier (its folder), in the order given.

    Raises :class:`RefusedError` where a dossier was altered, :class:`ConfigError` where none stands.
    """
    return [compare_dossier(folder) for folder in dossiers]


def compare_dossier(folder: Path) -> Comparison:
    """The row of one dossier."""
    require_intact(folder)
    manifest = _read(folder / "manifest.json", Dossier)
    gates = _read(folder / "gates.json", GateReport)
    evaluation = _read(folder / "full" / "records" / "evaluation.json", Evaluation)
    audit = _read(folder / "full" / "records" / "audit.json", AuditReport)
    return Comparison(
        pilot=manifest.pilot,
        question=evaluation.question,
        champion=evaluation.champion,
        champion_is_baseline=evaluation.champion_is_baseline,
        best_baseline=evaluation.best_baseline,
        objective=evaluation.objective,
        lift=evaluation.lift_over_best_baseline,
        lockbox=lockbox_objective(evaluation),
        lockbox_lift=evaluation.lockbox_lift,
        coverage=lockbox_coverage(evaluation),
        worst_covered=audit.worst_covered,
        coverage_verdict=audit.coverage_verdict,
        passed=gates.passed,
        failed=gates.failed,
        unknown=gates.unknown,
        is_ready=gates.is_ready,
    )


def lockbox_objective(evaluation: Evaluation) -> Figure:
    """The champion's objective in the last period."""
    found = evaluation.score(evaluation.champion, evaluation.objective, "lockbox")
    return missing("not_looked_at") if found is None else found


def lockbox_coverage(evaluation: Evaluation) -> Figure:
    """How often the champion's intervals held in the last period, over all."""
    wanted = (evaluation.champion, "lockbox", None)
    parts = (p.covered for p in evaluation.coverage if (p.candidate, p.split, p.group) == wanted)
    return next(parts, missing("no_intervals"))


def _read(path: Path, kind: type[R]) -> R:
    return kind.model_validate_json(path.read_bytes())
