"""Which small changes to the audit do its own tests notice?

PYTHONPATH=src:. nice .venv/bin/python experiments/017-mutants-of-the-audit/run.py need rates   resumable
PYTHONPATH=src:. nice .venv/bin/python experiments/017-mutants-of-the-audit/run.py --again      survivors only
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONHASHSEED": "0"}
HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from mutants import Campaign, main  # noqa: E402

AUDITS = HERE.parents[1] / "src" / "civic_ai" / "audit"
MODULES = sorted(file.stem for file in AUDITS.glob("[!_]*.py"))
MORE_TESTS = {"table": ("tests/unit/audit/test_table_rows.py",)}
IMPORTED_ONCE = (
    "pyarrow.parquet",
    "sklearn.ensemble",
    "sklearn.isotonic",
    "statsmodels.api",
    "ibis",
    "fairlearn.metrics",
    "shapely",
    "civic_ai.panel.groups",
    "civic_ai.pilot.spec",
    "civic_ai.records.audit",
    "civic_ai.records.policy",
)


def tests(module: str) -> tuple[str, ...]:
    """A module's own tests."""
    return (f"tests/unit/audit/test_{module}.py", *MORE_TESTS.get(module, ()))


AUDIT = Campaign(
    HERE / "results.csv",
    "civic_ai.audit",
    MODULES,
    tests,
    seed=20,
    imported_once=IMPORTED_ONCE,
    slowest=120,
)

if __name__ == "__main__":
    main(AUDIT, __doc__)
