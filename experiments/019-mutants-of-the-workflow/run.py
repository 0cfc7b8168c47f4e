"""Which small changes to workflow, ledger and deployment do their tests notice?

PYTHONPATH=src:. nice .venv/bin/python experiments/019-mutants-of-the-workflow/run.py --mutants 14   resumable
PYTHONPATH=src:. nice .venv/bin/python experiments/019-mutants-of-the-workflow/run.py review.quorum --again
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONHASHSEED": "0"}
HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from mutants import Campaign, main  # noqa: E402

DECIDE = ("quorum", "permissions", "level", "grant_rules", "rules", "needs", "changes", "steps", "workflow")
LEDGER = (
    "envelope",
    "signatures",
    "merkle",
    "note",
    "checkpoint",
    "witness",
    "receipt",
    "keys",
    "admission",
    "ledger_lines",
    "ledger",
    "ledger_export",
    "ledger_verification",
    "log_keys",
    "key_names",
    "ledger_judged",
)
CASE = ("history", "office")
DEPLOYMENT = ("approval", "loader", "cohort", "changed_order", "release", "score")
USED_BY = {"approval": ("score",), "loader": ("score",), "cohort": ("score", "changed_order")}
"""Whose tests, beside a module's own, would notice it."""
MODULES = (
    "records.decision",
    *(f"review.{name}" for name in (*DECIDE, *LEDGER, *CASE, "binding")),
    *(f"deployment.{name}" for name in DEPLOYMENT),
)
WALKS = (
    "notice_and_comments",
    "a_condition_that_only_reports",
    "a_pilot_with_a_condition",
    "the_end",
    "a_condition_of_a_model_in_use",
    "levels_and_second_persons",
    "open_gates_and_waivers",
    "from_intake_to_the_board",
    "renewal",
    "from_the_pilot_to_use",
    "refusal_and_appeal",
    "a_meeting",
)
"""Every walk against the specification, short ones first; the 200 honest histories are left out for time."""


def tests(module: str) -> list[str]:
    """A module's own tests, those of its neighbours, and the walks where it decides."""
    package, name = module.split(".")
    of = {"deployment": ("deployment", USED_BY.get(name, ()))}.get(package, ("review", _neighbours(name)))
    first = [f"tests/unit/{package}/test_{name}.py"]
    rest = [f"tests/unit/{of[0]}/test_{other}.py" for other in of[1]]
    walks = [f"tests/unit/review/test_workflow.py::test_{walk}" for walk in WALKS]
    more = {"binding": ["tests/unit/deployment/test_approval.py"], "workflow": []}.get(name, [])
    files = [one for one in dict.fromkeys([*first, *more, *rest]) if "test_workflow" not in one]
    return [*files, *(walks if package == "records" or name in DECIDE else [])]


def _neighbours(name: str) -> tuple[str, ...]:
    if name in LEDGER:
        return LEDGER
    if name in (*CASE, "binding"):
        return (*CASE, "policies", "publication")
    return (*DECIDE, "verdicts", "queue")


WORKFLOW = Campaign(
    HERE / "results.csv",
    "civic_ai",
    MODULES,
    tests,
    seed=21,
    imported_once=(
        "hypothesis.stateful",
        "cryptography.hazmat.primitives.asymmetric.ed25519",
        "sqlalchemy.dialects.sqlite",
        "pyarrow.parquet",
        "pandas",
        "lightgbm",
        "sklearn.ensemble",
        "civic_ai.core.messages",
        "civic_ai.records.text",
        "civic_ai.panel.build",
        "civic_ai.policy.load",
    ),
    slowest=400,
    kept=("sealed",),
)

if __name__ == "__main__":
    main(WORKFLOW, __doc__)
