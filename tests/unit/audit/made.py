"""Small cities, sums and reports for the tests of the audit."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np

from civic_ai.audit.audited import audit_sums, check_suppression, unchecked
from civic_ai.audit.cells import CELLS
from civic_ai.audit.disparity import group_counts
from civic_ai.audit.metrics import asked_of
from civic_ai.audit.rates import sum_groups
from civic_ai.panel.groups import Grouping
from civic_ai.pilot.spec import PilotSpec
from civic_ai.records.audit import AuditReport
from civic_ai.records.figure import Figure, Period
from civic_ai.records.policy import Limits, Policy, Suppression
from civic_ai.records.reporting import ReportingBias, ReportingGroup

PERIOD = Period(first=date(2024, 1, 1), last=date(2024, 6, 30))
POLICY = Policy(policy="test", version="1", gates=())

QUARTERS = {"from": "areas", "column": "income", "quantiles": 4, "reference_group": "q4"}
LANGUAGE = {
    "from": "areas",
    "shares": {"majority": "pop_major", "minority": "pop_minor"},
    "of": "population",
    "reference_group": "majority",
}
DUPLICATES = {
    "method": "duplicates",
    "from": "requests",
    "incident": "incident_id",
    "ended_at": "closed_at",
    "attribute": "quarter",
}


def policy(**changes: Any) -> Policy:
    """The starter policy with ``minimum``, ``round_counts_to`` or ``group_events`` changed."""
    shown = {key: changes.pop(key) for key in ("minimum", "round_counts_to") if key in changes}
    return POLICY.model_copy(update={"suppression": Suppression(**shown), "limits": Limits(**changes)})


def pilot(**changes: Any) -> PilotSpec:
    """A small pilot; ``changes`` replace whole parts."""
    parts: dict[str, Any] = {
        "pilot": "test-potholes",
        "title": "Where next?",
        "decision": "Crews look there first",
        "never_for": ["fines"],
        "intervention": "assistive",
        "owner": "Roads",
        "contact": "roads@example.org",
        "locale": "en-US",
        "time_zone": "UTC",
        "unit": {"name": "cell", "from": "requests", "area": "area_id"},
        "sources": {
            "requests": {"path": "requests.csv", "contract": "c.yaml", "known_at": "created_at"},
            "areas": {"path": "areas.csv", "contract": "a.yaml", "key": "area_id"},
        },
        "label": {"from": "requests", "horizon_days": 28, "kind": "event"},
        "as_of": {"first": "2021-01-04", "last": "2024-12-02", "every_days": 14},
        "features": [{"calendar": ["season"]}],
        "models": {"candidates": ["logistic_glm"]},
        "validation": {"splits": 2, "test_days": 182, "lockbox_days": 182},
        "capacity": {"units_per_period": 10, "who": "a crew"},
        "objective": "recall_at_capacity",
        "audit": {"attributes": {"quarter": QUARTERS, "language": LANGUAGE}, "reporting": DUPLICATES},
        "review": {"languages": ["en"]},
        "seed": 11,
    }
    return PilotSpec.model_validate(parts | changes)


def one_hot(codes: np.ndarray, groups: int, attribute: str = "part") -> Grouping:
    """Each place in one group; the first group is the reference."""
    return Grouping(
        attribute=attribute,
        groups=tuple(f"g{i}" for i in range(groups)),
        reference_group="g0",
        shares=np.eye(groups)[codes],
        residents=np.ones(len(codes)),
    )


def cells_of(**columns: Any) -> np.ndarray:
    """(units, cells) from named columns; the others are 0."""
    units = max(np.size(values) for values in columns.values())
    made = np.zeros((units, len(CELLS)))
    for name, values in columns.items():
        made[:, CELLS.index(name)] = values
    return made


def random_cells(rng: np.random.Generator, units: int, events: float, recall: float = 0.4) -> np.ndarray:
    """Binary outcomes of each unit over some dates, visited at random; all counts fit together."""
    rows = rng.integers(5, 30, units)
    happened = np.minimum(rng.poisson(events, units), rows)
    hits = rng.binomial(happened, recall)
    idle = rng.binomial(rows - happened, 0.2)
    return cells_of(
        rows=rows,
        positives=happened,
        events=happened,
        selected=hits + idle,
        hits=hits,
        found=hits,
        predicted=happened * 0.9 + 0.1,
        absolute_error=rng.uniform(0, 1, units) * rows,
        deviance=rng.gamma(2, 0.5, units) * rows,
        shortfall=rng.binomial(happened, 0.2),
        told=rows,
        covered=rng.binomial(rows, 0.9),
        exposure=rng.uniform(0.1, 0.3, units) * rows,
    )


def random_report(seed: int, chosen: Policy = POLICY) -> AuditReport:
    """A full audit report on a small random city, with groups of very different size."""
    rng = np.random.default_rng(seed)
    units = int(rng.integers(6, 60))
    cells = random_cells(rng, units, float(rng.choice([0.3, 2.0, 8.0])))
    groupings = [
        one_hot(rng.choice(size, units, p=rng.dirichlet(np.full(size, 0.6))), size, name)
        for name, size in (("part", int(rng.integers(2, 6))), ("kind", int(rng.integers(2, 4))))
    ]
    sums = sum_groups(cells, groupings, seed=seed)
    asked = asked_of("ranking", "mixed")
    audited = audit_sums(sums, asked.metrics, asked.leading, PERIOD, chosen)
    report = AuditReport(
        evaluation="e" * 64,
        candidate="lightgbm",
        intervention="mixed",
        attributes=tuple(grouping.record() for grouping in groupings),
        counts=tuple(count for part in sums for count in group_counts(part)),
        groups=audited.groups,
        leading=asked.leading,
        disparities=audited.disparities,
        worst=audited.worst,
        worst_verdict=audited.worst_verdict,
        reporting=random_reporting(rng),
        suppression=unchecked(chosen),
    )
    return check_suppression(report, chosen)


def random_reporting(rng: np.random.Generator) -> ReportingBias:
    """Reporting of three groups; some with few incidents."""
    incidents = rng.integers(0, 60, 3)
    duplicates = rng.binomial(incidents, 0.3)
    groups = tuple(
        ReportingGroup(
            attribute="part",
            group=f"g{i}",
            reference_group="g0",
            ratio=Figure(value=0.8, lower=0.6, upper=1.1, n=int(incidents[i])),
            incidents=int(incidents[i]),
            duplicates=int(duplicates[i]),
            verdict="insufficient_evidence",
            needed=200,
        )
        for i in (1, 2)
    )
    return ReportingBias(
        method="duplicates",
        verdict="insufficient_evidence",
        groups=groups,
        incidents=int(incidents.sum()),
        duplicates=int(duplicates.sum()),
    )
