"""Calibration: what came against what was predicted, over how many predictions there were."""

from __future__ import annotations

from typing import Any

from civic_ai.cards.facts import Records
from civic_ai.cards.pictures.picture import BLUE, GREY, WIDTH, Picture, Table, draw
from civic_ai.cards.tell import Teller
from civic_ai.cards.wording.questions import QUESTIONS
from civic_ai.core.messages import N_, Message, say
from civic_ai.records.evaluation import Calibration

_SIDE, _BARS = 170, 36
_FINDINGS = {
    "pass": N_("The numbers mean what they say: what was predicted is what came"),
    "fail": N_("The numbers do not mean what they say: what came differs from what was predicted"),
    "insufficient_evidence": N_("This data cannot tell whether the numbers mean what they say"),
    "unknown": N_("Nobody knows yet whether the numbers mean what they say"),
}


def draw_calibration(records: Records, teller: Teller) -> Picture:
    """Binned points with their intervals over a small histogram of the predictions."""
    title = teller.sentence(_finding(records.evaluation.calibration, teller))
    caption = say(
        "{above} The bars below count predictions, of all groups together.",
        above=Message(QUESTIONS[records.evaluation.question].above),
    )
    return Picture(
        "calibration", title, title.striptags(), teller.sentence(caption),
        draw(_chart(records, teller), teller.locale), _table(records, teller),
    )  # fmt: skip


def _finding(calibration: Calibration, teller: Teller) -> Message:
    """Whether predictions are certainly too high or too low on average; else what the verdict says."""
    lower, upper = calibration.bias_ratio.lower, calibration.bias_ratio.upper
    verdict = Message(_FINDINGS[calibration.verdict])
    if lower is None or upper is None or lower <= 1 <= upper:
        return verdict
    off = teller.value("calibration.bias", "percent")
    passes = calibration.verdict == "pass"
    if lower > 1:
        tolerated = say("Predictions are {off} too high on average, within the policy's tolerance", off=off)
        return tolerated if passes else say("Predictions are {off} too high on average", off=off)
    tolerated = say("Predictions are {off} too low on average, within the policy's tolerance", off=off)
    return tolerated if passes else say("Predictions are {off} too low on average", off=off)


def _chart(records: Records, teller: Teller) -> Any:
    import altair as alt

    rows = [
        {
            "predicted": part.predicted, "came": part.observed.value, "n": part.observed.n,
            "lower": part.observed.lower, "upper": part.observed.upper,
        }
        for part in records.evaluation.calibration.bins
    ]  # fmt: skip
    reach = max([0.01, *(row[key] or 0 for row in rows for key in ("predicted", "came", "upper"))])
    scale = alt.Scale(domain=[0, reach], nice=True)
    x = alt.X("predicted:Q", scale=scale, title=teller.plain(say("predicted")))
    base = alt.Chart(alt.Data(values=rows))
    even = alt.Chart(alt.Data(values=[{"predicted": 0, "came": 0}, {"predicted": reach, "came": reach}]))
    y = alt.Y("came:Q", scale=scale, title=teller.plain(say("came")))
    points = alt.layer(
        even.mark_line(color=GREY, strokeDash=[4, 3]).encode(x=x, y=y),
        base.mark_rule(color=BLUE, strokeWidth=2).encode(x=x, y=alt.Y("lower:Q", scale=scale), y2="upper:Q"),
        base.mark_point(filled=True, size=60, color=BLUE, opacity=1).encode(x=x, y=y),
    ).properties(width=WIDTH, height=_SIDE)
    n = alt.Y("n:Q", title=teller.plain(say("n")), axis=alt.Axis(tickCount=2, grid=False))
    bars = base.mark_bar(color=GREY, size=6).encode(x=alt.X("predicted:Q", scale=scale, axis=None), y=n)
    both = alt.vconcat(points, bars.properties(width=WIDTH, height=_BARS), spacing=6)
    return both.resolve_scale(x="shared")


def _table(records: Records, teller: Teller) -> Table:
    columns = tuple(map(teller.plain, (say("Predicted"), say("Came"), say("n"))))
    rows = []
    for position in range(len(records.evaluation.calibration.bins)):
        fact = f"evaluation.calibration.bins.{position}"
        predicted = teller.value(f"{fact}.predicted", "ratio")
        came, n = teller.figure(f"{fact}.observed", "ratio"), teller.value(f"{fact}.observed.n", "count")
        rows.append((predicted, came, n))
    return Table(teller.sentence(say("What was predicted and what came")), columns, tuple(rows))
