"""Which small changes to the workflow do its tests notice?

PYTHONPATH=src:. nice .venv/bin/python experiments/019-mutants-of-the-workflow/run.py        resumable
PYTHONPATH=src:. nice .venv/bin/python experiments/019-mutants-of-the-workflow/run.py --again   survivors only

The mutants are those of experiment 017 (``mutations.py``), every one of each module, not a sample. A mutant
never touches a file: it stands in for its module while that is imported, in a process of its own.
"""

from __future__ import annotations

import argparse
import csv
import importlib.util
import os
import signal
import sys
import time
from importlib.machinery import SourceFileLoader
from pathlib import Path

os.environ |= {"PYTHONHASHSEED": "0"}
HERE = Path(__file__).parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "experiments" / "017-mutants-of-the-audit"))
from mutations import Mutant, mutants, mutated  # noqa: E402

NAMES = ("module", "line", "kind", "was", "becomes", "outcome", "noticed_by", "seconds", "judged")
MODULES = (
    "records.decision",
    "review.quorum",
    "review.permissions",
    "review.workflow",
    "review.level",
    "review.grant_rules",
    "review.rules",
    "review.needs",
    "review.changes",
    "review.steps",
)
FIRST = (
    "quorum",
    "permissions",
    "level",
    "grant_rules",
    "rules",
    "needs",
    "changes",
    "steps",
    "verdicts",
    "queue",
)
TESTS = [
    "tests/unit/records/test_decision.py",
    *(f"tests/unit/review/test_{name}.py" for name in FIRST),
    "tests/unit/review/test_workflow.py",
]
LEFT_OUT = "not Honest and not meeting and not pilot_to_use and not appeal and not II-"
"""The longest walks are left out for time; what survives is therefore counted a little too high."""
LIMIT = 300
Row = dict[str, str]


class Noticed:
    """A pytest plugin that remembers the first test that failed."""

    def __init__(self) -> None:
        self.by = ""

    def pytest_runtest_logreport(self, report) -> None:  # type: ignore[no-untyped-def]
        if report.failed and not self.by:
            self.by = report.nodeid.rpartition("/")[2]


class StandIn(SourceFileLoader):
    """Loads another source in place of a module's own."""

    def __init__(self, module: str, source: str) -> None:
        super().__init__(f"civic_ai.{module}", str(path_of(module)))
        self.source = source

    def get_code(self, fullname: str):  # type: ignore[no-untyped-def]
        return compile(self.source, self.path, "exec")

    def find_spec(self, fullname: str, path: object = None, target: object = None):  # type: ignore[no-untyped-def]
        return importlib.util.spec_from_loader(fullname, self) if fullname == self.name else None


def path_of(module: str) -> Path:
    """The module's file."""
    return ROOT / "src" / "civic_ai" / f"{module.replace('.', '/')}.py"


def main() -> None:
    """Runs what is not yet in the table of results, then prints the score by module."""
    options = _options()
    rows = {_key(row): row for row in _read(options.results)}
    os.chdir(ROOT)
    _import_once()
    for module in options.modules or MODULES:
        source = path_of(module).read_text()
        for mutant in mutants(module, source):
            known = rows.get(mutant.key)
            if known and not (options.again and known["outcome"] != "killed" and not known["judged"]):
                continue
            found = try_out(module, mutated(source, mutant), LIMIT)
            print(*mutant.key, *found, sep=" | ", flush=True)
            rows[mutant.key] = _row(mutant, found)
            _write(options.results, list(rows.values()))
    print_score(list(rows.values()))


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


def print_score(rows: list[Row]) -> None:
    """By module: mutants, noticed, survivors judged equivalent, and the share of those that matter."""
    print("module | mutants | noticed | equivalent | share\n---|---|---|---|---")
    for module in [*MODULES, "all"]:
        of = [row for row in rows if module in (row["module"], "all")]
        noticed = sum(row["outcome"] == "killed" for row in of)
        equivalent = sum(row["judged"].startswith("equivalent") for row in of)
        share = noticed / max(1, len(of) - equivalent)
        print(f"{module} | {len(of)} | {noticed} | {equivalent} | {share:.1%}")


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
    noticed = Noticed()
    status = pytest.main(["-x", "-q", "-p", "no:cacheprovider", "-k", LEFT_OUT, *TESTS], plugins=[noticed])
    os.write(report_to, (noticed.by or f"import or collection ({status})").encode())
    os._exit(int(status))


def _wait(child: int, until: float) -> str:
    """What became of the child; it is ended at that time."""
    while time.monotonic() < until:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return "killed" if status else "survived"
        time.sleep(0.05)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return "timeout"


def _import_once() -> None:
    """What mutants do not change is imported before the children part; from the workflow, nothing."""
    for name in (
        "hypothesis",
        "hypothesis.stateful",
        "pytest",
        "civic_ai.core.messages",
        "civic_ai.records.text",
    ):
        importlib.import_module(name)
    assert not [name for name in sys.modules if name.startswith("civic_ai.review")]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("modules", nargs="*", help="review.quorum, records.decision, ...")
    parser.add_argument("--results", type=Path, default=HERE / "results.csv")
    parser.add_argument("--again", action="store_true", help="run the survivors against the tests of now")
    return parser.parse_args()


def _row(mutant: Mutant, found: tuple[str, str, str]) -> Row:
    return dict(zip(NAMES, (*mutant.key, *found, ""), strict=True))


def _key(row: Row) -> tuple[str, ...]:
    return tuple(row[name] for name in NAMES[:5])


def _read(path: Path) -> list[Row]:
    if not path.exists():
        return []
    with path.open(newline="") as lines:
        return list(csv.DictReader(lines))


def _write(path: Path, rows: list[Row]) -> None:
    with path.open("w", newline="") as target:
        writer = csv.DictWriter(target, NAMES, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
