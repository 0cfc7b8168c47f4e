"""What does leaving out open cases do to the mean delay? São Paulo's requests, and a simulated city.

CIVIC_AI_DATA=../shared/data .venv/bin/python experiments/004-censoring/run.py
"""

from __future__ import annotations

import csv
import os
import sys
from collections.abc import Iterator
from dataclasses import astuple, dataclass, fields
from pathlib import Path

import numpy as np
import pandas as pd

from civic_ai.models.survival import waits_until

TAU = 90
WINDOW_DAYS = 180
LEAST_REQUESTS = 300
AS_OF = [f"{year}-{month}-01" for year in range(2016, 2020) for month in ("01", "07")]
CITIES = 100


@dataclass(frozen=True)
class Told:
    """One comparison of means of at most TAU days: the truth, and what each way said on the day."""

    what: str
    as_of: str
    requests: int
    still_open: float
    truth: float
    closed_only: float
    closed_only_error: float
    kaplan_meier: float
    kaplan_meier_error: float


def compare(what: str, as_of: str, wait: np.ndarray, watched: np.ndarray) -> Told:
    """``wait``: days until the end, known in hindsight; ``watched``: days from request to as-of date."""
    capped, ended = np.minimum(wait, TAU), wait <= watched
    truth, closed = float(capped.mean()), float(capped[ended].mean()) if ended.any() else float("nan")
    told = float(waits_until(np.minimum(wait, watched), ended, TAU).life_table().restricted_mean()[0])
    open_ = float(1 - ended.mean())
    return Told(what, as_of, len(wait), open_, truth, closed, closed / truth - 1, told, told / truth - 1)


def requests(folder: Path) -> pd.DataFrame:
    files = sorted((folder / "sao_paulo").glob("solicitacoes_*.csv.gz"))
    dates = ["data_abertura", "data_parecer"]
    frame = pd.concat(pd.read_csv(file, usecols=[*dates, "servico"], parse_dates=dates) for file in files)
    frame["wait"] = (frame["data_parecer"] - frame["data_abertura"]) / pd.Timedelta(days=1)
    return frame[frame["wait"].ge(0)]


def of_sao_paulo(frame: pd.DataFrame) -> Iterator[Told]:
    """Requests of the half year before each date, all and by service, as known on that date."""
    for as_of in AS_OF:
        age = (pd.Timestamp(as_of) - frame["data_abertura"]) / pd.Timedelta(days=1)
        seen = frame.assign(age=age)[age.between(0, WINDOW_DAYS)]
        yield compare("all services", as_of, seen["wait"].to_numpy(), seen["age"].to_numpy())
        for service, part in seen.groupby("servico"):
            if len(part) >= LEAST_REQUESTS:
                yield compare(str(service), as_of, part["wait"].to_numpy(), part["age"].to_numpy())


def of_simulation() -> Iterator[Told]:
    """Ratio of a group whose requests came late to one whose came evenly; the true ratio is 1.405."""
    rng = np.random.default_rng(4)
    for city in range(CITIES):
        said = {}
        for group, mean in (("a", 30.0), ("b", 46.96)):
            wait = rng.exponential(mean, 3000)
            share = rng.uniform(size=3000) if group == "a" else rng.beta(3, 1, 3000)
            said[group] = compare(group, "", wait, 200 * (1 - share))
        a, b = said["a"], said["b"]
        truth, open_ = 1.405, (a.still_open + b.still_open) / 2
        closed, told = b.closed_only / a.closed_only, b.kaplan_meier / a.kaplan_meier
        name = f"simulated ratio {city + 1}"
        yield Told(name, "", 6000, open_, truth, closed, closed / truth - 1, told, told / truth - 1)


def summary(made: list[Told]) -> Iterator[str]:
    """Median error of each way, its spread, how often it is off by more than a fifth or says nothing."""
    kinds = {
        "all services": [one for one in made if one.what == "all services"],
        "each service": [one for one in made if one.as_of and one.what != "all services"],
        "simulated ratio": [one for one in made if not one.as_of],
    }
    for name, part in kinds.items():
        for way in ("closed_only_error", "kaplan_meier_error"):
            errors = np.array([getattr(one, way) for one in part])
            silent, said = int(np.isnan(errors).sum()), errors[~np.isnan(errors)]
            low, middle, high = np.quantile(said, [0.1, 0.5, 0.9])
            yield (
                f"{name:16} {way:19} n {len(errors):3}, says nothing {silent}, median {middle:+.3f} "
                f"(10 to 90 %: {low:+.3f} to {high:+.3f}), beyond 20 %: {np.mean(np.abs(said) > 0.2):.2f}"
            )


if __name__ == "__main__":
    if "CIVIC_AI_DATA" not in os.environ:
        sys.exit("CIVIC_AI_DATA is not set: it must name the folder that holds sao_paulo/")
    told = [*of_simulation(), *of_sao_paulo(requests(Path(os.environ["CIVIC_AI_DATA"])))]
    with (Path(__file__).parent / "results.csv").open("w", newline="", encoding="utf-8") as target:
        writer = csv.writer(target)
        writer.writerow(field.name for field in fields(Told))
        for row in told:
            writer.writerow(round(value, 4) if isinstance(value, float) else value for value in astuple(row))
    for line in summary(told):
        print(line)
