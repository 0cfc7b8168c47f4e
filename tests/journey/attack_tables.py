"""The attacker at the other tables of an audit: visits of each way to choose, pairs of groups, reports.

He is told every total: of a way's visits over the groups of an attribute, of both groups of a pair, of a
city's incidents. What is shown he takes as a range, as wide as it is rounded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from civic_ai.records.audit import AuditReport
from civic_ai.records.intersections import Intersection
from civic_ai.records.reporting import LinkageLoss, RatioAtLife, ReportingBias
from tests.journey.attacker import Facts, Form, System

Guess = tuple[str, float, float, float]
Attack = Callable[[AuditReport, Facts, float], Iterator[Guess]]
MINIMUM = 11


def attack_visits(truth: AuditReport, facts: Facts, step: float) -> Iterator[Guess]:
    """Visits that found something or nothing, cases found and missed, by group and way."""
    assert truth.frontier is not None
    events = {(count.attribute, count.group): count.events or 0.0 for count in truth.counts}
    for way, attribute in dict.fromkeys((part.way, part.attribute) for part in truth.frontier.visits):
        atoms: dict[str, dict[str, float]] = {}
        known: list[tuple[Form, str]] = []
        for part in truth.frontier.visits:
            if (part.way, part.attribute) != (way, attribute):
                continue
            group, hits = part.group, part.hits or 0.0
            idle, found = (part.selected or 0.0) - hits, part.found or 0.0
            missed = events[attribute, group] - found
            atoms[group] = {"hits": hits, "idle": idle, "more": found - hits, "missed": missed}
            at = f"audit.frontier.visits.{way}.{attribute}.{group}"
            known += [
                (_sum(group, "hits", "idle"), f"{at}.selected"),
                (_sum(group, "hits"), f"{at}.hits"),
                (_sum(group, "hits", "more"), f"{at}.found"),
                (_sum(group, "hits", "more", "missed"), f"audit.counts.{attribute}.{group}.events"),
            ]
        system = _system([list(atoms)], atoms, [(form, facts.get(name)) for form, name in known], step)
        asked = (("hits", "idle"), ("hits",), ("idle",), ("hits", "more"), ("missed",))
        yield from _guesses(f"{way} {attribute}", system, atoms, asked)


def attack_pairs(truth: AuditReport, facts: Facts, step: float) -> Iterator[Guess]:
    """Cases with and without, of every pair of groups; each group of either attribute is a total, those that
    the public does not see only together."""
    assert truth.intersections is not None
    for metric in dict.fromkeys(item.metric for item in truth.intersections.groups):
        items = [item for item in truth.intersections.groups if item.metric == metric]
        atoms = {_pair(item): _cases(item) for item in items}
        lines: dict[tuple[str, str, str, str | None], list[str]] = {}
        known: list[tuple[Form, object]] = []
        for item in items:
            for group in ((item.attribute, item.group), (item.other_attribute, item.other_group)):
                is_hidden = facts.get(f"audit.counts.{group[0]}.{group[1]}.suppressed") is True
                told = (item.attribute, item.other_attribute, group[0], None if is_hidden else group[1])
                lines.setdefault(told, []).append(_pair(item))
            n = _sum(_pair(item), "cases", "others")
            at = f"audit.intersections.groups.{item.fact_key()}"
            known += [(n, facts.get(f"{at}.{name}.n") or None) for name in ("figure", "ratio")]
        system = _system(list(lines.values()), atoms, known, step)
        for item in items:
            _know_share(system, item, facts, step)
        asked = (("cases", "others"), ("cases",), ("others",))
        yield from _guesses(metric, system, atoms, asked)


def attack_reports(truth: AuditReport, facts: Facts, step: float) -> Iterator[Guess]:
    """Incidents and repeat reports of every group; the reference group's are what the others leave over."""
    reporting = truth.reporting
    for attribute in dict.fromkeys(item.attribute for item in reporting.groups):
        groups = [item for item in reporting.groups if item.attribute == attribute]
        totals = {"incidents": reporting.incidents or 0, "duplicates": reporting.duplicates or 0}
        atoms = {
            item.group: {name: float(getattr(item, name) or 0) for name in totals} for item in groups
        } | {
            "rest": {
                name: max(0.0, total - sum(getattr(item, name) or 0 for item in groups))
                for name, total in totals.items()
            }
        }
        known: list[tuple[Form, object]] = []
        for item in groups:
            at = f"{attribute}.{item.group}"
            known += [
                (_sum(item.group, name), facts.get(f"audit.reporting.groups.{at}.{name}")) for name in totals
            ]
            told = [f"groups.{at}"]
            told += [f"{name}.{one.fact_key()}" for name, one in _moved(reporting) if one.group == item.group]
            known += [
                (_sum(item.group, "incidents"), facts.get(f"audit.reporting.{name}.ratio.n") or None)
                for name in told
            ]
        system = _system([list(atoms)], atoms, known, step)
        yield from _guesses(attribute, system, atoms, (("incidents",), ("duplicates",)))


def _moved(reporting: ReportingBias) -> Iterator[tuple[str, LinkageLoss | RatioAtLife]]:
    """Where the ratios under other suppositions stand; they show the same n."""
    yield from (("losses", one) for one in reporting.losses)
    yield from (("losses_everywhere", one) for one in reporting.losses_everywhere)
    if reporting.all_problems is not None:
        yield from (("all_problems.lives", one) for one in reporting.all_problems.lives)


ATTACKS: dict[str, Attack] = {
    "visits of each way by group": attack_visits,
    "pairs of groups": attack_pairs,
    "repeat reports by group": attack_reports,
}


def _sum(block: str, *atoms: str) -> dict[str, float]:
    return {f"{block} {atom}": 1.0 for atom in atoms}


def _system(
    lines: Iterable[list[str]],
    atoms: dict[str, dict[str, float]],
    known: Iterable[tuple[Form, object]],
    step: float,
) -> System:
    """Totals of the lines, atom by atom, and what is shown, give or take half a step."""
    system = System()
    for line in lines:
        for atom in next(iter(atoms.values())):
            total = sum(atoms[block][atom] for block in line)
            system.know({f"{block} {atom}": 1.0 for block in line}, total, total)
    for form, shown in known:
        if isinstance(shown, int | float):
            system.know(form, shown - step / 2, shown + step / 2)
    return system


def _know_share(system: System, item: Intersection, facts: Facts, step: float) -> None:
    shown = facts.get(f"audit.intersections.groups.{item.fact_key()}.figure.value")
    if isinstance(shown, int | float) and 0 <= shown <= 1:
        half = min(0.005, step / 2)
        for sign, (low, high) in ((1, (float("-inf"), 0.0)), (-1, (0.0, float("inf")))):
            share = shown + sign * half
            system.know({f"{_pair(item)} cases": 1 - share, f"{_pair(item)} others": -share}, low, high)


def _pair(item: Intersection) -> str:
    return f"{item.attribute} {item.group} & {item.other_attribute} {item.other_group}"


def _cases(item: Intersection) -> dict[str, float]:
    cases = item.figure.n * (item.figure.value or 0.0)
    return {"cases": cases, "others": item.figure.n - cases}


def _guesses(
    where: str, system: System, atoms: dict[str, dict[str, float]], asked: Iterable[tuple[str, ...]]
) -> Iterator[Guess]:
    for block, parts in atoms.items():
        for names in asked:
            truth = sum(parts[name] for name in names)
            if 0.01 < truth < MINIMUM - 0.01:
                yield f"{where}: {block} {'+'.join(names)}", truth, *system.range(_sum(block, *names))
