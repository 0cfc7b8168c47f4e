"""The example city's tables as a city would export them, and the truth that it would not know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from civic_ai.data.synthetic_fields import Floats, Land, area_ids, road_age_years
from civic_ai.data.synthetic_need import Integers, Need
from civic_ai.data.synthetic_reports import Handling, Reports, report_rate
from civic_ai.data.synthetic_settings import BURN_IN_DAYS, FIRST_DAY, CitySettings, IncidentKind
from civic_ai.data.synthetic_weather import Weather

_CHANNELS = np.array(["app", "phone", "web", "office"])
_CHANNEL_LOG_ODDS = np.array([[0.4, -1.2], [0.5, 0.2], [0.2, -0.6], [-2.0, 1.8]])
"""Of each channel: where nobody speaks another language, and the change where everybody does."""
_HOURS_OF_DAY = np.array([0, 6, 8, 12, 17, 22, 24]) / 24
_DONE_BY_HOUR = np.array([0, 0.03, 0.12, 0.45, 0.80, 0.97, 1])
_KIND_STRIDE = 1_000_000_000


@dataclass(frozen=True)
class History:
    """Everything about one kind of problem, from need to reports."""

    kind: IncidentKind
    need: Need
    handling: Handling
    reports: Reports


def known_reports(histories: Sequence[History], days: int) -> pd.DataFrame:
    """The reports of the published period, oldest first, one row each, times as days.

    ``incident`` names what truly happened (as in the truth), ``incident_id`` what the city thinks: a
    repeat report that it failed to link got a number of its own.
    """
    rows = pd.concat([_frame(number, history) for number, history in enumerate(histories)])
    rows = rows[(rows["at"] >= BURN_IN_DAYS) & (rows["at"] < days)]
    rows = rows.sort_values("at", kind="stable", ignore_index=True)
    thought = rows["incident"].where(rows["is_linked"], -1 - rows.index.to_numpy())
    return rows.assign(incident_id=_numbered("I", pd.factorize(thought)[0]))


def requests_table(
    reports: pd.DataFrame, *, land: Land, settings: CitySettings, days: int, rng: np.random.Generator
) -> pd.DataFrame:
    """The requests as exported on the last day: what has not happened by then is blank."""
    is_placed = rng.random(len(reports)) >= settings.missing_location
    inspected, closed = (reports[name].where(reports[name] < days) for name in ("inspected", "closed"))
    area = reports["area"].to_numpy()
    return pd.DataFrame(
        {
            "request_id": _numbered("Q", np.arange(len(reports))),
            "incident_id": reports["incident_id"],
            "request_type": reports["kind"],
            "created_at": moments(reports["at"].to_numpy()),
            "inspected_at": moments(inspected.to_numpy()),
            "closed_at": moments(closed.to_numpy()),
            "status": np.where(closed.notna(), "closed", np.where(inspected.notna(), "inspected", "open")),
            "channel": _CHANNELS[_channels(land.minority_share[area], rng)],
            "area_id": np.array(area_ids(land.side))[area],
            "lat": reports["lat"].where(is_placed),
            "lon": reports["lon"].where(is_placed),
        }
    )


def areas_table(land: Land) -> pd.DataFrame:
    """One row an area: people by the language they speak at home, income, streets."""
    minority = np.rint(land.population * land.minority_share).astype(np.int64)
    names = area_ids(land.side)
    return pd.DataFrame(
        {
            "area_id": names,
            "area_name": [f"Row {int(name[1:3])} Column {int(name[4:])}" for name in names],
            "population": land.population,
            "pop_majority": land.population - minority,
            "pop_minority": minority,
            "minority_share": (minority / land.population).round(3),
            "median_income": land.median_income,
            "road_km": land.road_km,
            "road_age_years": road_age_years(land.age),
        }
    )


def weather_table(weather: Weather) -> pd.DataFrame:
    """One row a day of the published period; ``freeze`` is 1 when the night was below zero."""
    days = np.arange(BURN_IN_DAYS, len(weather.tmin_c))
    return pd.DataFrame(
        {
            "date": [day.isoformat() for day in moments(days.astype(float)).astype("datetime64[D]").tolist()],
            "tmin_c": weather.tmin_c[days],
            "tmax_c": weather.tmax_c[days],
            "rain_mm": weather.rain_mm[days],
            "freeze": (weather.tmin_c[days] < 0).astype(np.int64),
        }
    )


def truth_incidents_table(
    histories: Sequence[History], reports: pd.DataFrame, land: Land, days: int
) -> pd.DataFrame:
    """Every incident that truly arose in the published period, whether or not anyone reported it.

    ``incident_id`` is blank where no report came by the last day.
    """
    ids = reports[reports["is_linked"]].drop_duplicates("incident").set_index("incident")["incident_id"]
    frames = [_truth_frame(number, history, land) for number, history in enumerate(histories)]
    rows = pd.concat(frames)
    rows = rows[(rows["born"] >= BURN_IN_DAYS) & (rows["born"] < days)].sort_values("born", kind="stable")
    return pd.DataFrame(
        {
            "incident_id": ids.reindex(rows["incident"]).to_numpy(),
            "request_type": rows["kind"].to_numpy(),
            "area_id": rows["area_id"].to_numpy(),
            "lat": rows["lat"].to_numpy(),
            "lon": rows["lon"].to_numpy(),
            "born_at": moments(rows["born"].to_numpy()),
            "died_at": moments(rows["died"].to_numpy()),
            "severity": rows["severity"].round(4).to_numpy(),
            "reports_per_day": rows["rate"].round(6).to_numpy(),
        }
    )


def truth_areas_table(
    histories: Sequence[History], incidents: pd.DataFrame, land: Land, settings: CitySettings
) -> pd.DataFrame:
    """By area and kind: incidents that arose, were reported, and reports per day of a live one."""
    names = area_ids(land.side)
    reported = incidents["incident_id"].notna()
    tables = []
    for history in histories:
        of_kind = incidents["request_type"] == history.kind.name
        arose = incidents[of_kind].groupby("area_id").size().reindex(names, fill_value=0)
        heard = incidents[of_kind & reported].groupby("area_id").size().reindex(names, fill_value=0)
        tables.append(
            pd.DataFrame(
                {
                    "area_id": names,
                    "request_type": history.kind.name,
                    "minority_share": land.minority_share.round(6),
                    "incidents": arose.to_numpy(),
                    "reported_incidents": heard.to_numpy(),
                    "reports_per_day": report_rate(history.kind, land, settings).round(6),
                }
            )
        )
    return pd.concat(tables, ignore_index=True)


def moments(days: Floats) -> npt.NDArray[np.datetime64]:
    """Days since the start of the burn-in as date and time; NaN becomes blank (NaT).

    Hours follow people's days (nights are quieter); the order of moments is kept.
    """
    known = np.where(np.isnan(days), 0, days)
    day = np.floor(known)
    hour = np.interp(known - day, _DONE_BY_HOUR, _HOURS_OF_DAY)
    seconds = np.floor((day - BURN_IN_DAYS + hour) * 86_400).astype("timedelta64[s]")
    made = np.datetime64(FIRST_DAY, "s") + seconds
    made[np.isnan(days)] = np.datetime64("NaT")
    return np.asarray(made)


def _frame(number: int, history: History) -> pd.DataFrame:
    """The reports of one kind with what is true of their incident."""
    reports, need, handling = history.reports, history.need, history.handling
    of = reports.incident
    return pd.DataFrame(
        {
            "incident": number * _KIND_STRIDE + of,
            "kind": history.kind.name,
            "at": reports.at,
            "is_linked": reports.is_linked,
            "inspected": handling.inspected[of],
            "closed": handling.closed[of],
            "area": need.area[of],
            "lat": need.lat[of],
            "lon": need.lon[of],
        }
    )


def _truth_frame(number: int, history: History, land: Land) -> pd.DataFrame:
    need = history.need
    return pd.DataFrame(
        {
            "incident": number * _KIND_STRIDE + np.arange(len(need.area)),
            "kind": history.kind.name,
            "area_id": np.array(area_ids(land.side))[need.area],
            "lat": need.lat,
            "lon": need.lon,
            "born": need.born,
            "died": need.died,
            "severity": need.severity,
            "rate": history.handling.rate,
        }
    )


def _channels(share: Floats, rng: np.random.Generator) -> Integers:
    """A channel for each report, by a multinomial logit in the share of its area."""
    odds = np.exp(_CHANNEL_LOG_ODDS[:, :1] + _CHANNEL_LOG_ODDS[:, 1:] * share)
    reach = np.cumsum(odds / odds.sum(axis=0), axis=0)
    return np.asarray((rng.random(len(share)) > reach[:-1]).sum(axis=0))


def _numbered(letter: str, numbers: Integers) -> npt.NDArray[np.str_]:
    return np.char.mod(f"{letter}%07d", numbers + 1)
