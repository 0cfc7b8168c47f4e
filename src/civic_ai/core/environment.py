"""Python and the libraries that figures depend on: part of the evidence, never a host name."""

from __future__ import annotations

import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version

LIBRARIES = (
    "duckdb", "ibis-framework", "lightgbm", "numpy", "pandas", "pandera", "pyarrow", "scikit-learn",
    "scipy", "shap", "shapely", "skops", "statsmodels", "altair", "vl-convert-python",
)  # fmt: skip
EXTRAS = ("h3",)
"""Libraries that change figures where they are installed, and need not be."""


def python_version() -> str:
    """The version of Python, such as 3.11.7."""
    return platform.python_version()


def machine() -> str:
    """The kind of machine, such as Linux x86_64: figures can differ in the last bits between kinds."""
    return f"{platform.system()} {platform.machine()}"


@cache
def library_versions() -> dict[str, str]:
    """The installed version of :data:`LIBRARIES` and :data:`EXTRAS`; ``absent`` where there is none."""
    return {name: _version(name) for name in (*LIBRARIES, *EXTRAS)}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "absent"
