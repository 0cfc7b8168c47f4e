"""Which small changes to metrics, splits and capacity do their tests notice?

PYTHONPATH=src:. nice .venv/bin/python experiments/022-mutants-of-the-metrics/run.py --mutants 12   resumable
PYTHONPATH=src:. nice .venv/bin/python experiments/022-mutants-of-the-metrics/run.py --again       survivors
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONHASHSEED": "0"}
HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from mutants import Campaign, main  # noqa: E402

MODULES = (
    "panel.split",
    "evaluation.metrics",
    "evaluation.metrics_of_order",
    "evaluation.metrics_of_rates",
    "evaluation.metrics_of_time",
    "evaluation.metrics_of_intervals",
    "evaluation.duration_metrics",
    "evaluation.lists",
    "evaluation.capacity",
    "evaluation.what_if",
    "evaluation.staffing",
    "evaluation.slots",
    "evaluation.time_to_find",
)
LAWS = {"evaluation": ("tests/laws/test_metric_laws.py",)}
IMPORTED_ONCE = (
    "pyarrow.parquet",
    "sklearn.metrics",
    "scipy.stats",
    "civic_ai.pilot.spec",
    "civic_ai.records.evaluation",
)


def tests(module: str) -> tuple[str, ...]:
    """A module's own tests, then the laws of all metrics."""
    stage, name = module.split(".")
    return (f"tests/unit/{stage}/test_{name}.py", *LAWS.get(stage, ()))


METRICS = Campaign(HERE / "results.csv", "civic_ai", MODULES, tests, seed=22, imported_once=IMPORTED_ONCE)

if __name__ == "__main__":
    main(METRICS, __doc__)
