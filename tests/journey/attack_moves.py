"""The attacker with two versions of the same public records: every number in both of them, and in everything
that adds up to a total. He reads the JSON of the records as it is published and knows nothing of our types.

Of each count that moved by few he asks how far the two versions narrow the move down: a count that is told is
known to half its rounding, a share of n in whole percent to half a percent of n, and a count that is not told
is what the others of its kind leave of the total, which he is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Guess = tuple[str, float, float, float]
Node = Mapping[str, Any]

PLAIN = frozenset({
    "rows", "positives", "events", "selected", "hits", "found", "incidents", "duplicates", "places", "cases",
    "largest", "training_events", "training_rows", "test_rows",
})  # fmt: skip
"""Names under which a plain number counts people or requests."""
SHARES = frozenset({"recall_at_capacity", "precision_at_capacity", "first_half"})
OF_PEOPLE = frozenset({"observed", "covered", "before", "after", "first_half", "first_half_today", "figure"})
"""Names of figures that are a count over another."""
ADD_UP = frozenset({"group", "other_group", "split", "position"})
"""What tells the parts of a whole apart."""
DRAWN = ("audit.groups[", "audit.need.", "audit.worst")
"""Rates that were drawn towards the mean of all groups: only n counts (:mod:`attacker` looks at them)."""


def attack_moves(
    full: tuple[Node, Node], public: tuple[Node, Node], minimum: int, blur: tuple[float, float]
) -> Iterator[Guess]:
    """Every count that moved by few between the versions, the move, and from where to where it could lie.

    ``full``: what only the judge knows, ``public``: what was published; each before and now. ``blur``: half
    of what counts and shares are rounded to.
    """
    truth = [dict(counts_in(version, "", blur, exact=True)) for version in full]
    told = [dict(counts_in(version, "", blur, exact=False)) for version in public]
    for name in truth[0].keys() & truth[1].keys():
        (before, _), (now, _) = truth[0][name], truth[1][name]
        if 0.01 < abs(now - before) < minimum - 0.01:
            ends = [_range(name, one, seen) for one, seen in zip(truth, told, strict=True)]
            yield name, now - before, ends[1][0] - ends[0][1], ends[1][1] - ends[0][0]


def counts_in(
    node: Any, name: str, blur: tuple[float, float], *, exact: bool
) -> Iterator[tuple[str, tuple[float, float]]]:
    """Name, value and how far it may be off, of every count below a node."""
    if isinstance(node, list):
        for i, part in enumerate(node):
            yield from counts_in(part, f"{name}[{_called(part, i)}]", blur, exact=exact)
    elif isinstance(node, dict) and "why_missing" in node:
        yield from _figure(node, name, (0.0, 0.0) if exact else blur)
    elif isinstance(node, dict):
        for key, part in node.items():
            if key in PLAIN and isinstance(part, int | float) and not isinstance(part, bool):
                yield f"{name}.{key}", (float(part), 0.0 if exact else blur[0])
            yield from counts_in(part, f"{name}.{key}", blur, exact=exact)


def _figure(node: Node, name: str, blur: tuple[float, float]) -> Iterator[tuple[str, tuple[float, float]]]:
    n, value = float(node["n"]), node["value"]
    if n:
        yield f"{name}.n", (n, blur[0])
    if n and value is not None and 0 <= value <= 1 and _is_share(name):
        for cell, share in (("cases", value), ("others", 1 - value)):
            yield f"{name}.{cell}", (share * n, blur[1] * (n + blur[0]) + blur[0] * share)


def _is_share(name: str) -> bool:
    if ".scores[" in name or ".lockbox[" in name:
        return any(f"metric={metric}]" in name for metric in SHARES)
    return name.rpartition(".")[2] in OF_PEOPLE and not name.lstrip(".").startswith(DRAWN)


def _called(part: Any, position: int) -> str:
    """By its words, as far as it has any; its position otherwise."""
    names = ("way", "against", "attribute", "group", "other_attribute", "other_group", "setting", "stratum",
             "on", "where", "candidate", "split", "measured_on", "units", "days", "metric")  # fmt: skip
    given = part if isinstance(part, dict) else {}
    words = [f"{name}={given[name]}" for name in names if isinstance(given.get(name), str | int)]
    return "/".join(words) or f"position={position}"


def _range(
    name: str, truth: Mapping[str, tuple[float, float]], told: Mapping[str, tuple[float, float]]
) -> tuple[float, float]:
    """From where to where a count lies for who reads one version: as it is told, or as the others of its
    kind leave it of their total."""
    if name in told:
        value, off = told[name]
        return value - off, value + off
    low, high = 0.0, float("inf")
    for line in (line for line in _lines(name, truth) if len(line) > 1):
        hidden = [other for other in line if other not in told]
        total = sum(truth[other][0] for other in hidden)
        off = sum(told[other][1] for other in line if other in told)
        low = max(low, total - off if len(hidden) == 1 else 0.0)
        high = min(high, total + off)
    return low, high


def _lines(name: str, truth: Mapping[str, Any]) -> Iterator[list[str]]:
    """The parts of each whole that a count is part of: all that differ from it in one word that adds up."""
    head, bracket, tail = name.rpartition("]")
    kind, _, called = head.rpartition("[")
    words = called.split("/")
    for i, word in enumerate(words):
        if bracket and word.partition("=")[0] in ADD_UP:
            start = f"{kind}[{''.join(f'{one}/' for one in words[:i])}{word.partition('=')[0]}="
            end = f"{''.join(f'/{one}' for one in words[i + 1 :])}]{tail}"
            yield [
                other
                for other in truth
                if other.startswith(start)
                and other.endswith(end)
                and "/" not in other[len(start) : -len(end)]
            ]
