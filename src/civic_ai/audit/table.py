"""``civic_ai.audit``: any scored table, in three lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np

from civic_ai.audit.audited import audit_sums
from civic_ai.audit.disparity import group_counts
from civic_ai.audit.independent import Kinds, sum_independent
from civic_ai.audit.metrics import asked_of
from civic_ai.audit.rates import GroupSums, sum_groups
from civic_ai.audit.table_misfits import refuse_misfits, refuse_no_choice
from civic_ai.audit.table_report import TableAudit
from civic_ai.audit.table_rows import Choice, Integers, TableRows, codes_of, read_rows
from civic_ai.core.errors import ConfigError, DataError
from civic_ai.core.messages import say
from civic_ai.panel.groups import Grouping
from civic_ai.records.policy import Policy

if TYPE_CHECKING:
    import pandas as pd

Intervention = Literal["assistive", "punitive", "mixed"]
DEFAULTS = Policy(policy="civic-ai defaults", version="1", gates=())
"""The tolerances of a table that comes without a policy: those of the starter policy."""
_SEED = 20240101


def audit_table(
    frame: pd.DataFrame,
    *,
    label: str,
    score: str,
    groups: str | Sequence[str],
    capacity: int | None = None,
    threshold: float | None = None,
    by: str | None = None,
    unit: str | None = None,
    intervention: Intervention = "mixed",
    reference: Mapping[str, str] | None = None,
    policy: Policy | None = None,
) -> TableAudit:
    """Figures with intervals and verdicts of every group of a scored table, one row a case.

    ``label``: column with what happened, 0 or more; rows without one are left out and counted, but keep their
    place on the list: nobody knew, when it was made, whose outcome would be known. ``score``: a decision of 0
    and 1, or a score together with ``capacity`` (how many can be visited; with ``by``, of each list that this
    column names) or ``threshold`` (visited from this score on). ``groups``: columns of protected attributes
    (or the one column); a blank is the group ``unknown``. ``unit``: column that names what belongs together
    (a place on several dates); without it every row stands for itself. ``intervention``: what being chosen
    does to people; it decides which metrics lead. ``reference``: the group that others are compared with, by
    column; the largest unless it is named. ``policy``: tolerances; those of the starter policy unless given.

    Raises :class:`ConfigError` for columns or settings that do not fit, :class:`DataError` where there is
    nothing to measure. The figures are not masked: they are not for publication.
    """
    columns = [groups] if isinstance(groups, str) else list(groups)
    refuse_misfits(frame, (label, score), columns)
    _refuse_columns(frame, [label, score, *columns, *(name for name in (by, unit) if name is not None)])
    has_label = frame[label].notna().to_numpy(dtype=bool)
    known = frame[has_label]
    _refuse_values(frame, known, label, score)
    chance = Choice(capacity, threshold, by).chance(frame, score)[has_label]
    refuse_no_choice(chance, score)
    rows = read_rows(known, label=label, groups=columns, chance=chance)
    groupings = [rows.grouping(column, (reference or {}).get(column)) for column in columns]
    sums = _sums(rows, groupings, None if unit is None else codes_of(known, unit))
    return _report(sums, intervention, policy or DEFAULTS, (len(known), len(frame) - len(known)))


def _report(
    sums: Sequence[GroupSums], intervention: Intervention, policy: Policy, rows: tuple[int, int]
) -> TableAudit:
    """Every metric of a list's decisions; whether scores are numbers of cases is not asked."""
    asked = asked_of("ranking", intervention)
    metrics = [name for name in asked.metrics if name != "bias_ratio"]
    audited = audit_sums(sums, metrics, asked.leading, None, policy)
    return TableAudit(
        groups=audited.groups,
        disparities=audited.disparities,
        counts=tuple(count for part in sums for count in group_counts(part)),
        leading=asked.leading,
        verdict=audited.worst_verdict,
        rows=rows[0],
        left_out=rows[1],
        policy=policy,
    )


def _sums(rows: TableRows, groupings: Sequence[Grouping], together: Integers | None) -> Sequence[GroupSums]:
    """Sums by group: rows that stand for themselves, or rows of one unit kept together."""
    if together is None:
        return sum_independent(Kinds(rows.cells, rows.rows), groupings, seed=_SEED)
    pairs, pair = np.unique(together * len(rows.cells) + rows.kind, return_inverse=True)
    unit, kind = np.divmod(pairs, len(rows.cells))
    cells = rows.cells[kind] * np.bincount(pair)[:, None]
    return sum_groups(cells, [_over(grouping, kind) for grouping in groupings], seed=_SEED, clusters=unit)


def _over(grouping: Grouping, kind: Integers) -> Grouping:
    """The groups of kinds over pairs of unit and kind."""
    return Grouping(
        attribute=grouping.attribute,
        groups=grouping.groups,
        reference_group=grouping.reference_group,
        shares=grouping.shares[kind],
        residents=np.ones(len(kind)),
    )


def _refuse_columns(frame: pd.DataFrame, names: Sequence[str]) -> None:
    for name in names:
        if name not in frame.columns:
            raise ConfigError.because(
                say("there is no such column"),
                about=name,
                remedy=say("Columns of the table: {names}.", names=", ".join(map(str, frame.columns))),
            )
        count = list(frame.columns).count(name)
        if count > 1:
            raise DataError.because(
                say("{count} columns have this name", count=count),
                about=name,
                remedy=say("Keep one of them, or rename the others."),
            )


def _refuse_values(frame: pd.DataFrame, known: pd.DataFrame, label: str, score: str) -> None:
    """Known outcomes must be numbers of at least 0, all scores finite numbers, and something must have
    happened."""
    if known.empty:
        raise DataError.because(
            say("no row has an outcome yet"), about=label, remedy=say("Wait until outcomes are known.")
        )
    for name, rows in ((label, known), (score, frame)):
        if rows[name].dtype.kind not in "buif":
            raise DataError.because(
                say("is not a column of numbers"),
                about=name,
                remedy=say("Give 0 and 1 (or a count) for what happened, and a number for the score."),
            )
        values = rows[name].to_numpy(dtype=np.float64)
        lowest = 0.0 if name == label else -np.inf
        bad = np.flatnonzero(~np.isfinite(values) | (values < lowest))
        if len(bad):
            raise DataError.because(
                say(
                    "{count} rows hold no usable number, the first at {row}",
                    count=len(bad),
                    row=str(rows.index[bad[0]]),
                ),
                about=name,
                remedy=say("Leave such rows out, or leave the outcome blank where it is not known."),
            )
    if not (known[label] > 0).any():
        raise DataError.because(
            say("nothing happened in any row, so nothing can be missed"),
            about=label,
            remedy=say("Check the column: 1 (or a count) means that it happened."),
        )
