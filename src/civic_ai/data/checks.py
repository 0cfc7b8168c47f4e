"""The contract's rules on a typed table: counted first, all at once; only broken rules fetch rows.

A rule is a name, a column and an Ibis expression that is true where a row breaks it, so the same rules can
be asked of a sealed table on any engine. What is left after broken rows were set aside must satisfy
independent pandera schemas of the same contract (:mod:`proof`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir

from civic_ai.data.contract_rules import parse_bound
from civic_ai.data.engine import number_of, quoted
from civic_ai.data.proof import prove
from civic_ai.data.typed import ROW, TypedTable
from civic_ai.data.types import IBIS_TYPES
from civic_ai.records.contract import ColumnContract, Contract
from civic_ai.records.snapshot import RuleCount


@dataclass(frozen=True)
class Rule:
    """A rule of the contract; ``broken`` is true for rows that break it."""

    name: str
    column: str | None
    broken: ir.BooleanValue

    def label(self) -> str:
        """How the rule is called beside a row that broke it: ``allowed:status``."""
        return self.name if self.column is None else f"{self.name}:{self.column}"


def contract_rules(table: ir.Table, contract: Contract) -> list[Rule]:
    """Every rule of ``contract`` on the rows of ``table`` (typed or sealed), in a fixed order.

    A sealed table has neither dropped columns nor the words of identifiers: their rules are left out.
    """
    rules = [_repeated_header(table, contract)]
    for name, column in contract.columns.items():
        if name in table.columns:
            rules.extend(_column_rules(table, name, column))
    return [rule for rule in rules if rule is not None]


def _repeated_header(table: ir.Table, contract: Contract) -> Rule | None:
    """The header again in the middle of the table (two files put together)."""
    cells = [
        table[name] == (column.header or name)
        for name, column in contract.columns.items()
        if column.type == "text" and name in table.columns and table[name].type().is_string()
    ]
    if len(cells) < 2:
        return None
    return Rule("repeated_header", None, ibis.and_(*cells).fill_null(False))


def _column_rules(table: ir.Table, name: str, column: ColumnContract) -> Iterator[Rule]:
    value = table[name]
    if f"#blank {name}" in table.columns:
        yield Rule("blank", name, table[f"#blank {name}"])
    elif ROW not in table.columns and column.blank in ("refused", "zero"):
        yield Rule("blank", name, value.isnull())  # sealed: nothing is blank that may not be
    if f"#broken {name}" in table.columns:
        yield Rule("type", name, table[f"#broken {name}"])
    if column.type == "text" and not value.type().is_string():
        return  # an identifier, sealed as a code
    if column.min is not None:
        yield Rule("min", name, (value < _bound(column, column.min)).fill_null(False))
    if column.max is not None:
        yield Rule("max", name, (value > _bound(column, column.max)).fill_null(False))
    if column.allowed:
        yield Rule("allowed", name, (~value.isin(column.allowed)).fill_null(False))


def _bound(column: ColumnContract, text: str) -> ir.Scalar:
    return ibis.literal(parse_bound(column.type, text), type=IBIS_TYPES[column.type])


def can_be_broken(contract: Contract) -> bool:
    """Whether any value of a row could break this contract: text that may be blank never does."""
    is_strict = any(
        column.type != "text" or column.blank == "refused" or column.allowed
        for column in contract.columns.values()
    )
    return is_strict or bool(contract.unique_keys)


def break_rules(backend: Any, typed: TypedTable, contract: Contract) -> tuple[RuleCount, ...]:
    """Fill the table ``broken_<source>`` (``#row``, rule); how many rows each rule set aside.

    One row may break several rules. Rows that share a key that must be unique all break it, since
    nothing says which of them is right; rows that broke another rule are not looked at for that.
    """
    table, broken = backend.table(typed.name), quoted(broken_name(typed))
    backend.con.execute(f"CREATE TABLE {broken} ({quoted(ROW)} BIGINT, rule VARCHAR)")
    rules = contract_rules(table, contract)
    found = _counted(table, rules)
    for rule, count in zip(rules, found, strict=True):
        if count.rows:
            _insert(backend, broken, table.filter(rule.broken), rule.label())
    found += [_break_unique(backend, typed, key) for key in contract.unique_keys]
    return tuple(count for count in found if count.rows)


def count_broken(table: ir.Table, contract: Contract) -> tuple[RuleCount, ...]:
    """How many rows of a sealed table break each rule of its contract, on whatever engine it stands: none.

    One pass for all rules of single rows, one for each key that must not repeat.
    """
    keys = [key for key in contract.unique_keys if set(key) <= set(table.columns)]
    found = [
        *_counted(table, contract_rules(table, contract)),
        *(_count_repeated(table, key) for key in keys),
    ]
    return tuple(count for count in found if count.rows)


def _counted(table: ir.Table, rules: list[Rule]) -> list[RuleCount]:
    """The rows that break each rule, all counted in one pass."""
    sums = {f"rule_{at}": rule.broken.sum() for at, rule in enumerate(rules)}
    counts = table.aggregate(**sums).to_pyarrow().to_pylist()[0] if sums else {}
    return [
        RuleCount(rule=rule.name, column=rule.column, rows=int(counts[f"rule_{at}"] or 0))
        for at, rule in enumerate(rules)
    ]


def _count_repeated(table: ir.Table, key: tuple[str, ...]) -> RuleCount:
    filled = table.select(*key).drop_null(list(key))
    shared = filled.group_by(list(key)).aggregate(n=filled.count())
    rows = shared.filter(shared.n > 1).n.sum().to_pyarrow().as_py()
    return RuleCount(rule="unique", column="+".join(key), rows=int(rows or 0))


def _break_unique(backend: Any, typed: TypedTable, key: tuple[str, ...]) -> RuleCount:
    rows = backend.table(typed.name).select(ROW, *key).drop_null(list(key))
    broken = backend.table(broken_name(typed))
    sound = rows.anti_join(broken, ROW)
    shared = sound.group_by(list(key)).aggregate(n=sound.count()).filter(ibis._.n > 1).drop("n")
    column = "+".join(key)
    repeated = sound.semi_join(shared, list(key))
    count = int(repeated.count().execute())
    if count:
        _insert(backend, quoted(broken_name(typed)), repeated, f"unique:{column}")
    return RuleCount(rule="unique", column=column, rows=count)


def _insert(backend: Any, broken: str, rows: ir.Table, label: str) -> None:
    chosen = rows.select(ROW).mutate(rule=ibis.literal(label))
    backend.con.execute(f"INSERT INTO {broken} {ibis.to_sql(chosen, dialect='duckdb')}")


def broken_name(typed: TypedTable) -> str:
    """The table that says which rows broke which rule."""
    return typed.name.replace("typed_", "broken_")


def keep_sound(backend: Any, typed: TypedTable, contract: Contract) -> str:
    """The name of a view of the rows that broke no rule, proved by pandera to keep the contract."""
    name, columns = typed.name.replace("typed_", "sound_"), ", ".join(map(quoted, contract.columns))
    backend.con.execute(
        f"""CREATE VIEW {quoted(name)} AS SELECT {columns} FROM {quoted(typed.name)}
        ANTI JOIN {quoted(broken_name(typed))} USING ({quoted(ROW)})"""
    )
    if number_of(backend, f"SELECT count(*) FROM {quoted(name)}"):  # of no row, pandera says it fails
        prove(backend, name, contract)
    return name
