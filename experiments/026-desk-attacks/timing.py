"""Does the time of a refused sign-in tell who has an account? T11: medians less than 5 % apart."""

from __future__ import annotations

import argparse
import csv
import random
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT)]

from django.conf import settings  # noqa: E402
from django.test import Client  # noqa: E402
from tests.unit.web import made_django  # noqa: E402, F401  (first: it tells Django what it needs)
from tests.unit.web.made_desk import made_desk  # noqa: E402

from civic_ai.web import desk as desks  # noqa: E402
from civic_ai.web.accounts.models import Member  # noqa: E402

TRIES, SHUFFLES, MOST_APART = 200, 10_000, 0.05
KINDS = ("known", "unknown")
WARM = 5


def one(kind: str, number: int) -> float:
    """Milliseconds of one refused sign-in, from an address that nobody used before: none is locked."""
    name = "known" if kind == "known" else f"nobody-{number}"
    address = f"198.51.{number // 250}.{number % 250 + 1}"
    client = Client(REMOTE_ADDR=address)
    began = time.perf_counter()
    answer = client.post("/login/", {"name": name, "password": f"wrong words {number}"})
    took = 1000 * (time.perf_counter() - began)
    assert answer.status_code == 401, answer.status_code
    return took


def tried(tries: int, chance: random.Random) -> list[tuple[str, float]]:
    """So many tries of each kind, in an order by chance: what the machine does meanwhile strikes both."""
    order = [kind for kind in KINDS for _ in range(tries)]
    chance.shuffle(order)
    for number in range(WARM):
        one(KINDS[number % 2], number)
    return [(kind, one(kind, number)) for number, kind in enumerate(order, start=WARM)]


def apart(first: list[float], second: list[float]) -> float:
    """How far the medians lie apart, as a share of the second."""
    return median(first) / median(second) - 1


def share_as_far(rows: list[tuple[str, float]], chance: random.Random) -> float:
    """The permutation test: how often labels dealt by chance put the medians at least as far apart."""
    times = [took for _, took in rows]
    many = sum(kind == KINDS[0] for kind, _ in rows)
    found, as_far = abs(apart(*(of(rows, kind) for kind in KINDS))), 0
    for _ in range(SHUFFLES):
        chance.shuffle(times)
        as_far += abs(apart(times[:many], times[many:])) >= found
    return (as_far + 1) / (SHUFFLES + 1)


def of(rows: list[tuple[str, float]], kind: str) -> list[float]:
    """The times of one kind."""
    return [took for each, took in rows if each == kind]


def main() -> int:
    """Try, write the times down, say what they tell; 1 where the medians are too far apart."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--tries", type=int, default=TRIES)
    asked.add_argument("--seed", type=int, default=1)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        made = made_desk(Path(folder))
        settings.CIVIC_AI = made.settings
        desks._opened = {made.settings: made}.__getitem__  # type: ignore[assignment]
        Member.objects.add("known", "known", "a long and honest sentence")
        chance = random.Random(given.seed)
        rows = tried(given.tries, chance)
    with (HERE / "timing.csv").open("w", newline="") as target:
        csv.writer(target).writerows([("name", "milliseconds"), *((kind, f"{t:.2f}") for kind, t in rows)])
    known, unknown = (of(rows, kind) for kind in KINDS)
    difference, by_chance = apart(known, unknown), share_as_far(rows, chance)
    print(
        f"{given.tries} tries each: known {median(known):.1f} ms, unknown {median(unknown):.1f} ms (medians)"
    )
    print(f"difference {difference:+.2%} of the median; by chance as far in {by_chance:.1%} of shuffles")
    return int(abs(difference) >= MOST_APART)


if __name__ == "__main__":
    sys.exit(main())
