"""Several types of request at once: a unit is then a place and a type, named ``<place>/<type>``.

A type is a name of the pilot and every value of the column that means it; rows of other values belong to no
unit. Neighbours of a unit are the neighbouring places with the same type.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import ibis
import numpy as np
from scipy import sparse

from civic_ai.panel.unit_list import Crossing, Units
from civic_ai.panel.where import column_of
from civic_ai.pilot.spec import Types


def cross_with_types(places: Units, types: Types) -> Units:
    """Every place with every type, sorted by the unit's name."""
    names = tuple(types.values)
    place, kind = (axis.ravel() for axis in np.indices((len(places), len(names))))
    frame = places.frame.iloc[place].reset_index(drop=True)
    frame["type"] = np.array(names, dtype=object)[kind]
    frame["unit"] = frame["unit"] + "/" + frame["type"]
    order = np.argsort(frame["unit"].to_numpy(dtype=object), kind="stable")
    at = np.empty(len(order), dtype=np.int64)
    at[order] = np.arange(len(order))
    crossing = Crossing(places, types, place[order], kind[order], at.reshape(len(places), len(names)))
    return replace(
        places,
        frame=frame.iloc[order].reset_index(drop=True),
        neighbours=_same_type(places.neighbours, crossing),
        crossing=crossing,
    )


def of_types(rows: Any, types: Types | None) -> Any:
    """The rows (ibis) that have one of the types; all of them where there are no types."""
    return rows if types is None else rows.filter(type_number(rows, types).notnull())


def type_number(rows: Any, types: Types) -> Any:
    """The position of each row's type among the names of ``types`` (ibis), null for other values."""
    column = column_of(rows, types.column, about="unit.types.column")
    branches = [(value, number) for number, values in enumerate(types.values.values()) for value in values]
    return column.cases(*branches, else_=ibis.null("int16"))


def _same_type(neighbours: Any, crossing: Crossing) -> Any:
    if neighbours is None:
        return None
    pairs = neighbours.tocoo()
    one, other = (crossing.at[side].ravel() for side in (pairs.row, pairs.col))
    size = crossing.at.size
    return sparse.csr_array((np.ones(len(one), dtype=np.int32), (one, other)), shape=(size, size))
