"""Somebody who reads the published files of a dossier, writes down what they say as inequalities, and lets
linear programming find the counts that were hidden. He is told every total of the city besides."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from scipy.optimize import linprog

from civic_ai.audit.metrics import METRICS, Metric
from civic_ai.records.audit import AuditReport
from civic_ai.records.evaluation import Evaluation
from civic_ai.records.record import flatten

Facts = Mapping[str, object]
Form = Mapping[str, float]

ATOMS = ("both", "missed", "idle", "quiet", "more_found", "more_missed")
"""A row has a case or none, and is on the list or not; further cases of a row that has one."""
CELLS = {
    "rows": ("both", "missed", "idle", "quiet"),
    "positives": ("both", "missed"),
    "events": ("both", "missed", "more_found", "more_missed"),
    "selected": ("both", "idle"),
    "hits": ("both",),
    "found": ("both", "more_found"),
    "missed": ("missed",),
    "idle": ("idle",),
    "quiet": ("quiet",),
    "unvisited": ("missed", "quiet"),
    "without": ("idle", "quiet"),
    "not_found": ("missed", "more_missed"),
}
_SHARE = re.compile(r"recall|precision|first_half|found|missed_share|covered|observed")
"""Figures of an evaluation that are one count over another."""
_DATA = re.compile(r'data-fact="([^"]+)"[^>]*? value="([^"]+)"')
_PICTURE = re.compile(r'src="data:image/svg\+xml;base64,([^"]+)"')
_DRAWN = re.compile(r"<text[^>]*>([^<]*)</text>|aria-label=\"([^\"]*)\"")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def read_records(folder: Path) -> dict[str, object]:
    """Every fact in the audit and evaluation of a ``records`` folder, by the name that cards give it."""
    audit = AuditReport.model_validate_json((folder / "audit.json").read_bytes())
    evaluation = Evaluation.model_validate_json((folder / "evaluation.json").read_bytes())
    return dict(flatten(audit, "audit")) | dict(flatten(evaluation, "evaluation"))


def read_pages(folder: Path) -> dict[str, float]:
    """Every number that the pages of a folder mark as a fact."""
    found: dict[str, float] = {}
    for page in sorted(folder.glob("*.html")):
        for name, value in _DATA.findall(page.read_text("utf-8")):
            if re.fullmatch(_NUMBER, value):
                found[name] = float(value)
    return found


def read_pictures(folder: Path) -> set[str]:
    """Every number that stands in a picture of a page, as it is written there."""
    drawn: set[str] = set()
    for page in sorted(folder.glob("*.en.html")):
        for picture in _PICTURE.findall(page.read_text("utf-8")):
            for text, label in _DRAWN.findall(base64.b64decode(picture).decode()):
                drawn |= set(_NUMBER.findall(f"{text} {label}"))
    return drawn


@dataclass
class System:
    """What is known: rows of coefficients with the least and greatest value of their sum."""

    rows: list[tuple[Form, float, float]] = field(default_factory=list)

    def know(self, form: Form, low: float, high: float) -> None:
        """One statement."""
        self.rows.append((dict(form), low, high))

    def range(self, wanted: Form) -> tuple[float, float]:
        """Least and greatest value of a sum of unknowns that are not negative."""
        names = sorted({name for form, _, _ in self.rows for name in form} | set(wanted))
        place = {name: i for i, name in enumerate(names)}
        upper, bounds = [], []
        for form, low, high in self.rows:
            for sign, limit in ((1.0, high), (-1.0, -low)):
                if np.isfinite(limit):
                    row = np.zeros(len(names))
                    for name, factor in form.items():
                        row[place[name]] = sign * factor
                    upper.append(row)
                    bounds.append(limit)
        goal = np.zeros(len(names))
        for name, factor in wanted.items():
            goal[place[name]] = factor
        ends = []
        for sign in (1.0, -1.0):
            solved = linprog(
                sign * goal, A_ub=np.array(upper), b_ub=np.array(bounds) + 1e-7, bounds=(0, None)
            )
            assert solved.status in (0, 3), solved.message
            ends.append(sign * solved.fun if solved.status == 0 else sign * -np.inf)
        return ends[0], ends[1]


@dataclass(frozen=True)
class Version:
    """A published version (``facts``), and the truth that only the attacker's judge knows."""

    name: str
    facts: Facts
    truth: AuditReport
    round_to: float
    share_step: float = 0.01

    def atom(self, attribute: str, group: str, atom: str) -> str:
        """The name of an unknown."""
        return f"{self.name} {attribute} {group} {atom}"

    def form(self, attribute: str, group: str, cell: str, factor: float = 1.0) -> dict[str, float]:
        """A cell as a sum of unknowns."""
        return {self.atom(attribute, group, atom): factor for atom in CELLS[cell]}

    def true_cells(self) -> dict[tuple[str, str], dict[str, float]]:
        """Every cell of every group."""
        return {(c.attribute, c.group): _cells(c) for c in self.truth.counts}

    def tell(self, system: System) -> None:
        """Everything that this version says of groups, and the totals of the city."""
        cells = self.true_cells()
        for (attribute, group), _ in cells.items():
            self._counts(system, attribute, group)
            self._shares(system, attribute, group)
        for attribute in {attribute for attribute, _ in cells}:
            groups = [group for one, group in cells if one == attribute]
            for atom in ATOMS:
                total = sum(cells[attribute, group][atom] for group in groups)
                form = {self.atom(attribute, group, atom): 1.0 for group in groups}
                system.know(form, total, total)

    def _counts(self, system: System, attribute: str, group: str) -> None:
        for cell in ("rows", "positives", "events", "selected", "hits", "found"):
            shown = self.facts.get(f"audit.counts.{attribute}.{group}.{cell}")
            if isinstance(shown, int | float):
                half = self.round_to / 2
                system.know(self.form(attribute, group, cell), shown - half, shown + half)
        for name in (f"figures.reports.{attribute}.{group}.recall", f"shares.{attribute}.{group}"):
            n = self.facts.get(f"audit.need.{name}.figure.n")
            if isinstance(n, int) and n > 0:
                half = self.round_to / 2 + 0.5  # shares of residents count in fractions, n does not
                system.know(self.form(attribute, group, "events"), n - half, n + half)

    def _shares(self, system: System, attribute: str, group: str) -> None:
        """Rates and ratios; of a ratio the attacker is told the exact rate of the group compared with."""
        for metric in METRICS.values():
            if not {*metric.over, *metric.under} <= CELLS.keys():
                continue
            name = f"{attribute}.{group}.{metric.name}"
            against = self._rate_of_all(attribute, metric) if metric.is_relative else 1.0
            self._share(system, name=f"audit.groups.{name}.figure", metric=metric, times=against)
            reference = self._reference_rate(attribute, metric)
            if reference:
                self._share(system, name=f"audit.disparities.{name}.ratio", metric=metric, times=reference)

    def _share(self, system: System, *, name: str, metric: Metric, times: float) -> None:
        shown = self.facts.get(f"{name}.value")
        attribute, group = name.split(".")[2:4]
        if not isinstance(shown, int | float):
            return
        for sign in (1, -1):
            share = (shown + sign * self.share_step / 2) * times
            form: dict[str, float] = {}
            for cells, factor in ((metric.over, 1.0), (metric.under, -share)):
                for cell, of in cells.items():
                    for atom, each in self.form(attribute, group, cell, factor * of).items():
                        form[atom] = form.get(atom, 0.0) + each
            if sign * self._truth_of(form) <= 1e-6:
                system.know(form, *((-np.inf, 0.0) if sign == 1 else (0.0, np.inf)))

    def _truth_of(self, form: Form) -> float:
        """What a sum of unknowns is; a rate that was drawn towards that of all groups is no plain share, and
        the attacker is told which of its two bounds mislead."""
        cells = self.true_cells()
        values = {self.atom(*group, atom): cells[group][atom] for group in cells for atom in ATOMS}
        return sum(values[name] * factor for name, factor in form.items())

    def _rate_of_all(self, attribute: str, metric: Metric) -> float:
        groups = [cells for (one, _), cells in self.true_cells().items() if one == attribute]
        return _total(groups, metric.over) / _total(groups, metric.under)

    def _reference_rate(self, attribute: str, metric: Metric) -> float:
        group = next(one.reference_group for one in self.truth.attributes if one.name == attribute)
        cells = [self.true_cells()[attribute, group]]
        under = _total(cells, metric.under)
        return _total(cells, metric.over) / under if under else 0.0


def _total(groups: Iterable[Mapping[str, float]], of: Mapping[str, int]) -> float:
    return sum(cells[cell] * factor for cells in groups for cell, factor in of.items())


def _cells(count: object) -> dict[str, float]:
    names = ("rows", "positives", "events", "selected", "hits", "found")
    rows, positives, events, selected, hits, found = (getattr(count, name) for name in names)
    atoms = {
        "both": hits,
        "missed": positives - hits,
        "idle": selected - hits,
        "quiet": rows - positives - selected + hits,
        "more_found": found - hits,
        "more_missed": events - found - positives + hits,
    }
    return {cell: sum(atoms[atom] for atom in of) for cell, of in CELLS.items()} | atoms


def attack_counts(version: Version, minimum: int) -> Iterator[tuple[str, float, float, float]]:
    """Every small count of groups: its name, the truth, and from where to where it could lie."""
    system = System()
    version.tell(system)
    for (attribute, group), cells in version.true_cells().items():
        for cell, truth in ((cell, cells[cell]) for cell in CELLS):
            if 0.01 < truth < minimum - 0.01:
                yield (
                    f"{attribute} {group} {cell}",
                    truth,
                    *system.range(version.form(attribute, group, cell)),
                )


def attack_changes(one: Version, two: Version, minimum: int) -> Iterator[tuple[str, float, float, float]]:
    """Every small difference of a count between versions, as :func:`attack_counts`."""
    system = System()
    one.tell(system)
    two.tell(system)
    before, now = one.true_cells(), two.true_cells()
    for group in before.keys() & now.keys():
        for cell in CELLS:
            moved = now[group][cell] - before[group][cell]
            if 0.01 < abs(moved) < minimum - 0.01:
                form = two.form(*group, cell) | one.form(*group, cell, -1.0)
                yield f"{group} {cell}", moved, *system.range(form)


def attack_shares(full: Evaluation, facts: Facts, minimum: int, blur: tuple[float, float]) -> Iterator[str]:
    """Small counts behind shares of the evaluation that a reader finds: those that value times n still tells.

    ``blur``: how far n and the share may lie from what is shown.
    """
    secret = dict(flatten(full, "evaluation"))
    for name, value in secret.items():
        n = secret.get(f"{name.removesuffix('.value')}.n")
        is_share = name.endswith(".value") and _SHARE.search(name) is not None
        if not is_share or not isinstance(value, float) or not 0 <= value <= 1 or not isinstance(n, int):
            continue
        shown, told = facts.get(name), facts.get(f"{name.removesuffix('.value')}.n")
        if not isinstance(shown, int | float) or not isinstance(told, int | float):
            continue
        for cases, share in ((value * n, shown), ((1 - value) * n, 1 - shown)):
            low, high = (share - blur[1]) * (told - blur[0]), (share + blur[1]) * (told + blur[0])
            if 0.01 < cases < minimum - 0.01 and high - low < minimum:
                yield name


def narrowed(guesses: Iterable[tuple[str, float, float, float]], minimum: int) -> tuple[int, list[str]]:
    """How many counts were tried, and the names of those that are known to less than ``minimum``."""
    tried, found = 0, []
    for name, truth, low, high in guesses:
        assert low - 0.01 <= truth <= high + 0.01, (name, truth, low, high)
        tried += 1
        if high - low < minimum - 0.01:
            found.append(f"{name}: {truth:.1f} in [{low:.1f}, {high:.1f}]")
    return tried, found
