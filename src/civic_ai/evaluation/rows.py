"""The matured rows of one candidate with the area, type and observer of their units, for sums over groups."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from civic_ai.evaluation.lists import Floats, Integers, Lists

NAMES = ("area", "type", "observer")
"""What the units' table says of a unit, as text; blank where it is not known."""


def read_rows(table: pa.Table, candidate: str, units: pa.Table, lists: Lists) -> pd.DataFrame:
    """The table's columns for the rows with a label, with :data:`NAMES` as categories, ``unit``, the position
    in ``units``, and ``date``, the position of the row's list among ``lists``."""
    mine = pc.and_(pc.equal(table["candidate"], candidate), pc.is_valid(table["label"]))
    rows = table.filter(mine)
    frame = rows.drop_columns(["unit", "split", "candidate"]).to_pandas(date_as_object=False)
    at = pc.index_in(_text(rows["unit"]), _text(units["unit"]))
    frame["unit"] = pc.fill_null(at, -1).to_numpy()
    for name in NAMES:
        frame[name] = _text(units[name]).dictionary_encode().take(at).to_pandas()
    frame["date"] = _position(rows, lists)
    return frame


def sum_by_date(frame: pd.DataFrame, values: Floats, lists: Lists) -> Floats:
    """(dates,): the sum of one value a row on each date."""
    return np.bincount(frame["date"], values, minlength=len(lists.sizes)).astype(np.float64)


def _text(column: pa.ChunkedArray) -> pa.StringArray:
    return column.cast(pa.string()).combine_chunks()


def _position(rows: pa.Table, lists: Lists) -> Integers:
    """For each row the position of its split and as-of date among the lists."""
    split = pc.index_in(rows["split"].cast(pa.string()), pa.array(lists.setting.splits)).to_numpy()
    day = rows["as_of"].to_numpy().astype("datetime64[D]")
    known = pd.MultiIndex.from_arrays([lists.split, lists.as_of.astype("datetime64[s]")])
    return np.asarray(known.get_indexer(pd.MultiIndex.from_arrays([split, day.astype("datetime64[s]")])))
