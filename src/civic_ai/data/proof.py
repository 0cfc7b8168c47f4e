"""The contract as pandera schemas: a second opinion, by other code, on exactly the rows that are kept.

Rows are proved in memory, so many at once that memory is bounded; keys on the engine, over all rows.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
import pandera.ibis
import pandera.pandas
import pyarrow as pa

from civic_ai.data.contract_rules import parse_bound
from civic_ai.records.contract import ColumnContract, ColumnType, Contract

ROWS_AT_ONCE = 500_000
ARROW_TYPES: dict[ColumnType, pa.DataType] = {
    "text": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
    "flag": pa.bool_(),
}


def prove(backend: Any, name: str, contract: Contract) -> None:
    """Raise pandera's ``SchemaErrors`` unless every row of the table ``name`` keeps the contract."""
    schema = _row_schema(contract)
    for batch in backend.con.table(name).to_arrow_reader(ROWS_AT_ONCE):
        schema.validate(_typed_frame(batch), lazy=True)
    if keys := _sure_keys(contract):
        pandera.ibis.DataFrameSchema(unique=keys).validate(backend.table(name), lazy=True)


def _typed_frame(batch: pa.RecordBatch) -> pd.DataFrame:
    """Arrow's own types, so that a blank is a blank in whole numbers too."""
    made: pd.DataFrame = pa.Table.from_batches([batch]).to_pandas(types_mapper=pd.ArrowDtype)
    return made


def _row_schema(contract: Contract) -> pandera.pandas.DataFrameSchema:
    """Types, blanks, bounds and words."""
    columns = {
        name: pandera.pandas.Column(
            pd.ArrowDtype(ARROW_TYPES[column.type]),
            _checks(column),
            nullable=column.blank not in ("refused", "zero"),
        )
        for name, column in contract.columns.items()
    }
    return pandera.pandas.DataFrameSchema(columns, strict=True)


def _checks(column: ColumnContract) -> list[pandera.pandas.Check]:
    checks = []
    if column.min is not None:
        checks.append(pandera.pandas.Check.ge(parse_bound(column.type, column.min), n_failure_cases=5))
    if column.max is not None:
        checks.append(pandera.pandas.Check.le(parse_bound(column.type, column.max), n_failure_cases=5))
    if column.allowed:
        checks.append(pandera.pandas.Check.isin(list(column.allowed), n_failure_cases=5))
    return checks


def _sure_keys(contract: Contract) -> list[list[str]]:
    """Keys that are never blank: of two blanks pandera says that they repeat."""
    keys = [list(key) for key in contract.unique_keys]
    return [key for key in keys if all(contract.columns[name].blank == "refused" for name in key)]
