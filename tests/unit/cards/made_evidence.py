"""A small but complete evidence, made by hand, in variants: what a card must be able to tell.

Nothing here is computed by our own stages; every figure is written down, so that a card's words can
be held against them. ``make_evidence(blobs, City(...))`` puts all records into ``blobs``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pyarrow as pa

from civic_ai.audit.evaluation_suppression import mask_evaluation
from civic_ai.audit.suppression import mask_audit
from civic_ai.cards.facts import collect_facts
from civic_ai.models.bundle import seal_bundle
from civic_ai.policy.gates import check_gates
from civic_ai.policy.load import load_policy
from civic_ai.records.audit import (
    AttributeRecord,
    AuditReport,
    Disparity,
    GroupCount,
    GroupFigure,
    SuppressionCheck,
    Worst,
)  # fmt: skip
from civic_ai.records.evaluation import (
    Calibration,
    CalibrationBin,
    CurvePoint,
    Evaluation,
    Per100Visits,
    Score,
    Stability,
    TieRange,
)  # fmt: skip
from civic_ai.records.evidence import Code, Environment, Evidence
from civic_ai.records.explanation import (
    AcrossModels,
    Contribution,
    Example,
    Explanation,
    FamilyContribution,
    Proxy,
    ReasonAgreement,
    Trials,
)
from civic_ai.records.figure import Figure, missing
from civic_ai.records.gates import GateReport
from civic_ai.records.observer import ObserverTest
from civic_ai.records.policy import Policy
from civic_ai.records.predictions import FittedModel, Predictions
from civic_ai.records.reporting import (
    AllProblems,
    LinkageLoss,
    OtherSetting,
    RatioAtLife,
    ReportingBias,
    ReportingCondition,
    ReportingGroup,
)
from civic_ai.store.blobs import Blobs
from tests.unit.cards.made_answers import MODEL, RULE, lockbox_of, with_answers
from tests.unit.cards.made_city import (
    MODELS,
    RULES,
    City,
    contract,
    figure,
    panel_of,
    predictions_of,
    snapshot_of,
    spec_of,
    units_of,
)
from tests.unit.models.simulated import rule_scorer


@dataclass(frozen=True)
class Made:
    """An evidence with all that was put beside it."""

    blobs: Blobs
    evidence: Evidence
    gates: GateReport
    policy: Policy
    city: City


def make_evidence(blobs: Blobs, city: City) -> Made:
    """Every record of ``city`` in ``blobs``, its evidence, and the gates judged on its facts."""
    policy = load_policy()
    blobs.put_record(policy)
    spec = spec_of(city)
    snapshot = snapshot_of(blobs, spec)
    panel = panel_of(blobs, spec, snapshot, city)
    predictions = predictions_of(blobs, panel)
    evaluation = _evaluation(blobs, predictions, city)
    audit, masked = _audit(evaluation, city, policy)
    explanation = _explanation(predictions, evaluation, city)
    evidence = Evidence(
        pilot=spec.pilot,
        spec=blobs.put_record(spec),
        contracts={"requests": contract().digest},
        policy=policy.digest,
        snapshot=blobs.put_record(snapshot),
        panel=blobs.put_record(panel),
        predictions=blobs.put_record(predictions),
        evaluation=blobs.put_record(evaluation),
        evaluation_masked=blobs.put_record(mask_evaluation(evaluation, policy)),
        audit=blobs.put_record(audit),
        audit_masked=blobs.put_record(masked),
        explanation=blobs.put_record(explanation),
        bundle=evaluation.bundle,
        code=Code(version="0.1.0", source_digest="c" * 64),
        environment=Environment(python="3.11.15", machine="x86_64", libraries={"numpy": "2.4.0"}),
    )
    blobs.put_record(contract())
    gates = check_gates(policy, collect_facts(evidence, blobs), evidence.digest)
    return Made(blobs, evidence, gates, policy, city)


def _evaluation(blobs: Blobs, predictions: Predictions, city: City) -> Evaluation:
    wins = city.winner == "model"
    model, rule = MODEL[city.question], RULE[city.question]
    names = (*RULES[city.question], *MODELS[city.question])
    levels = {"recent_count": 0.29, "year_count": 0.33, "seasonal_index": 0.32, "poisson_glm": 0.335}
    precision = {name: levels.get(name, 0.3) for name in names}
    precision |= {rule: 0.33, model: 0.41 if wins else 0.34}
    scores = [
        Score(candidate=name, split=split, metric=metric, figure=figure(round(factor * value, 4), 0.02))
        for name, value in precision.items()
        for metric, factor in (("precision_at_capacity", 1.0), ("recall_at_capacity", 1.2))
        for split in ("all", "1", "2")
    ]
    champion = model if wins else rule
    lift = figure(1.24 if wins else 1.03, 0.08)
    if not city.known:
        lift = missing("one_period")
    made = Evaluation(
        predictions=predictions.digest, question=city.question, kind=KINDS.get(city.question, city.kind),
        objective="precision_at_capacity", capacity=12,
        scores=tuple(scores), best_baseline=rule, best_candidate=model, champion=champion,
        ties=(TieRange(candidate=rule, expected=0.33, worst=0.3, best=0.36),),
        bundle=seal_bundle(rule_scorer("year_count", 28), blobs), champion_is_baseline=not wins,
        chosen_by="simplest within one standard error of the best",
        lift_over_best_baseline=lift,
        lift_verdict=("pass" if wins else "insufficient_evidence") if city.known else "unknown",
        lockbox=tuple(
            Score(candidate=name, split="lockbox", metric="precision_at_capacity",
                  figure=figure(precision[name] - 0.01, 0.03))
            for name in sorted({champion, rule})
        ),
        lockbox_blob=blobs.put_table(_lockbox(city, champion)),
        lockbox_lift=figure(1.2 if wins else 1.02, 0.1) if city.known else missing("one_period"),
        lockbox_agrees="pass" if city.known else "unknown",
        capacity_curve=tuple(
            CurvePoint(candidate=name, units=units,
                       found=figure(min(1.0, round(rate * units / 64, 4)), 0.02))
            for name, rate in ((model, 2.0), (rule, 1.6), ("random", 1.0))
            for units in (6, 12, 24, 48)
        ),
        calibration=Calibration(
            slope=figure(0.97, 0.05), bias_ratio=figure(1.01, 0.04),
            bins=tuple(
                CalibrationBin(predicted=p, observed=figure(round(p * 0.98, 4), 0.02, n))
                for p, n in ((0.05, 3_000), (0.2, 1_200), (0.4, 400), (0.6, 90))
            ),
            verdict="pass",
        ) if city.known else Calibration(
            slope=missing("no_positives"), bias_ratio=missing("no_positives"), verdict="unknown"
        ),
        per_100_visits=tuple(
            Per100Visits(candidate=name, found=figure(100 * found, 2.0),
                         missed_share=figure(1 - 1.2 * found, 0.03),
                         more_than_best_baseline=figure(100 * (found - 0.33), 1.5))
            for name, found in ((model, precision[model]), (rule, 0.33))
        ) if city.known else (),
        stability=Stability(worst_split="1", worst_ratio=0.93, splits_ahead_of_best_baseline=2, splits=2,
                            verdict="pass" if city.known else "unknown"),
        unmatured_rows=0,
    )  # fmt: skip
    return with_answers(made, city, blobs)


KINDS = {"cases": "event", "demand": "count", "durations": "duration"}


def _lockbox(city: City, champion: str) -> pa.Table:
    if city.question != "ranking":
        return lockbox_of(city, champion, RULE[city.question])
    rows = [
        {"unit": unit["unit"], "as_of": date(2018, 6, 4), "split": "lockbox", "candidate": candidate,
         "score": ((7 * i) % 64) / 64, "lower": None, "upper": None, "label": float(i % 3 == 0)}
        for candidate in sorted({champion, "year_count"})
        for i, unit in enumerate(units_of(city))
        if unit["unit"] != "r00c00"
    ]  # fmt: skip
    return pa.Table.from_pylist(rows)


GROUPS = ("q1", "q2", "q3", "q4")
GROUP_METRICS = {
    "ranking": (("recall", 0.5), ("selection_rate", 0.19)),
    "cases": (("recall", 0.5), ("selection_rate", 0.19)),
    "demand": (("bias_ratio", 1.02), ("worst_shortfall", 0.1)),
    "durations": (("restricted_mean_days", 21.0), ("bias_ratio", 1.02)),
}
_RATIOS = {"equal": (0.97, 1.02, 1.01), "unequal": (0.62, 0.9, 0.98), "small": (0.97, 1.02, 1.01)}


def _audit(evaluation: Evaluation, city: City, policy: Policy) -> tuple[AuditReport, AuditReport]:
    full = AuditReport(
        evaluation=evaluation.digest, candidate=evaluation.champion, intervention="assistive",
        attributes=(AttributeRecord(name="income_quartile", groups=GROUPS, reference_group="q4",
                                    weighted_by="population"),),
        groups=tuple(
            GroupFigure(attribute="income_quartile", group=group, metric=metric,
                        figure=figure(value, 0.04, 10 * _events(city, group)), events=_events(city, group))
            for group in GROUPS
            for metric, value in GROUP_METRICS[city.question]
        ) + (tuple(_covered(group) for group in GROUPS) if city.known else ()),
        disparities=tuple(_disparity(city, group, i) for i, group in enumerate(GROUPS[:3])),
        leading=(GROUP_METRICS[city.question][0][0],),
        coverage_verdict="pass" if city.known else "unknown",
        worst_covered=_covered("q2") if city.known else None,
        counts=tuple(
            GroupCount(attribute="income_quartile", group=group, rows=1_600.0,
                       positives=float(_events(city, group)), events=float(_events(city, group)),
                       **_visited(city, group))
            for group in GROUPS
        ),
        worst=Worst(attribute="income_quartile", group="q1", metric=GROUP_METRICS[city.question][0][0],
                    ratio=_disparity(city, "q1", 0).ratio) if city.known
        else Worst(attribute=None, group=None, metric=None, ratio=missing("too_few")),
        worst_verdict={"equal": "pass", "unequal": "fail", "small": "insufficient_evidence"}[city.groups]
        if city.known else "unknown",
        reporting=_reporting(city),
        observer=_observer(city),
        suppression=SuppressionCheck(minimum=11, small_cells=1 if city.groups == "small" else 0,
                                     visible_small_cells=0 if city.known else None),
    )  # fmt: skip
    return full, mask_audit(full, policy)


def _visited(city: City, group: str) -> dict[str, float | None]:
    """Visits and what they found; None where nothing is visited."""
    half = _events(city, group) / 2
    made = {"selected": 420.0, "hits": half, "found": half}
    return made if city.question in ("ranking", "cases") else dict.fromkeys(made)


def _covered(group: str) -> GroupFigure:
    """Coverage in the lockbox: a bit lower in each later group, so that the second is no accident."""
    return GroupFigure(attribute="income_quartile", group=group, metric="interval_coverage",
                       figure=figure(0.9 if group == "q2" else 0.92, 0.01, 800), events=800)  # fmt: skip


def _events(city: City, group: str) -> int:
    if city.groups == "small" and group == "q1":
        return city.smallest
    return 300 + 100 * GROUPS.index(group)


def _disparity(city: City, group: str, position: int) -> Disparity:
    ratio, half = _RATIOS[city.groups][position], 0.07
    verdict = {"unequal": "fail" if position == 0 else "pass", "equal": "pass", "small": "pass"}[city.groups]
    if city.groups == "small" and position == 0:
        half, verdict = 0.4, "insufficient_evidence"
    return Disparity(
        attribute="income_quartile", group=group, reference_group="q4",
        metric=GROUP_METRICS[city.question][0][0],
        ratio=figure(ratio, half) if city.known else missing("too_few"),
        verdict=verdict if city.known else "unknown",
        needed=803 if verdict == "insufficient_evidence" else None,
    )  # fmt: skip


def _reporting(city: City) -> ReportingBias:
    if not city.known:
        return ReportingBias(method="none", verdict="unknown", why_unknown="not_asked")
    return ReportingBias(
        method="duplicates", verdict="pass", incidents=4_000, duplicates=800, dispersion=1.4,
        of_groups="pass",
        conditions=(
            ReportingCondition(name="duplicates_linked_equally_well", state="holds", how="share_linkable",
                               seen=figure(1.01, 0.02), group="q1"),
            ReportingCondition(name="incident_alive_while_watched", state="not_checked", how="nobody_looked"),
        ),
        groups=tuple(
            ReportingGroup(attribute="income_quartile", group=group, reference_group="q4",
                           ratio=figure(1.02, 0.1), duplicates=200, incidents=1_000, verdict="pass")
            for group in GROUPS[:3]
        ),
        settings=(OtherSetting(setting="watch_30", attribute="income_quartile", group="q1",
                               ratio=figure(1.03, 0.1), verdict="pass"),),
        losses=(LinkageLoss(percent=10, attribute="income_quartile", group="q1", ratio=figure(1.14, 0.1)),),
        losses_everywhere=(LinkageLoss(percent=10, attribute="income_quartile", group="q1",
                                       ratio=figure(1.03, 0.1)),),
        all_problems=AllProblems(spread=0.2, lives=(
            RatioAtLife(life_days=120, attribute="income_quartile", group="q1", ratio=figure(1.04, 0.1)),)),
    )  # fmt: skip


def model_record(smallest_cell: int | None = 40) -> FittedModel:
    """What a sealed model says of itself."""
    return FittedModel(
        candidate="lightgbm", label_kind="event", link="logit", horizon_days=28, seed=1, features=("x",),
        settings={}, libraries={}, smallest_cell=smallest_cell,
    )  # fmt: skip


def _observer(city: City) -> ObserverTest:
    """A model of places, or an observer that nobody declared."""
    if not city.known:
        return ObserverTest(verdict="unknown", why_unknown="not_declared")
    return ObserverTest(
        verdict="pass", column="inspector", candidate="lightgbm", observers=6, cases=2_000, events=300,
        lists=20, knows_observer=False, area_of_model=figure(0.73, 0.02), area_of_observer=figure(0.56, 0.02),
        area_without_observer=figure(0.73, 0.02), area_within_observers=figure(0.71, 0.02),
        share=figure(0.26, 0.09), limit=0.9,
    )  # fmt: skip


def _trials(city: City) -> Trials:
    """Reasons that hold, but for one."""
    example, nothing = (
        "list" if city.question in ("ranking", "cases") else "highest",
        missing("nothing_trained"),
    )
    if city.winner == "rule":
        return Trials(models=0, verdict="pass", rank=None, first=None, first_two=None, deleted=nothing,
                      deleted_agrees=nothing, shuffled=nothing)  # fmt: skip
    return Trials(
        models=7, verdict="pass" if city.known else "unknown",
        rank=AcrossModels(mean=0.9, lowest=0.8, highest=1.0),
        first=AcrossModels(mean=0.94, lowest=0.88, highest=0.99),
        first_two=AcrossModels(mean=0.9, lowest=0.8, highest=0.95),
        deleted=figure(2.7, 0.2) if city.known else nothing, deleted_agrees=Figure(value=0.98, n=500),
        shuffled=Figure(value=0.12, n=500),
        reasons=tuple(
            ReasonAgreement(example=example, reason=reason, agreement=agreement, is_stable=agreement >= 0.8)
            for reason, agreement in (("history_raises", 1.0), ("area_raises", 3 / 7))
        ),
        proxies=(Proxy(attribute="income_quartile", explained=figure(0.31, 0.08)),),
    )  # fmt: skip


def _explanation(predictions: Predictions, evaluation: Evaluation, city: City) -> Explanation:
    shares = {"history": 0.55, "neighbours": 0.2, "season": 0.15, "area": 0.1}
    return Explanation(
        candidate=evaluation.champion, predictions=predictions.digest, method="tree_shap",
        rows_explained=1_500, rows_added_up=3_000, base=-1.3, additivity_error=4e-15 if city.known else None,
        contributions=(
            Contribution(feature="count_28", family="history", mean_absolute=figure(0.4, 0.05), share=0.55,
                         direction="raises"),
        ),
        families=tuple(
            FamilyContribution(family=family, share=figure(share, 0.05),
                               direction="mixed" if family == "season" else "raises",
                               is_stable=family != "area")
            for family, share in shares.items()
        ),
        examples=(Example(name="list" if city.question in ("ranking", "cases") else "highest", cases=150,
                          score=0.6, families=shares, reasons=("history_raises", "area_raises")),),
        trials=_trials(city),
        caveats=("correlated_features",),
    )  # fmt: skip
