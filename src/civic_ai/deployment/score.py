"""``civic-ai score``: today's list from the approved champion, or a refusal with the reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from civic_ai.core.canonical import digest_of_bytes
from civic_ai.core.errors import ConfigError, DataError, RefusedError
from civic_ai.core.messages import say
from civic_ai.data.contract import load_contracts
from civic_ai.deployment.approval import Declared, require_approval
from civic_ai.deployment.changed_order import read_plan, todays_scores
from civic_ai.deployment.cohort import PLACE, Rules, Today, find_today, newest_days
from civic_ai.deployment.loader import open_approved
from civic_ai.deployment.reasons import Reasons, read_reasons
from civic_ai.deployment.worklist import (
    BY_LOT,
    NOT_CHOSEN,
    Draw,
    choose_units,
    rank_units,
    require_free,
    table_bytes,
    write_worklist,
)
from civic_ai.models.scorer import ModelScorer
from civic_ai.models.table import BOUNDS
from civic_ai.pilot.load import Pilot
from civic_ai.records.case import Case
from civic_ai.records.contract import Contract
from civic_ai.records.decision import Binding, Decision
from civic_ai.records.deployment import DataUsed, Worklist
from civic_ai.records.policy import Policy
from civic_ai.review.level import workflow_of
from civic_ai.store.blobs import Blobs


@dataclass(frozen=True)
class Authority:
    """By what a list may be made: the case, the dossier's folder, and the board's policy now.

    ``released_on``: of a release; None where the ledger itself was read. ``known_on``: nothing is known of
    the case after that day; None where it is known up to now.
    """

    case: Case
    dossier: Path
    policy: Policy
    released_on: date | None = None
    known_on: date | None = None


@dataclass(frozen=True)
class Wanted:
    """The list that is asked for: its as-of date, the day on which it is made, and the share of the capacity
    that a lot decides."""

    as_of: date
    made_on: date
    exploration_share: float = 0.0


@dataclass(frozen=True)
class Scored:
    """A finished list: its rows, as CSV, and the record that goes beside it."""

    frame: pd.DataFrame
    table: bytes
    record: Worklist


def score_to(path: Path, pilot: Pilot, authority: Authority, wanted: Wanted, blobs: Blobs) -> Worklist:
    """Make the list and write it to ``path`` with its record beside it, or write nothing and raise.

    Raises as :func:`score_today`, and :class:`ConfigError` where something stands at ``path`` already.
    """
    require_free(path)
    made = score_today(pilot, authority, wanted, blobs)
    write_worklist(path, made.table, made.record)
    return made.record


def score_today(pilot: Pilot, authority: Authority, wanted: Wanted, blobs: Blobs) -> Scored:
    """The list of ``wanted.as_of`` from the city's files as they stand now.

    Raises :class:`RefusedError` unless everything is as approved, on the as-of date and on the day it is
    made; :class:`DataError` where the data is missing, broken, stale, or nobody is on the list.
    """
    _refuse_future(wanted)
    contracts = load_contracts(pilot)
    decision, binding = approved(authority, pilot, contracts, wanted)
    scorer = open_approved(authority.dossier / "bundle", binding)
    draw = Draw.of(binding.capacity, wanted.exploration_share, decision.digest, wanted.as_of)
    plan, reasons = read_plan(authority.dossier), read_reasons(authority.dossier)
    today = find_today(pilot, wanted.as_of, Rules(contracts, plan.policy), blobs)
    rows = today.frame.assign(score=todays_scores(scorer, plan, today, blobs))
    frame, unstable = list_frame(rows, scorer, reasons, draw, pilot.spec.review.languages)
    table = table_bytes(frame)
    chosen = Counter(frame["chosen_by"])
    record = Worklist(
        pilot=pilot.spec.pilot,
        as_of=wanted.as_of,
        made_on=wanted.made_on,
        dossier=binding.dossier,
        decision=decision.digest,
        bundle=binding.bundle,
        policy=authority.policy.digest,
        snapshot=today.snapshot.digest,
        sources=_sources(pilot, today),
        units=len(frame),
        capacity=binding.capacity,
        chosen=len(frame) - chosen[NOT_CHOSEN],
        exploration_share=wanted.exploration_share,
        by_lot=chosen[BY_LOT],
        unstable_reasons=unstable,
        ends_on=_ends_on(decision),
        released_on=authority.released_on,
        table=digest_of_bytes(table),
    )
    return Scored(frame, table, record)


def approved(
    authority: Authority, pilot: Pilot, contracts: Mapping[str, Contract], wanted: Wanted
) -> tuple[Decision, Binding]:
    """The approval that holds on the as-of date and on the day the list is made, and its binding."""
    declared = Declared(pilot.spec, {name: contract.digest for name, contract in contracts.items()})
    day = max(wanted.made_on, wanted.as_of)
    decision = require_approval(authority.case, authority.dossier, day, authority.policy, declared)
    _refuse_old_release(authority, wanted.made_on)
    assert decision.binding is not None, "require_approval refuses a decision without one"
    return decision, decision.binding


def _refuse_old_release(authority: Authority, day: date) -> None:
    """A suspension does not reach a release: what was not looked up for long is not believed."""
    known_on, most = authority.known_on, workflow_of(authority.policy).release_days
    if known_on is not None and (day - known_on).days > most:
        raise RefusedError.because(
            say("nothing is known of the case after {last}; the policy allows {most} days",
                last=known_on, most=most),
            about="release",
            remedy=say("Ask for a new release, or give a newer export of the ledger with --record."),
        )  # fmt: skip


def list_frame(
    rows: pd.DataFrame, scorer: ModelScorer, reasons: Reasons, draw: Draw, languages: Sequence[str]
) -> tuple[pd.DataFrame, int]:
    """The list of ``rows`` by their ``score``, highest rank first, and how many reasons on it carry a mark.

    ``rank``, ``unit``, ``area``, ``type`` (where units have them), ``chosen_by`` (score, lot or blank),
    ``score``, ``lower`` and ``upper`` where the model bounds the outcome, and for chosen units the reasons in
    each of ``languages``.
    """
    units, scores = [str(unit) for unit in rows["unit"]], rows["score"].to_numpy(dtype=np.float64)
    _refuse_no_numbers(scores)
    order = rank_units(units, scores, draw)
    frame = rows[[name for name in PLACE if rows[name].notna().any()]].copy()
    frame.insert(0, "rank", np.argsort(order) + 1)
    frame["chosen_by"] = choose_units(units, order, draw)
    frame["score"] = scores
    bounds = scorer.columns(rows)
    for name in BOUNDS:
        if name in bounds:
            frame[name] = bounds[name]
    is_chosen = (frame["chosen_by"] != NOT_CHOSEN).to_numpy()
    codes = reasons.codes(scorer, rows[is_chosen])
    for language in languages:
        told = pd.Series("", index=frame.index, dtype=object)
        told[is_chosen] = [reasons.text(each, language) for each in codes]
        frame[f"reasons_{language}"] = told
    return frame.iloc[order].reset_index(drop=True), sum(reasons.unstable(each) for each in codes)


def _refuse_future(wanted: Wanted) -> None:
    if wanted.as_of > wanted.made_on:
        raise ConfigError.because(
            say("{date} has not come yet", date=wanted.as_of),
            about="--on",
            remedy=say(
                "A list is made of what is known; choose a date up to {today}.",
                today=wanted.made_on.isoformat(),
            ),
        )


def _refuse_no_numbers(scores: NDArray[np.float64]) -> None:
    blank = int((~np.isfinite(scores)).sum())
    if blank:
        raise DataError.because(
            say("the model has no score for {count} of {units} units", count=blank, units=len(scores)),
            about="score",
            remedy=say("Look at the data of that date; nothing was written."),
        )


def _ends_on(decision: Decision) -> date:
    assert decision.ends_on is not None, "require_approval refuses a decision without an end"
    return decision.ends_on


def _sources(pilot: Pilot, today: Today) -> tuple[DataUsed, ...]:
    newest = newest_days(pilot.spec, today.as_of, today.snapshot)
    return tuple(
        DataUsed(
            name=source.name,
            raw_digest=source.raw_digest,
            contract=source.contract_digest,
            rows=source.rows,
            quarantined=source.quarantined,
            newest_on=newest.get(source.name),
        )
        for source in today.snapshot.sources
    )
