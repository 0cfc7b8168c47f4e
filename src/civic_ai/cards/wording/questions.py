"""What the cards say of each of the four questions where their words differ: one row a question."""

from __future__ import annotations

from dataclasses import dataclass

from civic_ai.cards.words import Metrics
from civic_ai.core.messages import N_
from civic_ai.records.figure import Verdict


@dataclass(frozen=True)
class QuestionWords:
    """Sentences about one question; places in braces are filled where they are said.

    ``chosen`` heads the tables of candidates, ``of_100`` a column of lists; ``darker`` explains the map,
    ``above`` the points of the calibration;
    ``reached`` and ``served`` say whether every group gets the same. ``summary`` are the columns of the
    brief's table: the name of the fact, in which ``{candidate}`` is filled, and how it is told; empty where
    the table counts 100 visits instead.
    """

    scored: str
    limits: str
    chosen: str
    of_100: str
    darker: str
    above: str
    scope: str
    effort: str
    decision: str
    refused: str
    reached: str
    served: dict[Verdict, str]
    summary: Metrics


_LIST_SERVED: dict[Verdict, str] = {
    "pass": N_("Every group that was looked at is served about equally, within {tolerance} times."),
    "fail": N_("Some groups are not served equally. {gap}"),
    "insufficient_evidence": N_("This data cannot tell whether every group is served equally. {gap}"),
    "unknown": N_("Not measured: whether the list serves some groups less well."),
}
_ABOVE = N_("Points above the line: more came than predicted, so residents there are served too little.")
_HELD = "evaluation.coverage.{candidate}.lockbox.covered"

QUESTIONS: dict[str, QuestionWords] = {
    "ranking": QuestionWords(
        scored=N_("What gets a score is a place ({unit}), never a resident."),
        limits=N_("It knows only what was reported, and only for places like those of the test."),
        chosen=N_("How visits are chosen"),
        of_100=N_("Of 100 visits: those that find {event}"),
        darker=N_("Darker: more cases are expected there, whoever lives there."),
        above=_ABOVE,
        scope=N_("{units} places ({unit}); only this use."),
        effort=N_("{visits} visits {every}, by {who}."),
        decision=N_("May the city try this list, for this use, within this capacity?"),
        refused=N_("Visits are chosen as today. Nothing is deleted, and the question can come back."),
        reached=N_("{attribute}: the list reaches every group about as often as {reference}"),
        served=_LIST_SERVED,
        summary={},
    ),
    "cases": QuestionWords(
        scored=N_("What gets a score is a case ({unit}), never a resident."),
        limits=N_("It knows only what was recorded, and only for cases like those of the test."),
        chosen=N_("How the order of cases is chosen"),
        of_100=N_("Of 100 cases first on the list: {event}"),
        darker=N_("Darker: a case there turns out so more often, on average."),
        above=_ABOVE,
        scope=N_("{units} cases ({unit}) in the data so far; only this use."),
        effort=N_("{visits} cases {every}, by {who}."),
        decision=N_("May the city try this order of cases, for this use, within this capacity?"),
        refused=N_("Cases come in the order of today. Nothing is deleted, and the question can come back."),
        reached=N_("{attribute}: the list reaches every group about as often as {reference}"),
        served=_LIST_SERVED,
        summary={},
    ),
    "demand": QuestionWords(
        scored=N_("What gets a forecast is a place ({unit}), never a resident."),
        limits=N_("It knows only what was asked for, and only for places like those of the test."),
        chosen=N_("How it is forecast"),
        of_100="",
        darker=N_("Darker: more requests are expected there, of all types together."),
        above=_ABOVE,
        scope=N_("{units} series ({unit}); only this use."),
        effort=N_("Work is planned by the forecast {every}, {steps} periods ahead, by {who}."),
        decision=N_("May the city plan by this forecast, for this use?"),
        refused=N_("Work is planned as today. Nothing is deleted, and the question can come back."),
        reached=N_("{attribute}: the forecast is about as right for every group as for {reference}"),
        served={
            "pass": N_("The forecast is about equally right for every group, within {tolerance} times."),
            "fail": N_("The forecast is not equally right for every group. {gap}"),
            "insufficient_evidence": N_(
                "This data cannot tell whether the forecast is equally right for every group. {gap}"
            ),
            "unknown": N_("Not measured: whether the forecast is equally right for every group."),
        },
        summary={
            "evaluation.scores.{candidate}.all.bias_ratio.figure": (
                N_("For every 100 requests that came: forecast"), "per_hundred"),
            "evaluation.scores.{candidate}.all.mean_absolute_error.figure": (
                N_("Off by, for one forecast"), "ratio"),
            "evaluation.staffing.{candidate}.hours_short": (N_("Hours short in each period"), "found_fine"),
            "evaluation.staffing.{candidate}.hours_idle": (N_("Hours idle in each period"), "found_fine"),
            _HELD: (N_("Of 100 intervals in the last period: held"), "per_hundred"),
        },
    ),
    "durations": QuestionWords(
        scored=N_("What gets an estimate is a case ({unit}), never a resident."),
        limits=N_("It knows only what was recorded, and only for cases like those of the test."),
        chosen=N_("How it is estimated"),
        of_100="",
        darker=N_("Darker: a case there takes longer, on average."),
        above=N_("Points above the line: it took longer than residents would have been told."),
        scope=N_("{units} cases ({unit}) in the data so far; only this use."),
        effort=N_("New estimates {every}, by {who}."),
        decision=N_("May the city tell these estimates, for this use?"),
        refused=N_("Times are told as today. Nothing is deleted, and the question can come back."),
        reached=N_("{attribute}: every group waits about as long as {reference}"),
        served={
            "pass": N_("Every group that was looked at waits about equally long, within {tolerance} times."),
            "fail": N_("Some groups wait longer, or are told less rightly how long. {gap}"),
            "insufficient_evidence": N_("This data cannot tell whether some groups wait longer. {gap}"),
            "unknown": N_("Not measured: whether some groups wait longer."),
        },
        summary={
            "evaluation.scores.{candidate}.all.restricted_mean_ratio.figure": (
                N_("For every 100 days that it took: predicted"), "per_hundred"),
            "evaluation.scores.{candidate}.all.integrated_brier_score.figure": (
                N_("Integrated Brier score (0 is best)"), "number"),
            _HELD: (N_("Of 100 intervals in the last period: held"), "per_hundred"),
        },
    ),
}  # fmt: skip
"""Rankings and cases are lists that are visited; demand and durations are not."""
