"""Cost of each stage up to the panel for a million rows, at three sizes, each in a process of its own."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from measure import measured_child, write_results

sys.path.append(str(Path(__file__).resolve().parents[1] / "005-ingest"))
SIZES = (1_000_000, 3_000_000, 10_000_000)


def main() -> None:
    """Ingest, panel and what they hold, at each size."""
    found: list[dict[str, Any]] = []
    for rows in SIZES:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name) / "city"
            measured_child(["write", str(folder), str(rows)])
            for part in ("ingest", "panel"):
                cpu, wall, peak = measured_child([part, str(folder)])
                told = json.loads((folder / f"{part}.json").read_text())
                found.append({"rows": rows, "part": part, "cpu_s_a_million_rows": round(cpu / rows * 1e6, 2),
                              "cpu_s": cpu, "wall_s": wall, "peak_mb": peak, **told})  # fmt: skip
    write_results(__file__, found)


def _write(folder: Path, rows: str) -> dict[str, Any]:
    from city import write_pilot

    write_pilot(folder, int(rows))
    return {}


def _ingest(folder: Path) -> dict[str, Any]:
    from city import sealed

    city = sealed(folder)
    source = city.snapshot.source("requests")
    raw = (folder / "requests.csv").stat().st_size
    return {"raw_mb": raw >> 20, "sealed_mb": city.blobs.path(source.blob).stat().st_size >> 20}


def _panel(folder: Path) -> dict[str, Any]:
    from city import sealed

    from civic_ai.panel.build import build_panel
    from civic_ai.records.policy import Policy

    city = sealed(folder)
    begun = time.process_time()
    panel = build_panel(city.pilot.spec, city.snapshot, Policy(policy="x", version="1", gates=()), city.blobs)
    return {"panel_rows": panel.rows, "panel_only_cpu_s": round(time.process_time() - begun, 2)}


PARTS: dict[str, Callable[..., dict[str, Any]]] = {"write": _write, "ingest": _ingest, "panel": _panel}

if __name__ == "__main__":
    if len(sys.argv) > 1:
        told = PARTS[sys.argv[1]](Path(sys.argv[2]), *sys.argv[3:])
        (Path(sys.argv[2]) / f"{sys.argv[1]}.json").write_text(json.dumps(told))
    else:
        main()
