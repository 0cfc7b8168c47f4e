"""Which small changes (:mod:`mutations`) to a module do its tests notice? The runner of 017 and 019.

A mutant never touches a file: it stands in for its module while that is imported, in a process of its own.
Each module is run unchanged first; where its tests do not pass then, or take too long, it is left out and
the output says so. A table of results is resumed where it stopped.
"""

from __future__ import annotations

import argparse
import csv
import importlib
import importlib.util
import os
import pickle
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from importlib.machinery import SourceFileLoader
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, settings
from mutations import Mutant, mutants, mutated, sample

ROOT = Path(__file__).resolve().parents[1]
NAMES = ("module", "line", "kind", "was", "becomes", "before", "after", "noticed_by", "seconds", "judged")
KEY = 5
Row = dict[str, str]
Found = tuple[str, str, str]
"""Outcome (killed, survived, timeout), the test that noticed, seconds."""


@dataclass(frozen=True)
class Campaign:
    """What is mutated and what must notice it; ``tests`` gives pytest's arguments, likeliest first."""

    results: Path
    package: str
    modules: Sequence[str]
    tests: Callable[[str], Sequence[str]]
    seed: int
    imported_once: Sequence[str] = ()
    slowest: int = 40
    """Seconds that the tests of an unchanged module may take; a mutant may take three times as long."""
    kept: Collection[str] = ()
    """Session fixtures that no mutant can change: made once, then given to every process."""

    def path_of(self, module: str) -> Path:
        """The module's file."""
        return ROOT / "src" / Path(*self.package.split("."), *module.split(".")).with_suffix(".py")


class Watch:
    """A pytest plugin: remembers the first test that failed, and keeps what fixtures made."""

    def __init__(self, kept: Collection[str], folder: Path) -> None:
        self.by, self.kept, self.folder = "", kept, folder

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.failed and not self.by:
            self.by = report.nodeid.rpartition("/")[2]

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any, request: Any) -> Any:
        file = self.folder / f"{fixturedef.argname}.pickle"
        if fixturedef.argname in self.kept and file.exists():
            value = pickle.loads(file.read_bytes())
            fixturedef.func, made = (lambda *_, **__: value), fixturedef.func
            result = yield
            fixturedef.func = made
            return result
        result = yield
        if fixturedef.argname in self.kept:
            file.write_bytes(pickle.dumps(result))
        return result


class StandIn(SourceFileLoader):
    """Loads another source in place of a module's own."""

    def __init__(self, name: str, path: Path, source: str) -> None:
        super().__init__(name, str(path))
        self.source = source

    def get_code(self, fullname: str) -> Any:
        return compile(self.source, self.path, "exec")

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> Any:
        return importlib.util.spec_from_loader(fullname, self) if fullname == self.name else None


def main(campaign: Campaign, says: str | None) -> None:
    """Runs what is not yet in the table of results, then prints the score by module."""
    options = _options(campaign, says)
    rows = {_key(row): row for row in _read(options.results)}
    _import_once(campaign)
    scratch = Path(tempfile.mkdtemp(prefix="civic-mutants-"))
    for module in options.modules or campaign.modules:
        waiting = _waiting(campaign, options, module, rows)
        if not waiting:
            continue
        outcome, by, seconds = try_out(campaign, module, None, campaign.slowest, scratch)
        print(module, "unchanged", outcome, by, seconds, sep=" | ", flush=True)
        if outcome != "survived":
            continue
        for mutant in waiting:
            source = mutated(campaign.path_of(module).read_text(), mutant)
            found = try_out(campaign, module, source, 20 + 3 * int(seconds), scratch)
            print(*mutant.key, *found, sep=" | ", flush=True)
            rows[mutant.key] = _row(mutant, found, rows.get(mutant.key))
            _write(options.results, list(rows.values()))
    shutil.rmtree(scratch)
    print_score(list(rows.values()))


def _waiting(
    campaign: Campaign, options: argparse.Namespace, module: str, rows: Mapping[tuple[str, ...], Row]
) -> list[Mutant]:
    """The sample without what was tried before; with ``--again`` the survivors of all that was tried."""
    source = campaign.path_of(module).read_text()
    if options.again:
        return [one for one in mutants(module, source) if one.key in rows and _survives(rows[one.key])]
    drawn = sample(module, source, options.mutants, options.seed)
    return [one for one in drawn if one.key not in rows]


def try_out(campaign: Campaign, module: str, source: str | None, limit: int, scratch: Path) -> Found:
    """The tests run in a child with ``source`` as the module's, its own where there is none."""
    begun = time.monotonic()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _run_tests(campaign, module, source, scratch, writing)
    os.close(writing)
    outcome = _wait(child, begun + limit)
    noticed_by = os.read(reading, 1000).decode() if outcome == "killed" else ""
    os.close(reading)
    return outcome, noticed_by, f"{time.monotonic() - begun:.0f}"


def print_score(rows: Sequence[Row]) -> None:
    """By module: mutants, noticed before and after, equivalent, and the share noticed of the others."""
    print("module | mutants | noticed before | noticed after | equivalent | share\n---|---|---|---|---|---")
    for module in [*sorted({row["module"] for row in rows}), "all"]:
        of = [row for row in rows if module in (row["module"], "all")]
        before, after = (sum(row[when] == "killed" for row in of) for when in ("before", "after"))
        equivalent = sum(row["judged"].startswith("equivalent") for row in of)
        share = after / max(1, len(of) - equivalent)
        print(f"{module} | {len(of)} | {before} | {after} | {equivalent} | {share:.1%}")


def _run_tests(campaign: Campaign, module: str, source: str | None, scratch: Path, report_to: int) -> None:
    """In the child: never returns; exit status 0 when every test passes."""
    os.setsid()
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    settings.register_profile("mutants", derandomize=True, phases=(Phase.explicit, Phase.generate))
    settings.load_profile("mutants")
    if source is not None:
        sys.meta_path.insert(0, StandIn(f"{campaign.package}.{module}", campaign.path_of(module), source))
    base = scratch / ("unchanged" if source is None else "mutant") / module
    base.parent.mkdir(exist_ok=True)
    watch = Watch(campaign.kept, scratch)
    plain = ["-x", "-q", "-p", "no:cacheprovider", "-m", "not data", f"--basetemp={base}"]
    status = pytest.main([*plain, *campaign.tests(module)], plugins=[watch])
    os.write(report_to, (watch.by or f"import or collection ({status})").encode())
    os._exit(int(status))


def _wait(child: int, until: float) -> str:
    """What became of the child; it and its children are ended at that time."""
    while time.monotonic() < until:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return "killed" if status else "survived"
        time.sleep(0.05)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return "timeout"


def _import_once(campaign: Campaign) -> None:
    """What mutants do not change is imported before the children part; of the package's modules, none."""
    import civic_ai

    assert Path(str(civic_ai.__file__)).is_relative_to(ROOT), f"PYTHONPATH does not lead to {ROOT}"
    os.chdir(ROOT)
    for name in campaign.imported_once:
        importlib.import_module(name)
    known = [f"{campaign.package}.{module}" for module in campaign.modules]
    assert not [name for name in known if name in sys.modules], "a module to mutate was imported"


def _options(campaign: Campaign, says: str | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=says, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("modules", nargs="*", help=f"names of modules in {campaign.package}")
    parser.add_argument("--mutants", type=int, default=6, help="how many a module")
    parser.add_argument("--seed", type=int, default=campaign.seed, help="another draw")
    parser.add_argument("--again", action="store_true", help="run the survivors against the tests of now")
    parser.add_argument("--results", type=Path, default=campaign.results)
    return parser.parse_args()


def _row(mutant: Mutant, found: Found, earlier: Row | None) -> Row:
    before, judged = (earlier["before"], earlier["judged"]) if earlier else (found[0], "")
    return dict(zip(NAMES, (*mutant.key, before, *found, judged), strict=True))


def _survives(row: Row) -> bool:
    return row["after"] != "killed" and not row["judged"].startswith("equivalent")


def _key(row: Row) -> tuple[str, ...]:
    return tuple(row[name] for name in NAMES[:KEY])


def _read(path: Path) -> list[Row]:
    if not path.exists():
        return []
    with path.open(newline="") as lines:
        return list(csv.DictReader(lines))


def _write(path: Path, rows: Sequence[Row]) -> None:
    with path.open("w", newline="") as target:
        writer = csv.DictWriter(target, NAMES, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
