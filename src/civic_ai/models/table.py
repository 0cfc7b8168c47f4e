"""The long table of predictions: one row a candidate, split, as-of date, step and unit, in that order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from civic_ai.core.errors import DataError
from civic_ai.core.messages import say
from civic_ai.models.rows import PanelRows
from civic_ai.models.scorer import Columns, Floats, Scorer
from civic_ai.panel.split import Split

CARRIED: Mapping[str, pa.DataType] = {
    "scale": pa.float64(),
    "due_in_days": pa.float64(),
    "ended": pa.bool_(),
}
"""Columns of the panel that stand in the table too, where the panel has them."""
BOUNDS = ("lower", "upper")
NAMED = ("unit", "as_of", "step", "split", "candidate", "score", "label")


@dataclass(frozen=True)
class Scored:
    """The scores of one candidate on one split's test rows, and what else it says of them."""

    candidate: str
    split: Split
    scores: Floats
    columns: Columns = field(default_factory=dict)


def score(scorer: Scorer, split: Split, rows: PanelRows) -> Scored:
    """The scorer on the split's test rows.

    Raises :class:`DataError` when there is none.
    """
    positions = rows.of(split)
    if not len(positions):
        raise DataError.because(
            say(
                "split {split} has no row to score on its {dates} dates",
                split=split.name,
                dates=len(split.test_dates),
            ),
            about="cohort",
            remedy=say("Widen the cohort, or move the validation periods to dates with units."),
        )
    frame = rows.frame.iloc[positions]
    return Scored(scorer.candidate, split, scorer.score(frame), scorer.columns(frame))


def long_table(scored: Iterable[Scored], rows: PanelRows) -> pa.Table:
    """``score``, ``lower``, ``upper`` and ``label`` beside what names a row; blank where not known.

    Columns that only some candidates say (``open_after_<d>``) are blank for the others.
    """
    in_order = sorted(scored, key=lambda each: (each.candidate, each.split.name))
    positions = np.concatenate([rows.of(each.split) for each in in_order])
    lengths = [len(each.scores) for each in in_order]
    names = sorted({*BOUNDS, *(name for each in in_order for name in each.columns)}, key=_natural)
    said = {name: _said(name, in_order) for name in names}
    units = pa.array(rows.frame["unit"], pa.string()).dictionary_encode()
    return pa.table(
        {
            "unit": units.take(pa.array(positions)),
            "as_of": pa.array(rows.as_of[positions], pa.date32()),
            "step": pa.array(rows.frame["step"].to_numpy()[positions], pa.int16()),
            "split": np.repeat([each.split.name for each in in_order], lengths),
            "candidate": np.repeat([each.candidate for each in in_order], lengths),
            "score": np.concatenate([each.scores for each in in_order]),
            **{name: said.pop(name) for name in BOUNDS},
            "label": _blank_if_nan(rows.label[positions]),
            **{
                name: pa.array(rows.frame[name].to_numpy()[positions], kind, from_pandas=True)
                for name, kind in CARRIED.items()
                if name in rows.frame.columns
            },
            **said,
        }
    )


def read_scored(table: pa.Table, names: Sequence[str], splits: Sequence[Split]) -> list[Scored]:
    """The scores of the named candidates on these splits, as they stand in a long table, and what else they
    say of the rows (but for the bounds)."""
    return [_read(table, name, split) for name in names for split in splits]


def _read(table: pa.Table, name: str, split: Split) -> Scored:
    own = table.filter(pc.and_(pc.equal(table["candidate"], name), pc.equal(table["split"], split.name)))
    said = [column for column in own.column_names if column not in (*NAMED, *BOUNDS, *CARRIED)]
    columns = {column: own[column].to_numpy() for column in said if own[column].null_count < own.num_rows}
    return Scored(name, split, own["score"].to_numpy(), columns)


def _natural(name: str) -> tuple[str, int]:
    """open_after_7 before open_after_14."""
    stem, _, number = name.rpartition("_")
    return (stem, int(number)) if number.isdigit() else (name, 0)


def _said(name: str, scored: Iterable[Scored]) -> pa.Array:
    blank = [each.columns.get(name, np.full(len(each.scores), np.nan)) for each in scored]
    return _blank_if_nan(np.concatenate(blank))


def _blank_if_nan(values: Floats) -> pa.Array:
    return pa.array(values, mask=np.isnan(values))
