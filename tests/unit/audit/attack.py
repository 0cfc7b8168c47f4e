"""An attacker who reads a published audit as JSON and knows the totals; linear programming does the rest."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog

from civic_ai.records.audit import AuditReport

ATOMS = ("true_positive", "false_positive", "false_negative", "true_negative")
CELLS = {
    "rows": (1, 1, 1, 1),
    "events": (1, 0, 1, 0),
    "selected": (1, 1, 0, 0),
    "hits": (1, 0, 0, 0),
    "missed": (0, 0, 1, 0),
    "quiet": (0, 1, 0, 1),
    "without_cause": (0, 1, 0, 0),
    "unvisited": (0, 0, 1, 1),
}
"""Counts of binary outcomes as sums of the four kinds of row."""
SHOWN = {"rows": "rows", "events": "events", "selected": "selected", "hits": "hits"}


@dataclass(frozen=True)
class Guess:
    """What the attacker knows of one count: it lies between ``low`` and ``high``."""

    attribute: str
    group: str
    cell: str
    truth: float
    low: float
    high: float


def atoms_of(count: dict[str, float]) -> np.ndarray:
    """The four kinds of row in a group whose counts are known."""
    hits, selected, events, rows = (count[name] for name in ("hits", "selected", "events", "rows"))
    return np.array([hits, selected - hits, events - hits, rows - selected - events + hits])


def guess_small_counts(report: AuditReport, published: AuditReport, minimum: int) -> Iterator[Guess]:
    """For every small count of ``report`` the range that ``published`` leaves open.

    The attacker knows the total of each kind of row in the city and takes every count that is shown for
    exact (stronger than what rounding shows).
    """
    secret, shown = (json.loads(item.to_json())["counts"] for item in (report, published))
    for attribute in sorted({count["attribute"] for count in secret}):
        true = [count for count in secret if count["attribute"] == attribute]
        seen = [count for count in shown if count["attribute"] == attribute]
        yield from _guess(attribute, true, seen, minimum)


def _guess(attribute: str, true: list, seen: list, minimum: int) -> Iterator[Guess]:
    atoms = np.array([atoms_of(count) for count in true])
    groups = len(true)
    equal, values = [np.tile(np.eye(4)[k], groups) for k in range(4)], list(atoms.sum(axis=0))
    for g, count in enumerate(seen):
        for name in SHOWN.values():
            if count[name] is not None:
                equal.append(_row(groups, g, CELLS[name]))
                values.append(true[g][name])
    for g, count in enumerate(true):
        for cell, of in CELLS.items():
            number = float(np.dot(of, atoms[g]))
            if 1e-6 < number < minimum - 1e-6:
                bounds = [_extreme(sign * _row(groups, g, of), equal, values) for sign in (1, -1)]
                yield Guess(attribute, count["group"], cell, number, bounds[0], -bounds[1])


def _row(groups: int, group: int, of: tuple[int, ...]) -> np.ndarray:
    row = np.zeros((groups, 4))
    row[group] = of
    return row.ravel()


def _extreme(objective: np.ndarray, equal: list, values: list) -> float:
    solved = linprog(objective, A_eq=np.array(equal), b_eq=np.array(values), bounds=(0, None))
    assert solved.status == 0, solved.message
    return float(solved.fun)
