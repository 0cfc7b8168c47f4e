"""The condition in ``where``: a small, closed language over columns, parsed to a tree.

``request_type == 'pothole' and not status in ['Cancelled']``, ``closed_at is None``,
``sla_days >= 3``. Comparisons, ``in``, ``is None``, ``and``, ``or``, ``not``; nothing else, so
nothing can be executed. ``panel`` turns the tree into an expression for the engine.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Literal

from civic_ai.core.messages import Message, say

Constant = str | int | float | bool
_OPERATORS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
    ast.In: "in", ast.NotIn: "not in", ast.Is: "is", ast.IsNot: "is not",
}  # fmt: skip


@dataclass(frozen=True)
class Comparison:
    """``column operator value``; for ``in`` the value is a tuple, for ``is`` it is None."""

    column: str
    operator: str
    value: Constant | tuple[Constant, ...] | None


@dataclass(frozen=True)
class Combination:
    """``and`` or ``or`` over parts, or ``not`` over one part."""

    operator: Literal["and", "or", "not"]
    parts: tuple[Condition, ...]


Condition = Comparison | Combination


class WhereError(ValueError):
    """The condition is not in the language; ``says`` is the sentence for the reader."""

    def __init__(self, says: Message) -> None:
        super().__init__(str(says))
        self.says = says


def parse_where(text: str) -> Condition:
    """The tree of a condition. Raises :class:`WhereError`."""
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise WhereError(say("is not a condition: {text}", text=text)) from error
    return _condition(tree.body)


def columns_of(condition: Condition) -> frozenset[str]:
    """Every column that a condition looks at."""
    if isinstance(condition, Comparison):
        return frozenset({condition.column})
    return frozenset().union(*(columns_of(part) for part in condition.parts))


def _condition(node: ast.expr) -> Condition:
    if isinstance(node, ast.BoolOp):
        operator: Literal["and", "or"] = "and" if isinstance(node.op, ast.And) else "or"
        return Combination(operator, tuple(_condition(part) for part in node.values))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return Combination("not", (_condition(node.operand),))
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and isinstance(node.left, ast.Name):
        return _comparison(node.left.id, _OPERATORS[type(node.ops[0])], node.comparators[0])
    raise WhereError(say("{part} is not a comparison of a column with a value", part=ast.unparse(node)))


def _comparison(column: str, operator: str, node: ast.expr) -> Comparison:
    value = _value(node)
    if (operator in ("in", "not in")) != isinstance(value, tuple):
        raise WhereError(say("'in' takes a list of values, other comparisons take one value"))
    if (operator in ("is", "is not")) != (value is None):
        raise WhereError(say("compare with None by 'is None' or 'is not None'"))
    return Comparison(column, operator, value)


def _value(node: ast.expr) -> Constant | tuple[Constant, ...] | None:
    if isinstance(node, ast.List | ast.Tuple):
        values = [_value(item) for item in node.elts]
        plain = tuple(value for value in values if isinstance(value, str | int | float))
        if len(plain) == len(values) > 0:
            return plain
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = _value(node.operand)
        if isinstance(inner, int | float):
            return -inner
    if isinstance(node, ast.Constant) and (node.value is None or isinstance(node.value, str | int | float)):
        return node.value
    raise WhereError(say("{part} is not a plain value", part=ast.unparse(node)))
