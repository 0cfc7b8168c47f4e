"""The journey of a pilot: its stages in the order in which the data travels.

This list, the import contract in ``pyproject.toml`` and the folders of ``tests/unit`` are one; a
test compares them. The table in the README is generated from it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Stage:
    """One stage: its package, the question it answers, the record it leaves, its CLI verbs. ``runs``: a run
    goes through it by itself; people take the others."""

    package: str
    question: str
    record: str | None
    verbs: tuple[str, ...] = ()
    runs: bool = True


JOURNEY: tuple[Stage, ...] = (
    Stage("pilot", "What does the city promise?", "PilotSpec", ("new", "check", "describe")),
    Stage("data", "What did it hand over?", "DataSnapshot"),
    Stage("panel", "What was known when?", "PanelManifest"),
    Stage("models", "What would each have predicted?", "Predictions", ("sweep",)),
    Stage("evaluation", "How good, at our capacity?", "Evaluation"),
    Stage("audit", "For whom? Who does not report?", "AuditReport", ("audit",)),
    Stage("explanation", "Why does it say so?", "Explanation"),
    Stage("cards", "How do we tell people?", "Dossier", ("compare", "verify", "pdf", "reproduce", "export")),
    Stage("policy", "Does it meet what is required?", "GateReport"),
    Stage(
        "review",
        "Who decided, and why?",
        "Decision",
        (
            "answer",
            "level",
            "case",
            "submit",
            "review",
            "decide",
            "sign",
            "keys",
            "witness",
            "ledger",
            "publish",
        ),
        runs=False,
    ),
    Stage("deployment", "What runs, where, until when?", "Deployment", ("release", "score"), runs=False),
    Stage("tracking", "What do scientists see of it? MLflow, and only here", None, ("sync",)),
)

WHOLE_JOURNEY_VERBS = ("run",)
OTHER_VERBS = ("desk", "doctor")


def stage(package: str) -> Stage:
    """The stage of ``package``. Raises ``KeyError`` for a package that is no stage."""
    for entry in JOURNEY:
        if entry.package == package:
            return entry
    raise KeyError(package)
