"""civic-ai: a city tries a predictive model on a service, a board decides on evidence.

Four calls cover most work in a notebook::

    import civic_ai
    run = civic_ai.run("pilots/example-potholes")   # the whole way to a sealed dossier
    run.scores                                       # a DataFrame
    civic_ai.verify(run.dossier)                     # what was altered, if anything
    civic_ai.audit(scored, label="late", score="risk", groups=["district"], capacity=100)   # any scored table

Importing this package loads nothing heavy: each name is fetched when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import Any

_EXPORTS = {
    "audit_table": "civic_ai.audit.table",
    "load_pilot": "civic_ai.pilot.load",
    "run": "civic_ai.runner",
    "sweep": "civic_ai.sweeps.sweep",
    "verify": "civic_ai.cards.verification",
}
__all__ = ["__version__", "audit", "audit_table", "load_pilot", "run", "sweep", "verify"]

try:
    __version__ = version("civic-ai")
except PackageNotFoundError:  # a source tree that was never installed
    __version__ = "0+unknown"


def __getattr__(name: str) -> Any:
    """Fetch a public name from its home on first use (PEP 562)."""
    if name == "audit":  # the stage's package can be called
        return import_module("civic_ai.audit")
    if name not in _EXPORTS:
        raise AttributeError(f"module 'civic_ai' has no attribute {name!r}")
    return getattr(import_module(_EXPORTS[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
