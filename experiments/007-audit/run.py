"""Group metrics of a list: sums by place as the audit keeps them, beside fairlearn's MetricFrame."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import fairlearn.metrics as fair
import numpy as np
import pandas as pd
from measure import alternately, ratio, write_results
from sklearn.metrics import precision_score

from civic_ai.audit.cells import CELLS, Scored, list_cells, visit_chance
from civic_ai.audit.metrics import METRICS
from civic_ai.audit.rates import rates, sum_groups
from civic_ai.panel.groups import Grouping

UNITS, CAPACITY = 2_000, 300
GROUPS = {"income": 4, "age": 3, "language": 2, "district": 28, "origin": 6, "origin x income": 24}
FAIRLEARN: dict[str, Callable[..., float]] = {
    "recall": fair.true_positive_rate,
    "selection_rate": fair.selection_rate,
    "precision": precision_score,
    "false_positive_rate": fair.false_positive_rate,
    "false_discovery_rate": lambda true, listed: 1 - precision_score(true, listed),
}


@dataclass(frozen=True)
class Table:
    """Rows of one candidate, and the groups of its places."""

    rows: Scored
    groupings: tuple[Grouping, ...]


def main() -> None:
    """100,000 and a million rows."""
    found = []
    for rows, rounds in ((100_000, 3), (1_000_000, 1)):
        table = _table(rows)
        chance = _list_of(table)
        assert set(np.unique(chance)) == {0.0, 1.0}  # no ties, so that a list is a list
        sides: dict[str, Callable[[], Any]] = {
            "ours": lambda table=table, chance=chance: _ours(table, chance),
            "ours, 1000 replicates": lambda table=table, chance=chance: _replicated(table, chance),
            "ours, 1000 replicates, with the list": lambda table=table: _replicated(table, _list_of(table)),
            "fairlearn": lambda table=table, chance=chance: _fairlearn(table, chance),
        }
        times = alternately(sides, rounds)
        for side in sides:
            for name, values in times["fairlearn"].result.items():
                assert np.allclose(times[side].result[name], values, rtol=1e-12, atol=1e-12), (side, name)
        for side, spent in times.items():
            found.append(
                {
                    "rows": rows,
                    "side": side,
                    **spent.row(),
                    "fairlearn_over_it": ratio(times["fairlearn"], spent),
                }
            )
    write_results(__file__, found)


def _table(rows: int) -> Table:
    rng = np.random.default_rng(1)
    level = rng.gamma(0.5, 1.0, UNITS)
    unit = np.tile(np.arange(UNITS), rows // UNITS)
    label = rng.poisson(0.3 * level[unit]).clip(0, 1).astype(float)
    score = level[unit] * rng.lognormal(0, 0.5, rows)
    groupings = []
    for name, groups in GROUPS.items():
        member = np.concatenate([np.arange(groups), rng.integers(0, groups, UNITS - groups)])
        names = tuple(f"g{group:02d}" for group in range(groups))
        groupings.append(Grouping(name, names, names[0], np.eye(groups)[member], np.ones(UNITS)))
    return Table(Scored(unit, np.repeat(np.arange(rows // UNITS), UNITS), score, label), tuple(groupings))


def _list_of(table: Table) -> Any:
    return visit_chance(table.rows.day, table.rows.score, CAPACITY)


def _ours(table: Table, chance: Any) -> dict[str, Any]:
    """The sums of each place, and each metric as a ratio of sums by group."""
    cells = list_cells(table.rows, chance, UNITS)
    made = {}
    for grouping in table.groupings:
        sums = grouping.shares.T @ cells
        for name in FAIRLEARN:
            metric = METRICS[name]
            over, under = (_signed(sums, part) for part in (metric.over, metric.under))
            made[f"{grouping.attribute} {name}"] = over / under
    return made


def _signed(sums: Any, part: dict[str, int]) -> Any:
    return sum(sign * sums[:, CELLS.index(cell)] for cell, sign in part.items())


def _replicated(table: Table, chance: Any) -> dict[str, Any]:
    """As the audit does it: with a thousand resampled cities behind every figure."""
    made = {}
    for sums in sum_groups(list_cells(table.rows, chance, UNITS), table.groupings, seed=1):
        for name in FAIRLEARN:
            measured = rates(sums, METRICS[name])
            assert measured.logs.shape[0] == 1000
            made[f"{sums.grouping.attribute} {name}"] = measured.value
    return made


def _fairlearn(table: Table, chance: Any) -> dict[str, Any]:
    """One MetricFrame an attribute, given the list."""
    made = {}
    for grouping in table.groupings:
        names = np.array(grouping.groups)[grouping.shares.argmax(axis=1)][table.rows.unit]
        frame = fair.MetricFrame(
            metrics=FAIRLEARN,
            y_true=table.rows.label.astype(int),
            y_pred=chance.astype(int),
            sensitive_features=pd.Series(names, name=grouping.attribute),
        )
        for name in FAIRLEARN:
            made[f"{grouping.attribute} {name}"] = frame.by_group[name].to_numpy()
    return made


if __name__ == "__main__":
    main()
