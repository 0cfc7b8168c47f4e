"""What is no scored table: each mistake has its sentence and remedy, and none is a traceback."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from civic_ai.audit.table import audit_table
from civic_ai.audit.table_misfits import refuse_no_choice
from civic_ai.core.errors import ConfigError, DataError

TABLE = pd.DataFrame({"late": [0, 1] * 20, "risk": np.arange(40.0), "part": list("abcd") * 10})
ASKED: dict[str, Any] = {"label": "late", "score": "risk", "groups": ["part"], "capacity": 10}


@pytest.mark.parametrize(
    ("frame", "asked", "says"),
    [
        ({"late": [0, 1]}, {}, "no pandas table, but a dict"),
        (pa.Table.from_pandas(TABLE), {}, "no pandas table, but a Table"),
        (TABLE, {"groups": []}, "groups: names no column"),
        (TABLE, {"groups": ["part", "part"]}, "part: is given twice"),
        (TABLE, {"groups": ["late"]}, "late: is given twice"),
        (TABLE, {"score": "late"}, "late: is given twice"),
        (TABLE, {"groups": [("part", "x")]}, "is no text"),
        (TABLE, {"capacity": 10.5}, "whole number"),
    ],
)
def test_a_misfit_is_named_with_its_remedy(frame: Any, asked: dict[str, Any], says: str) -> None:
    with pytest.raises(ConfigError) as refused:
        audit_table(frame, **{**ASKED, **asked})
    assert says in str(refused.value)
    assert all(mistake.remedy is not None for mistake in refused.value.mistakes)
    assert len(str(refused.value)) < 300, "no row of the city stands in a sentence"


def test_two_columns_of_one_name_are_refused() -> None:
    with pytest.raises(DataError, match="2 columns have this name"):
        audit_table(pd.concat([TABLE, TABLE[["risk"]]], axis=1), **ASKED)


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"capacity": 40}, "every row is chosen"),
        ({"capacity": 4000}, "every row is chosen"),
        ({"capacity": None, "threshold": -1}, "every row is chosen"),
        ({"capacity": None, "threshold": 99}, "no row is chosen"),
    ],
)
def test_a_choice_of_all_or_none_passes_nobody(asked: dict[str, Any], says: str) -> None:
    with pytest.raises(DataError, match=says):
        audit_table(TABLE, **{**ASKED, **asked})


def test_a_choice_between_some_is_let_through() -> None:
    refuse_no_choice(np.array([1.0, 0.0]), "risk")
    refuse_no_choice(np.array([0.5, 0.5]), "risk")
