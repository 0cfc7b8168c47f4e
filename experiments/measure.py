"""How the experiments measure: sides in turn within one process, ratios with their spread, peak memory.

The machine is shared, so CPU seconds are compared, not wall seconds, and only within one run.
"""

from __future__ import annotations

import csv
import gc
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any


@dataclass(frozen=True)
class Times:
    """CPU and wall seconds of one side, one entry a round; ``result`` is that of the last round."""

    cpu: tuple[float, ...]
    wall: tuple[float, ...]
    result: Any

    def row(self) -> dict[str, float]:
        """Medians for the table of results."""
        return {"cpu_s": round(median(self.cpu), 4), "wall_s": round(median(self.wall), 4)}


def alternately(sides: Mapping[str, Callable[[], Any]], rounds: int = 5) -> dict[str, Times]:
    """Each side once a round, in turn; the first round of all is not counted if there are several."""
    spent: dict[str, list[tuple[float, float]]] = {name: [] for name in sides}
    results: dict[str, Any] = {}
    for counted in [False] * (rounds > 1) + [True] * rounds:
        for name, side in sides.items():
            gc.collect()
            cpu, wall = time.process_time(), time.perf_counter()
            results[name] = side()
            took = (time.process_time() - cpu, time.perf_counter() - wall)
            if counted:
                spent[name].append(took)
    return {
        name: Times(tuple(c for c, _ in pairs), tuple(w for _, w in pairs), results[name])
        for name, pairs in spent.items()
    }


def ratio(one: Times, other: Times) -> str:
    """CPU of one over the other, round by round: median (lowest to highest)."""
    ratios = sorted(a / b for a, b in zip(one.cpu, other.cpu, strict=True))
    return f"{median(ratios):.3g} ({ratios[0]:.3g} to {ratios[-1]:.3g})"


def measured_child(arguments: Sequence[str]) -> tuple[float, float, float]:
    """Run this script again with ``arguments``: CPU seconds, wall seconds and peak MB of that process."""
    begun = time.perf_counter()
    child = subprocess.Popen([sys.executable, sys.argv[0], *arguments], stdout=sys.stderr)
    _, status, usage = os.wait4(child.pid, 0)
    if status:
        raise RuntimeError(f"{arguments} ended with status {status}")
    wall = time.perf_counter() - begun
    return round(usage.ru_utime + usage.ru_stime, 2), round(wall, 2), round(usage.ru_maxrss / 1024, 0)


def write_results(script: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write ``results.csv`` beside the script, and print it."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    with (Path(script).resolve().parent / "results.csv").open("w", newline="") as target:
        writer = csv.DictWriter(target, names, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    for row in rows:
        print(", ".join(f"{name} {value}" for name, value in row.items() if value != ""), flush=True)
