"""Each heavy library only in its home; nothing that unpickles anywhere."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.architecture.source import PACKAGE, imported, modules, package_of

HOMES = {
    "mlflow": {"tracking"},
    "lightgbm": {"models", "explanation", "tracking"},
    "sklearn": {"models", "evaluation", "explanation", "sweeps", "tracking"},
    "skops": {"models", "tracking"},
    "fairlearn": {"models", "audit"},
    "statsmodels": {"audit"},
    "shap": {"explanation"},
    "ibis": {"data", "panel", "audit"},
    "duckdb": {"data", "panel"},
    "pandera": {"data"},
    "shapely": {"panel", "cards"},
    "altair": {"cards"},
    "h3": {"panel"},
    "sqlalchemy": {"review"},
    "cryptography": {"review"},
    "webauthn": {"review"},
    "django": {"web"},
    "axes": {"web"},
    "whitenoise": {"web"},
    "optuna": {"sweeps"},
    "distributed": {"models"},
    "pyspark": {"data"},
    "vl_convert": {"cards"},
    "weasyprint": {"cards"},
    "typer": {"cli"},
    "rich": {"cli"},
}
BOARD_SIDE = {"core", "records", "cards", "policy", "review", "web"}
NOT_FOR_THE_BOARD_SIDE = {"pandas", "numpy", "scipy", "sklearn", "lightgbm", "shap", "mlflow", "fairlearn"}
UNSAFE = {"pickle", "cloudpickle", "joblib.numpy_pickle", "dill", "marshal", "shelve"}


@pytest.mark.parametrize("library", sorted(HOMES))
def test_a_heavy_library_stays_at_home(library: str) -> None:
    guests = {package_of(path) for path in modules() if library in set(imported(path))}
    assert guests <= HOMES[library]


def test_the_board_side_imports_no_modelling_library() -> None:
    guests = {
        f"{path.relative_to(PACKAGE)}: {name}"
        for path in modules()
        if package_of(path) in BOARD_SIDE
        for name in set(imported(path)) & NOT_FOR_THE_BOARD_SIDE
    }
    assert guests == set()


def test_nothing_unpickles() -> None:
    guests = {str(path) for path in modules() if set(imported(path)) & UNSAFE}
    assert guests == set()


@pytest.mark.parametrize(
    "statement",
    [
        "import civic_ai",
        "import civic_ai.cli.app",
        "import civic_ai.runner",
        "import civic_ai.policy.gates, civic_ai.cards.facts, civic_ai.cards.dossier",
    ],
)
def test_what_must_start_fast_loads_nothing_heavy(statement: str) -> None:
    heavy = {*HOMES, "pandas", "numpy", "pyarrow"} - {"typer", "rich"}
    code = f"import sys; {statement}; print(*sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert heavy & set(loaded.stdout.split()) == set()
