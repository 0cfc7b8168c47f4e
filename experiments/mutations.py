"""The small changes (mutants) that tests have to notice, and where in a module they fit."""

from __future__ import annotations

import ast
import random
from collections import defaultdict
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import TypeVar

COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
NAMES = {"min": "max", "minimum": "maximum", "any": "all", "ceil": "floor", "idxmin": "idxmax"}
NAMES |= {other: name for name, other in NAMES.items()}
DROPPED = {
    "abs",
    "clip",
    "cumsum",
    "dropna",
    "fillna",
    "round",
    "sort_index",
    "sort_values",
    "sorted",
    "unique",
}
LEFT_ALONE = (ast.Raise, ast.Import, ast.ImportFrom)
Node = TypeVar("Node", bound=ast.AST)


@dataclass(frozen=True)
class Mutant:
    """One change: where it is, what stood there, what stands there now; ``node`` counts in ``ast.walk``."""

    module: str
    line: int
    kind: str
    was: str
    becomes: str
    node: int

    @property
    def key(self) -> tuple[str, ...]:
        """What tells it from others in a table of results."""
        return (self.module, str(self.line), self.kind, self.was, self.becomes)


def sample(module: str, source: str, number: int, seed: int) -> list[Mutant]:
    """``number`` mutants of a module, drawn by seed and module: every kind once, then every kind again."""
    drawn = random.Random(f"{seed} {module}")
    kinds: dict[str, list[Mutant]] = defaultdict(list)
    for mutant in mutants(module, source):
        kinds[mutant.kind].append(mutant)
    turns = [
        (turn, drawn.random(), m) for of in kinds.values() for turn, m in enumerate(_shuffled(of, drawn))
    ]
    return [mutant for _, _, mutant in sorted(turns, key=lambda entry: entry[:2])[:number]]


def mutants(module: str, source: str) -> list[Mutant]:
    """Every mutant of the module's source."""
    tree = ast.parse(source)
    numbers = {id(node): number for number, node in enumerate(ast.walk(tree))}
    found = [
        Mutant(module, node.lineno, kind, ast.unparse(node), ast.unparse(new), numbers[id(node)])
        for node in _open(tree)
        for kind, new in changes(node)
    ]
    return list({mutant.key: mutant for mutant in found}.values())


def mutated(source: str, mutant: Mutant) -> str:
    """The module's source with that one change."""
    tree = ast.parse(source)
    old = list(ast.walk(tree))[mutant.node]
    new = next(new for _, new in changes(old) if ast.unparse(new) == mutant.becomes)
    return ast.unparse(_Replace(old, new).visit(tree))


def changes(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """Each kind of change that fits this one node, with the node that takes its place."""
    match node:
        case ast.Compare(ops=[sign]):
            yield from (("comparison", _with(node, ops=[other()])) for other in COMPARISONS[type(sign)])
        case ast.BinOp(op=sign) if type(sign) in OPERATORS:
            yield "arithmetic", _with(node, op=OPERATORS[type(sign)]())
        case ast.BoolOp(op=sign):
            yield "and/or", _with(node, op=ast.Or() if isinstance(sign, ast.And) else ast.And())
        case ast.UnaryOp(op=ast.Not() | ast.USub() | ast.Invert()):
            yield "dropped sign or not", node.operand
        case ast.Constant(value=value) if isinstance(value, bool | int | float):
            yield from (("constant", ast.Constant(other)) for other in _near(value))
        case ast.Subscript(slice=ast.Slice() as part):
            yield from (("slice", _with(node, slice=ends)) for ends in _moved(part))
        case ast.IfExp():
            yield "swapped branches", _with(node, body=node.orelse, orelse=node.body)
        case ast.Call():
            yield from _calls(node)


def _calls(node: ast.Call) -> Iterator[tuple[str, ast.AST]]:
    """Other ends of a quantile, the other of min and max, the call left out, one named argument left out."""
    name = _name(node.func)
    if name == "quantile" and node.args:
        yield "quantile end", _with(node, args=[*node.args[:-1], _other_end(node.args[-1])])
    if name in NAMES:
        yield "min/max", _with(node, func=_named(node.func, NAMES[name]))
    if name in DROPPED:
        yield "dropped call", _subject(node)
    for left_out in node.keywords:
        yield "dropped argument", _with(node, keywords=[k for k in node.keywords if k is not left_out])


def _open(node: ast.AST) -> Iterator[ast.expr]:
    """The expressions that may be changed: none in annotations, decorators, imports or error sentences."""
    if isinstance(node, LEFT_ALONE):
        return
    if isinstance(node, ast.expr):
        yield node
    for field, value in ast.iter_fields(node):
        if field not in {"annotation", "returns", "decorator_list"}:
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    yield from _open(child)


def _near(value: float) -> tuple[float, ...]:
    if isinstance(value, bool):
        return (not value,)
    if isinstance(value, int):
        return (value + 1, value - 1)
    return (value * 1.2, value * 0.8) if value else (0.1, -0.1)


def _moved(part: ast.Slice) -> Iterator[ast.Slice]:
    for end in ("lower", "upper"):
        at = getattr(part, end)
        if at is not None:
            yield _with(part, **{end: ast.BinOp(at, ast.Add(), ast.Constant(1))})


def _other_end(level: ast.expr) -> ast.expr:
    if isinstance(level, ast.List | ast.Tuple):
        return _with(level, elts=level.elts[::-1])
    return ast.BinOp(ast.Constant(1), ast.Sub(), level)


def _subject(call: ast.Call) -> ast.expr:
    """What the call works on: its first argument, or the object whose method it is."""
    plain = isinstance(call.func, ast.Name) or _name(getattr(call.func, "value", call)) == "np"
    return call.args[0] if plain or not isinstance(call.func, ast.Attribute) else call.func.value


def _name(function: ast.AST) -> str:
    match function:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _named(function: ast.expr, name: str) -> ast.expr:
    return _with(function, **{"id" if isinstance(function, ast.Name) else "attr": name})


def _with(node: Node, **fields: object) -> Node:
    new = deepcopy(node)
    for name, value in fields.items():
        setattr(new, name, value)
    return new


def _shuffled(these: list[Mutant], drawn: random.Random) -> list[Mutant]:
    return drawn.sample(these, len(these))


class _Replace(ast.NodeTransformer):
    """Puts one node in another's place."""

    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self.old, self.new = old, new

    def visit(self, node: ast.AST) -> ast.AST:
        return self.new if node is self.old else self.generic_visit(node)
