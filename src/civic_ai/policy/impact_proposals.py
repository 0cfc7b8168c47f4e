"""What a run can propose as answers to the impact questions. It proposes; a named person confirms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from civic_ai.cards.verification import require_intact
from civic_ai.records.audit import AuditReport
from civic_ai.records.dossier import Dossier
from civic_ai.records.evaluation import Evaluation
from civic_ai.records.explanation import Explanation
from civic_ai.records.gates import GateReport
from civic_ai.records.impact_level import Answer
from civic_ai.records.impact_questions import UNSURE, Phase
from civic_ai.records.record import Record
from civic_ai.records.snapshot import DataSnapshot

R = TypeVar("R", bound=Record)


@dataclass(frozen=True)
class Sealed:
    """The records of a dossier from which answers can be proposed, and the dossier's digest."""

    dossier: str
    pilot: str
    bundle: str
    snapshot: DataSnapshot
    evaluation: Evaluation
    audit: AuditReport
    explanation: Explanation
    gates: GateReport


@dataclass(frozen=True)
class Proposed:
    """Choices, and the digests that show them."""

    choices: tuple[str, ...]
    evidence: tuple[str, ...] = ()


def read_sealed(folder: Path) -> Sealed:
    """The records of the dossier in ``folder``. Raises :class:`RefusedError` when it was altered."""
    found = require_intact(folder)
    manifest = _read(folder / "manifest.json", Dossier)
    records = folder / "full" / "records"
    return Sealed(
        dossier=found.digest,
        pilot=manifest.pilot,
        bundle=next(one.sha256 for one in manifest.files if one.path == "bundle/bundle.json"),
        snapshot=_read(records / "snapshot.json", DataSnapshot),
        evaluation=_read(records / "evaluation.json", Evaluation),
        audit=_read(records / "audit.json", AuditReport),
        explanation=_read(records / "explanation.json", Explanation),
        gates=_read(folder / "gates.json", GateReport),
    )


def propose(sealed: Sealed, phase: Phase) -> dict[str, Answer]:
    """An answer to each question that a run can speak to, with its evidence; nobody stands for it yet."""
    word = phase.capitalize()
    return {
        name.replace("{phase}", word): Answer(
            answer=found.choices, evidence=found.evidence, proposed_from=sealed.dossier
        )
        for name, rule in RULES.items()
        for found in (rule(sealed),)
    }


def _read(path: Path, kind: type[R]) -> R:
    return kind.model_validate_json(path.read_bytes())


def _always(*choices: str) -> Callable[[Sealed], Proposed]:
    """What holds for every run: tables only, a model file that does not change, one score for one record."""
    return lambda sealed: Proposed(choices)


def _logic(sealed: Sealed) -> Proposed:
    return Proposed(("rules" if sealed.evaluation.champion_is_baseline else "learned",))


def _proxies_measured(sealed: Sealed) -> Proposed:
    trials = sealed.explanation.trials
    measured = trials is not None and any(one.explained.value is not None for one in trials.proxies)
    return _yes(measured, sealed.explanation.digest)


def _several_sources(sealed: Sealed) -> Proposed:
    return Proposed(("yes" if len(sealed.snapshot.sources) > 1 else "no",), (sealed.snapshot.digest,))


def _looks_like_residents(sealed: Sealed) -> Proposed:
    """By the test of who reports: it passes, fails, or cannot tell."""
    choice = {"pass": "yes", "fail": "no"}.get(sealed.audit.reporting.verdict, UNSURE)
    return Proposed((choice,), (sealed.audit.digest,))


def _gaps(sealed: Sealed) -> Proposed:
    """Measured and no gap only where the audit's own gates all pass; whether the board found a gap justified
    or somebody dealt with it is not for a run to say."""
    checks = [check for check in sealed.gates.checks if check.fact.startswith("audit.")]
    if not sealed.audit.disparities or not checks:
        return Proposed(("not_studied",))
    no_gap = all(check.verdict == "pass" for check in checks)
    return Proposed(("no_gap" if no_gap else "unjustified_not_handled",), (sealed.audit.digest,))


def _bias_tests(sealed: Sealed) -> Proposed:
    return _yes(bool(sealed.audit.disparities), sealed.audit.digest)


def _doubtful_data(sealed: Sealed) -> Proposed:
    return _yes(sealed.snapshot.worst_quarantined_share is not None, sealed.snapshot.digest)


def _scores_kept(sealed: Sealed) -> Proposed:
    return _yes(True, sealed.evaluation.predictions)


def _sealed_whole(sealed: Sealed) -> Proposed:
    return _yes(True, sealed.dossier)


def _explains(sealed: Sealed) -> Proposed:
    return _yes(bool(sealed.explanation.contributions), sealed.explanation.digest)


def _gives_reasons(sealed: Sealed) -> Proposed:
    adds_up = any(
        check.fact == "explanation.additivity_error" and check.verdict == "pass"
        for check in sealed.gates.checks
    )
    return _yes(adds_up, sealed.explanation.digest)


def _version_named(sealed: Sealed) -> Proposed:
    return _yes(True, sealed.bundle)


def _gaps_narrowed(sealed: Sealed) -> Proposed:
    return _yes(sealed.audit.frontier is not None, sealed.audit.digest)


def _yes(holds: bool, shown_by: str) -> Proposed:
    """Yes with what shows it, or no."""
    return Proposed(("yes",), (shown_by,)) if holds else Proposed(("no",))


RULES: Mapping[str, Callable[[Sealed], Proposed]] = {
    "aboutAlgorithm3": _logic,
    "aboutAlgorithm4": _always("one_result"),
    "aboutAlgorithm5": _always("boundary"),
    "aboutAlgorithm8": _always("no"),
    "aboutAlgorithm9": _always("no"),
    "aboutAlgorithm11": _proxies_measured,
    "aboutDataSource4": _several_sources,
    "aboutDataSource15": _looks_like_residents,
    "aboutDataSourceType1": _always("no"),
    "aboutDataSourceType2": _always(),
    "impact18": _gaps,
    "impact26": _always("all"),
    "dataQuality{phase}1": _bias_tests,
    "dataQuality{phase}8": _doubtful_data,
    "fairness{phase}2": _scores_kept,
    "fairness{phase}4": _always("no"),
    "fairness{phase}5": _sealed_whole,
    "fairness{phase}7": _explains,
    "fairness{phase}8": _version_named,
    "fairness{phase}10": _gives_reasons,
    "fairness{phase}16": _sealed_whole,
    "fairness{phase}18": _gaps_narrowed,
    "fairness{phase}24": _always("no"),
}
"""The 23 questions that a run can speak to. A pilot whose features hold a protected attribute is refused
before it runs, so aboutAlgorithm9 is no; a run logs no overrides and watches nothing, so those are no."""
