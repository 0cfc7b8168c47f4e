"""Typical cases without identity: means over many units, never one."""

from __future__ import annotations

import numpy as np
import pandas as pd

from civic_ai.explanation.contributions import Contributions, Positions
from civic_ai.explanation.reasons import give_reasons
from civic_ai.records.explanation import Example

MOST_ROWS = 1000
"""Rows that one example is made from, at most."""
_MIDDLE, _TENTH = 0.05, 0.1


def like_cases(frame: pd.DataFrame, capacity: int | None) -> dict[str, Positions]:
    """Positions of like rows of ``frame`` (as_of, judged).

    Where so many are visited: those that would be (``list``), as many again that come next (``next``), and
    of the rest those in the ``middle`` of their date's ranking. Where nothing is visited: the ``highest``
    tenth of each date, the ``middle`` and the ``lowest`` tenth.
    """
    by_date = frame.groupby("as_of")["judged"]
    rank = by_date.rank(ascending=False, method="first").to_numpy()
    place = rank / by_date.transform("size").to_numpy()
    is_middle = np.abs(place - 0.5) <= _MIDDLE
    if capacity is None:
        return {
            "highest": np.flatnonzero(place <= _TENTH),
            "middle": np.flatnonzero(is_middle),
            "lowest": np.flatnonzero(place > 1 - _TENTH),
        }
    is_middle &= rank > 2 * capacity
    return {
        "list": np.flatnonzero(rank <= capacity),
        "next": np.flatnonzero((rank > capacity) & (rank <= 2 * capacity)),
        "middle": np.flatnonzero(is_middle),
    }


def make_example(name: str, frame: pd.DataFrame, moved: Contributions, minimum: int) -> Example | None:
    """The mean of like cases (``frame`` and ``moved`` row by row); None with fewer than ``minimum`` units.

    ``families`` are signed shares of the mean movement; ``cases`` counts different units.
    """
    units = int(frame["unit"].nunique())
    if units < minimum:
        return None
    means = {family: float(part.mean()) for family, part in moved.by_family.items()}
    total = sum(abs(mean) for mean in means.values())
    shares = {family: mean / total if total > 0 else 0.0 for family, mean in means.items()}
    return Example(
        name=name,
        cases=units,
        score=float(frame["judged"].mean()),
        families=shares,
        reasons=give_reasons(shares),
    )
