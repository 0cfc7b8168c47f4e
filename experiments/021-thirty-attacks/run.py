"""Every attack of the table on a real run; bytes of dossier and database flipped; what verifying costs."""

from __future__ import annotations

import argparse
import csv
import os
import random
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path

from tests.attacks.table import ATTACKS
from tests.attacks.world import PILOT, World, build
from tests.unit.review.made_ledger import ANA, LOG, START, found, vote

from civic_ai.cards.verification import require_intact
from civic_ai.core.errors import CivicError, RefusedError
from civic_ai.review.ledger import open_ledger
from civic_ai.review.ledger_database import check_database
from civic_ai.review.ledger_export import export
from civic_ai.review.ledger_restore import restore
from civic_ai.review.ledger_trust import Trust
from civic_ai.review.ledger_verification import verify_ledger
from civic_ai.tracking.registry import model_name

HERE = Path(__file__).parent
TRUST = Trust(LOG.public)
Rows = Iterable[dict[str, object]]


def write(name: str, rows: Rows) -> None:
    made = []
    for row in rows:
        made.append(row)
        print(row, flush=True)
    with (HERE / name).open("w", newline="") as target:
        writer = csv.DictWriter(target, fieldnames=list(made[0]))
        writer.writeheader()
        writer.writerows(made)


def attacks(folder: Path) -> Rows:
    """The table, on a city whose dossier a real run sealed; first the honest city, which makes its list."""
    city = build(folder / "city", is_run=True)
    honest = city.copied(folder / "honest")
    assert honest.scores() == []
    assert (honest.folder / "lists" / "list.csv").is_file()
    for attack in ATTACKS:
        began = time.perf_counter()
        told = attack.act(city.copied(folder / "attacked"))
        shutil.rmtree(folder / "attacked")
        yield {
            "attack": attack.name,
            "who": attack.who,
            "found_by": attack.finds,
            "detected": "yes" if told else "no",
            "named": "yes" if attack.is_named(told) else "no",
            "code": ", ".join(sorted({one.code for one in told})),
            "says": " | ".join(one.says.splitlines()[0] for one in told).replace(str(folder), ""),
            "seconds": round(time.perf_counter() - began, 2),
        }


def moved_alias(folder: Path) -> Rows:
    """Somebody moves MLflow's alias `approved` to a model of their own: `score` neither asks nor follows."""
    from mlflow import MlflowClient

    city = build(folder / "city", is_run=True)
    before = listed(city.copied(folder / "before"))
    os.environ["MLFLOW_TRACKING_URI"] = uri = f"sqlite:///{folder}/mlflow.db"
    client, name = MlflowClient(uri), model_name(PILOT)
    client.create_registered_model(name)
    own = client.create_model_version(name, source=str(folder / "own"))
    client.set_registered_model_alias(name, "approved", own.version)
    yield {
        "what": "the list is the same, byte for byte",
        "is": listed(city.copied(folder / "after")) == before,
    }
    city.take("suspend", "off", "governance_officer")
    [told] = city.scores()
    yield {"what": "suspended, alias or not", "is": "the model is suspended" in told.says}


def listed(city: World) -> bytes:
    assert city.scores() == []
    return (city.folder / "lists" / "list.csv").read_bytes()


def dossier_flips(folder: Path, times: int) -> Rows:
    """One byte of one file of the sealed dossier (T13): each must be refused, and the file named."""
    city, draw = build(folder / "city", is_run=True), random.Random(13)
    files = sorted(path for path in city.dossier.rglob("*") if path.is_file())
    refused = named = 0
    for _ in range(times):
        path = draw.choice(files)
        content = path.read_bytes()
        place = draw.randrange(len(content))
        flipped = bytes([content[place] ^ draw.randrange(1, 256)])
        path.write_bytes(content[:place] + flipped + content[place + 1 :])
        says = refusal(lambda: require_intact(city.dossier))
        path.write_bytes(content)
        refused += says is not None
        named += says is not None and path.relative_to(city.dossier).as_posix() in says
    require_intact(city.dossier)
    yield {"flips": times, "files": len(files), "refused": refused, "named": named}


def refusal(act: Callable[[], object]) -> str | None:
    try:
        act()
    except RefusedError as error:
        return str(error)
    return None


def database_flips(folder: Path, times: int) -> Rows:
    """One byte of the ledger's SQLite file (T21): told, or everything reads as before; then the drill."""
    folder.mkdir(exist_ok=True)
    ledger = long_ledger(folder, 200)
    before = export(ledger.snapshot())
    content, draw = (folder / "ledger.sqlite").read_bytes(), random.Random(21)
    counts = {"told": 0, "harmless": 0, "unseen": 0}
    for _ in range(times):
        path, place = folder / "flipped.sqlite", draw.randrange(len(content))
        path.write_bytes(
            content[:place] + bytes([content[place] ^ draw.randrange(1, 256)]) + content[place + 1 :]
        )
        counts[judged(path, before)] += 1
        for beside in folder.glob("flipped.sqlite*"):
            beside.unlink()
    began = time.perf_counter()
    url = f"sqlite:///{folder}/restored.sqlite"
    made = restore(url, before, verify_ledger(before, TRUST, START + timedelta(days=1)), TRUST)
    assert export(made.snapshot()) == before
    yield {"flips": times, **counts, "restore_seconds": round(time.perf_counter() - began, 2)}


def judged(path: Path, before: object) -> str:
    url = f"sqlite:///{path}"
    try:
        if check_database(url, LOG.public):
            return "told"
        exported = export(open_ledger(url).snapshot())
    except CivicError:
        return "told"
    if not verify_ledger(exported, TRUST, START + timedelta(days=1)).is_good:
        return "told"
    return "harmless" if exported == before else "unseen"


def long_ledger(folder: Path, size: int):
    import sqlite3

    ledger = found(folder)
    with ledger.writing() as book:
        for number in range(size - 1):
            book.append(vote(number, ANA))
    raw = sqlite3.connect(folder / "ledger.sqlite")
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()
    return ledger


def cost(folder: Path) -> Rows:
    """Seconds to verify a whole ledger, as `score` does each time."""
    for size in (200, 2_000, 10_000):
        place = folder / str(size)
        place.mkdir(parents=True)
        ledger = long_ledger(place, size)
        began = time.perf_counter()
        exported = export(ledger.snapshot())
        assert verify_ledger(exported, TRUST, START + timedelta(days=1)).is_good
        verified = time.perf_counter()
        assert check_database(f"sqlite:///{place}/ledger.sqlite", LOG.public) == ()
        times = {"verify": verified - began, "database": time.perf_counter() - verified}
        yield {"entries": size, **{name: round(seconds, 2) for name, seconds in times.items()}}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", choices=["attacks", "alias", "dossier", "database", "cost"])
    only = parser.parse_args().only
    parts: dict[str, tuple[str, Callable[[Path], Rows]]] = {
        "attacks": ("results.csv", attacks),
        "alias": ("alias.csv", moved_alias),
        "dossier": ("dossier_flips.csv", lambda folder: dossier_flips(folder, 1000)),
        "database": ("database_flips.csv", lambda folder: database_flips(folder, 500)),
        "cost": ("cost.csv", cost),
    }
    for name, (file, made) in parts.items():
        if only in (None, name):
            with tempfile.TemporaryDirectory() as folder:
                write(file, made(Path(folder)))


if __name__ == "__main__":
    main()
