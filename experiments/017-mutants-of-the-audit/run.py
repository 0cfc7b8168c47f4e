"""Which small changes to the audit do its own tests notice?

PYTHONPATH=src:. nice .venv/bin/python experiments/017-mutants-of-the-audit/run.py need rates   resumable
PYTHONPATH=src:. nice .venv/bin/python experiments/017-mutants-of-the-audit/run.py --again      survivors only

A mutant never touches a file: it stands in for its module while that is imported, in a process of its own.
"""

from __future__ import annotations

import argparse
import csv
import importlib
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from importlib.machinery import SourceFileLoader
from importlib.util import find_spec
from pathlib import Path

os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONHASHSEED": "0"}
ROOT = Path(__file__).resolve().parents[2]
SEED, SLOWEST = 20, 40
NAMES = ("module", "line", "kind", "was", "becomes", "before", "after", "noticed_by", "seconds", "judged")
MORE_TESTS = {"table": ("tests/unit/audit/test_table_rows.py",)}
IMPORTED_ONCE = (
    "hypothesis",
    "pytest",
    "pyarrow.parquet",
    "sklearn.ensemble",
    "sklearn.isotonic",
    "statsmodels.api",
    "ibis",
    "fairlearn.metrics",
    "shapely",
    "civic_ai.panel.groups",
    "civic_ai.pilot.spec",
    "civic_ai.records.audit",
    "civic_ai.records.policy",
)

from mutations import Mutant, mutants, mutated, sample  # noqa: E402

Row = dict[str, str]


class Noticed:
    """A pytest plugin that remembers the first test that failed."""

    def __init__(self) -> None:
        self.by = ""

    def pytest_runtest_logreport(self, report) -> None:  # type: ignore[no-untyped-def]
        if report.failed and not self.by:
            self.by = report.nodeid.partition("::")[2]


class StandIn(SourceFileLoader):
    """Loads another source in place of a module's own."""

    def __init__(self, module: str, source: str) -> None:
        super().__init__(f"civic_ai.audit.{module}", str(path_of(module)))
        self.source = source

    def get_code(self, fullname: str):  # type: ignore[no-untyped-def]
        return compile(self.source, self.path, "exec")

    def find_spec(self, fullname: str, path: object = None, target: object = None):  # type: ignore[no-untyped-def]
        return importlib.util.spec_from_loader(fullname, self) if fullname == self.name else None


def path_of(module: str) -> Path:
    """The module's file."""
    return ROOT / "src" / "civic_ai" / "audit" / f"{module}.py"


def main() -> None:
    """Runs what is not yet in the table of results, then prints the score by module."""
    options = _options()
    rows = {_key(row): row for row in _read(options.results)}
    _import_once()
    for module in options.modules or sorted({key[0] for key in rows}):
        source = path_of(module).read_text()
        waiting = _waiting(options, module, source, rows)
        if not waiting:
            continue
        outcome, _, seconds = try_out(module, source, SLOWEST)
        print(module, "unchanged", outcome, seconds, sep=" | ", flush=True)
        if outcome != "survived":
            continue  # too slow or not passing as it is: said in the line above, and in the README
        for mutant in waiting:
            found = try_out(module, mutated(source, mutant), 20 + 3 * int(seconds))
            print(*mutant.key, *found, sep=" | ", flush=True)
            rows[mutant.key] = _row(mutant, found, rows.get(mutant.key))
            _write(options.results, list(rows.values()))
    print_score(list(rows.values()))


def _waiting(
    options: argparse.Namespace, module: str, source: str, rows: Mapping[tuple[str, ...], Row]
) -> list[Mutant]:
    """The sample without what was tried before; with ``--again`` the survivors of all that was tried."""
    if options.again:
        return [m for m in mutants(module, source) if m.key in rows and _survives(rows[m.key])]
    return [m for m in sample(module, source, options.mutants, SEED) if m.key not in rows]


def try_out(module: str, source: str, limit: int) -> tuple[str, str, str]:
    """Outcome, the test that noticed, seconds: the tests run in a child with this source as the module's."""
    begun = time.monotonic()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _run_tests(module, source, writing)
    os.close(writing)
    outcome = _wait(child, begun + limit)
    noticed_by = os.read(reading, 1000).decode() if outcome == "killed" else ""
    os.close(reading)
    return outcome, noticed_by, f"{time.monotonic() - begun:.0f}"


def print_score(rows: Sequence[Row]) -> None:
    """By module: mutants, noticed before and after, survivors judged equivalent."""
    print("module | mutants | noticed before | noticed after | equivalent\n---|---|---|---|---")
    for module in [*sorted({row["module"] for row in rows}), "all"]:
        of = [row for row in rows if module in (row["module"], "all")]
        before, after = (Counter(row[when] != "survived" for row in of)[True] for when in ("before", "after"))
        equivalent = sum(row["judged"].startswith("equivalent") for row in of)
        print(f"{module} | {len(of)} | {before} | {after} | {equivalent}")


def _run_tests(module: str, source: str, report_to: int) -> None:
    """In the child: never returns; exit status 0 when every test passes."""
    import pytest
    from hypothesis import Phase, settings

    os.setsid()
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    settings.register_profile("mutants", derandomize=True, phases=(Phase.explicit, Phase.generate))
    settings.load_profile("mutants")
    sys.meta_path.insert(0, StandIn(module, source))
    tests = [f"tests/unit/audit/test_{module}.py", *MORE_TESTS.get(module, ())]
    noticed = Noticed()
    status = pytest.main(["-x", "-q", "-p", "no:cacheprovider", "-m", "not data", *tests], plugins=[noticed])
    os.write(report_to, (noticed.by or f"import or collection ({status})").encode())
    os._exit(int(status))


def _wait(child: int, until: float) -> str:
    """What became of the child; it and its children are ended at that time."""
    while time.monotonic() < until:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return "killed" if status else "survived"
        time.sleep(0.1)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return "timeout"


def _import_once() -> None:
    """What mutants do not change is imported before the children part; from the audit, nothing."""
    found = find_spec("civic_ai")
    assert found is not None
    assert found.origin is not None
    assert Path(found.origin).is_relative_to(ROOT), f"PYTHONPATH leads to {found.origin}, not to {ROOT}"
    os.chdir(ROOT)
    for name in IMPORTED_ONCE:
        importlib.import_module(name)
    assert not [name for name in sys.modules if name.startswith("civic_ai.audit")]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("modules", nargs="*", help="names of modules in src/civic_ai/audit")
    parser.add_argument("--mutants", type=int, default=6, help="how many a module")
    parser.add_argument("--again", action="store_true", help="run the survivors against the tests of now")
    parser.add_argument("--results", type=Path, default=Path(__file__).with_name("results.csv"))
    return parser.parse_args()


def _row(mutant: Mutant, found: tuple[str, str, str], earlier: Row | None) -> Row:
    before, judged = (earlier["before"], earlier["judged"]) if earlier else (found[0], "")
    return dict(zip(NAMES, (*mutant.key, before, *found, judged), strict=True))


def _survives(row: Row) -> bool:
    return row["after"] == "survived" and not row["judged"].startswith("equivalent")


def _key(row: Row) -> tuple[str, ...]:
    return tuple(row[name] for name in NAMES[:5])


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


if __name__ == "__main__":
    main()
