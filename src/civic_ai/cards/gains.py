"""How much better than the simplest rule, in sentences: of a list, of a forecast, of an estimate of time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from markupsafe import Markup

from civic_ai.cards import words
from civic_ai.cards.facts import Records
from civic_ai.cards.fan import hides_most
from civic_ai.cards.numbers import Style
from civic_ai.cards.tell import Teller
from civic_ai.cards.wording.groups import fact_of
from civic_ai.core.messages import N_, Message, say
from civic_ai.records.figure import Verdict

_MORE = {
    "pass": N_("On the same dates the model finds {more} more."),
    "fail": N_("On the same dates the model finds fewer: {more}."),
    "insufficient_evidence": N_("The difference is too small to tell."),
    "unknown": N_("Whether one finds more was not measured."),
}
_ON_OBJECTIVE = {
    "pass": N_("On the objective that the city declared it is {lift} times as good: {objective}."),
    "fail": N_("On the objective that the city declared the rule is better ({lift}): {objective}."),
    "insufficient_evidence": N_(
        "On the objective that the city declared the difference is too small to tell ({lift}): {objective}."
    ),
    "unknown": N_("On the objective that the city declared it was not measured: {objective}."),
}
_BETTER = {
    "pass": N_("The model is {lift} times as good as the best simple rule, {rule}."),
    "fail": N_("The best simple rule, {rule}, is better: the model is {lift} times as good."),
    "insufficient_evidence": N_(
        "The model is {lift} times as good as the best simple rule, {rule}. "
        "The difference is too small to tell."
    ),
    "unknown": N_("Whether the model is better than the best simple rule, {rule}, was not measured."),
}


@dataclass(frozen=True)
class Gain:
    """Sentences about the gain of one evidence for one reader."""

    records: Records
    teller: Teller

    def tests(self) -> Markup:
        """What the tests found, model and best simple rule beside each other."""
        return self._joined(_IN_TESTS[self.records.evaluation.question](self))

    def lockbox(self) -> Markup:
        """What the newest period, kept aside, found: it may differ from the average of the tests."""
        return self._joined(_IN_LOCKBOX[self.records.evaluation.question](self))

    def difference(self) -> Verdict:
        """Whether 100 visits of the model find more than 100 of the rule, paired over time."""
        prefix = f"evaluation.per_100_visits.{self.records.model}.more_than_best_baseline"
        lower, upper = (self.teller.facts.get(f"{prefix}.{bound}") for bound in ("lower", "upper"))
        if not isinstance(lower, int | float) or not isinstance(upper, int | float):
            return "unknown"
        return "pass" if lower > 0 else "fail" if upper < 0 else "insufficient_evidence"

    def event(self) -> str:
        """What one visit would find, with its article: ``a pothole``."""
        called = self.records.spec.label.called
        return self.teller.text(called) if called is not None else self.teller.plain(say("a case"))

    def known(self, prefix: str) -> bool:
        """Whether this reader may see a number there."""
        return isinstance(self.teller.facts.get(f"{prefix}.value"), int | float)

    @property
    def rule(self) -> str:
        """The best simple rule in words."""
        return self.teller.word(words.CANDIDATES, self.records.rule)

    @property
    def days(self) -> Markup:
        """Days of the lockbox."""
        return self.teller.value("spec.validation.lockbox_days", "count")

    def interval(self, prefix: str, style: Style) -> Markup:
        """``between 32 and 36``, or that there is none."""
        return self.teller.interval(prefix, style) or self.teller.sentence(say("no interval"))

    def _joined(self, sentences: Iterator[Message]) -> Markup:
        return Markup(" ").join(self.teller.sentence(sentence) for sentence in sentences)


def _visits(gain: Gain) -> Iterator[Message]:
    """What 100 visits would find by the model and by the rule, and whether they can be told apart."""
    tell, records = gain.teller, gain.records
    model, rule = (f"evaluation.per_100_visits.{name}" for name in (records.model, records.rule))
    if not (gain.known(f"{model}.found") and gain.known(f"{rule}.found")):
        yield say("Not measured: what the model finds compared with the simple rule.")
        return
    yield _found(gain, f"{model}.found")
    yield say("The best simple rule, {rule}, finds {found}.", rule=gain.rule,
              found=tell.figure(f"{rule}.found", "found"))  # fmt: skip
    more = tell.figure(f"{model}.more_than_best_baseline", "found")
    yield Message(_MORE[gain.difference()], {"more": more})
    if records.evaluation.lift_verdict != gain.difference():
        yield _on_objective(gain)


def _on_objective(gain: Gain) -> Message:
    """Where visits and the declared objective say different things of the same model, both are told."""
    tell, evaluation = gain.teller, gain.records.evaluation
    told = {
        "lift": tell.figure("evaluation.lift_over_best_baseline", "ratio"),
        "objective": tell.word(words.SCORES, evaluation.objective),
    }
    return Message(_ON_OBJECTIVE[evaluation.lift_verdict], told)


def _found(gain: Gain, prefix: str) -> Message:
    """What 100 visits chosen by the model find: visits that find something, or cases found."""
    tell, question = gain.teller, gain.records.evaluation.question
    if gain.records.evaluation.kind == "count":
        return say("100 visits chosen by the model would find about {found} cases.",
                   found=tell.figure(prefix, "found"))  # fmt: skip
    style = tell.finer(prefix, "found")
    told = {"found": tell.value(f"{prefix}.value", style), "event": gain.event(),
            "interval": gain.interval(prefix, style)}  # fmt: skip
    if question == "cases":
        return say("Of 100 cases first on the model's list, about {found} turn out so: {event} ({interval}).",
                   **told)  # fmt: skip
    return say(
        "About {found} of every 100 visits chosen by the model would find {event} ({interval}).", **told
    )


def _days_earlier(gain: Gain) -> Iterator[Message]:
    """Days earlier and the first half in the last period, beside the rule that knows only who makes the
    record. Nothing where no case is due on a day."""
    tell, candidate = gain.teller, gain.records.evaluation.champion
    own = f"evaluation.time_to_find.{candidate}.lockbox"
    if not gain.known(f"{own}.days_earlier"):
        return
    yield say(
        "In that order the same cases would be found {days} days earlier than today; {half} of 100 in the "
        "first half, today {today}.",
        days=tell.figure(f"{own}.days_earlier", "found_fine"),
        half=tell.figure(f"{own}.first_half", "per_hundred"),
        today=tell.value(f"{own}.first_half_today.value", "per_hundred"),
    )
    observer = "evaluation.time_to_find.observer_rate.lockbox.days_earlier"
    if candidate != "observer_rate" and gain.known(observer):
        yield say("A rule that knows only the observer: {days} days.",
                  days=tell.figure(observer, "found_fine"))  # fmt: skip
    within = f"{own}.within_observer"
    if gain.known(within):
        yield say("Within the cases of each observer alone, the model's order gains {days} days.",
                  days=tell.figure(within, "found_fine"))  # fmt: skip


def _visits_kept_aside(gain: Gain) -> Iterator[Message]:
    """What was found per visit in the last period, by whoever was looked at."""
    tell, records = gain.teller, gain.records
    part = "evaluation.lockbox.{}.lockbox.precision_at_capacity.figure"
    model, rule = part.format(records.model), part.format(records.rule)
    if not gain.known(rule):
        yield say("Not measured: what was found in the last {days} days, kept aside.", days=gain.days)
        return
    found = tell.value(f"{rule}.value", "per_hundred")
    if gain.known(model):
        yield say(
            "In the last {days} days, kept aside, the model found about {found} ({interval}) "
            "and the simple rule {rule}.",
            days=gain.days, found=tell.value(f"{model}.value", "per_hundred"),
            interval=gain.interval(model, "per_hundred"), rule=found,
        )  # fmt: skip
    else:
        yield say(
            "In the last {days} days, kept aside, the simple rule found about {found} ({interval}).",
            days=gain.days, found=found, interval=gain.interval(rule, "per_hundred"),
        )  # fmt: skip
    yield from _days_earlier(gain)


def _forecast(gain: Gain) -> Iterator[Message]:
    """How far off the forecasts are, and what that costs in hours, against the best simple rule."""
    tell, model = gain.teller, gain.records.model
    bias = f"evaluation.scores.{model}.all.bias_ratio.figure"
    if gain.known(bias):
        yield say("For every 100 requests that came, the model had forecast {n}.",
                  n=tell.figure(bias, "per_hundred"))  # fmt: skip
    yield _better(gain)
    yield from _staffing(gain)
    if hides_most(tell.facts):
        yield say(
            "No picture of the busiest series: in most periods too few requests came to show (privacy)."
        )


def _staffing(gain: Gain) -> Iterator[Message]:
    """What planning by the forecast leaves short and idle: in hours where the city declared how long a
    request takes, else in requests."""
    tell = gain.teller
    own, rule = (f"evaluation.staffing.{name}" for name in (gain.records.model, gain.records.rule))
    if not (gain.known(f"{own}.hours_short") and gain.known(f"{rule}.hours_short")):
        return
    yield Message(
        _IN_HOURS if gain.records.declares_hours else _IN_REQUESTS,
        {
            "short": tell.figure(f"{own}.hours_short", "found_fine"),
            "idle": tell.figure(f"{own}.hours_idle", "found_fine"),
            "rule_short": tell.value(f"{rule}.hours_short.value", "found_fine"),
            "rule_idle": tell.value(f"{rule}.hours_idle.value", "found_fine"),
        },
    )


_IN_HOURS = N_(
    "Planned by the model, {short} hours of work are short in each period and {idle} idle; "
    "by the simple rule {rule_short} and {rule_idle}."
)
_IN_REQUESTS = N_(
    "Planned by the model, {short} requests more than planned for come in each period and {idle} fewer; "
    "by the simple rule {rule_short} and {rule_idle}."
)


def _estimate(gain: Gain) -> Iterator[Message]:
    """By when half and nine of ten cases are done, and whether the model says so better than the rule."""
    for share, sentence in _DONE_WITHIN:
        days = _first_day(gain, share)
        if days is not None:
            prefix = f"evaluation.horizons.{gain.records.evaluation.champion}.{days}"
            yield Message(sentence, {"days": gain.teller.value(f"{prefix}.days", "count")})
    yield from _over_before(gain)
    yield _better(gain)


def _over_before(gain: Gain) -> Iterator[Message]:
    """Where many cases were over before their first list: they are the quick ones, and in no figure."""
    for finding in gain.records.panel.findings:
        if finding.code == "over_before_list" and finding.severity == "warning":
            share = gain.teller.value(f"{fact_of('panel.findings', finding)}.share", "percent")
            yield say(
                "{share} of all cases were over before a time could be told: no figure here counts them.",
                share=share,
            )


_DONE_WITHIN = (
    (0.5, N_("Of the cases that are open when a time is told, half are done within {days} days.")),
    (0.9, N_("90 of 100 are done within {days} days.")),
)


def _first_day(gain: Gain, share: float) -> int | None:
    """The first day that is told of by which ``share`` of the cases was done; None where none was."""
    champion = gain.records.evaluation.champion
    parts = (part for part in gain.records.evaluation.horizons if part.candidate == champion)
    reached = [part.days for part in parts if (part.observed.value or 0.0) >= share]
    return min(reached, default=None)


def _better(gain: Gain) -> Message:
    """How the best model compares with the best rule on the declared objective."""
    evaluation = gain.records.evaluation
    lift = gain.teller.figure("evaluation.lift_over_best_baseline", "ratio")
    return Message(_BETTER[evaluation.lift_verdict], {"lift": lift, "rule": gain.rule})


def _kept_aside(gain: Gain) -> Iterator[Message]:
    """Against the rule in the last period, and how often intervals held there."""
    tell, evaluation = gain.teller, gain.records.evaluation
    if gain.known("evaluation.lockbox_lift"):
        yield say("In the last {days} days, kept aside, it was {lift} times as good as the simple rule.",
                  days=gain.days, lift=tell.figure("evaluation.lockbox_lift", "ratio"))  # fmt: skip
    held = f"evaluation.coverage.{evaluation.champion}.lockbox"
    if gain.known(f"{held}.covered"):
        yield say(
            "Of 100 outcomes of these {days} days, {held} lay in their interval; {promised} were promised.",
            days=gain.days, held=tell.figure(f"{held}.covered", "per_hundred"),
            promised=tell.value(f"{held}.level", "per_hundred"),
        )  # fmt: skip
    else:
        yield say("Not measured: how often the intervals held in the last {days} days.", days=gain.days)


_Sentences = Callable[[Gain], Iterator[Message]]
_IN_TESTS: dict[str, _Sentences] = {
    "ranking": _visits, "cases": _visits, "demand": _forecast, "durations": _estimate,
}  # fmt: skip
_IN_LOCKBOX: dict[str, _Sentences] = {
    "ranking": _visits_kept_aside, "cases": _visits_kept_aside, "demand": _kept_aside,
    "durations": _kept_aside,
}  # fmt: skip
