"""CPU seconds and peak memory of the whole journey, first and second run, for each pilot."""

from __future__ import annotations

import csv
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
PILOTS = HERE.parents[1] / "pilots"
DONE = (0, 3)


@dataclass(frozen=True)
class Cost:
    """One run as the operating system saw it."""

    pilot: str
    run: str
    cpu_seconds: float
    wall_seconds: float
    peak_mb: float
    exit_code: int


def main() -> None:
    """Measure every pilot and write ``results.csv``."""
    costs: list[Cost] = []
    with tempfile.TemporaryDirectory() as temporary:
        for name, pilot in _pilots(Path(temporary)):
            workspace = Path(temporary) / "workspaces" / name
            costs += [_measure(name, run, pilot, workspace) for run in ("first", "unchanged")]
            shutil.rmtree(workspace)
            print(*costs[-2:], sep="\n", flush=True)
    with (HERE / "results.csv").open("w", newline="") as target:
        writer = csv.DictWriter(target, list(asdict(costs[0])))
        writer.writeheader()
        writer.writerows(asdict(cost) for cost in costs)


def _pilots(folder: Path) -> list[tuple[str, Path]]:
    million = folder / "million"
    shutil.copytree(PILOTS / "example-potholes", million)
    spec = million / "pilot.yaml"
    spec.write_text(spec.read_text("utf-8").replace("size: standard", "size: million"), "utf-8")
    pilots = [
        ("example-potholes", PILOTS / "example-potholes"),
        ("example city, a million requests", million),
    ]
    if "CIVIC_AI_DATA" in os.environ:
        pilots.insert(1, ("houston-potholes", PILOTS / "houston-potholes"))
    else:
        print("houston-potholes is left out: CIVIC_AI_DATA is not set", file=sys.stderr)
    return pilots


def _measure(name: str, run: str, pilot: Path, workspace: Path) -> Cost:
    """Run once in a child of a child, so that its peak is its own."""
    command = [sys.executable, str(Path(__file__)), "--one", str(pilot), str(workspace)]
    begun = time.monotonic()
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    cpu, peak, code = float(told[0]), float(told[1]), int(told[2])
    return Cost(name, run, round(cpu, 1), round(time.monotonic() - begun, 1), round(peak, 0), code)


def _one(pilot: str, workspace: str) -> None:
    command = [sys.executable, "-m", "civic_ai.cli", "run", pilot, "--workspace", workspace, "--quiet"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode not in DONE:
        sys.exit(done.stderr)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, done.returncode)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        _one(*sys.argv[2:])
    else:
        main()
