"""Reasons put to the test, in words: do other draws, other years or chance alone say the same?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from civic_ai.cards.facts import Records
from civic_ai.cards.pictures.picture import Table
from civic_ai.cards.tell import Teller
from civic_ai.cards.wording.groups import GroupWords, fact_of
from civic_ai.core.messages import N_, Message, say
from civic_ai.explanation.reasons import tell_reason
from civic_ai.records.explanation import Trials

_PREFIX = "explanation.trials"
_HOLDS = {
    "pass": N_("These reasons hold: models trained again would mostly give them too."),
    "fail": N_("These reasons do not hold: read them as what this one model did, not as what matters."),
    "unknown": N_("Not measured: whether models trained again would give the same reasons."),
}
_RULE = N_("A rule is not trained, so other data would not change what it looks at.")


@dataclass(frozen=True)
class ReasonTrials:
    """What the trials of one explanation say to one reader."""

    records: Records
    teller: Teller

    @property
    def trials(self) -> Trials | None:
        """The trials; None in a record that was made without."""
        return self.records.explanation.trials

    def verdict(self) -> Markup:
        """One sentence that could stand alone."""
        if self.trials is None:
            return self.teller.sentence(Message(_HOLDS["unknown"]))
        is_rule = self.trials.models == 0
        return self.teller.sentence(
            Message(_RULE if is_rule else _HOLDS.get(self.trials.verdict, _HOLDS["unknown"]))
        )

    def figures(self) -> list[Markup]:
        """What was tried and what came of it, a sentence each."""
        trials = self.trials
        if trials is None or trials.models == 0:
            return []
        return [self.teller.sentence(message) for message in self._figures(trials)]

    def _figures(self, trials: Trials) -> Iterator[Message]:
        tell = self.teller
        yield say("Added up: the reasons of all {rows} rows that were scored, against the scores themselves.",
                  rows=tell.value("explanation.rows_added_up", "count"))  # fmt: skip
        if trials.first is not None:
            yield say(
                "It was trained again {models} times: without a part of the past and, where training uses "
                "chance, with other draws. What moves a score most stays the same in {first} of 100 rows "
                "(from {lowest} to {highest}).",
                models=tell.value(f"{_PREFIX}.models", "count"),
                **{
                    place: tell.value(f"{_PREFIX}.first.{name}", "per_hundred")
                    for place, name in (("first", "mean"), ("lowest", "lowest"), ("highest", "highest"))
                },
            )
        if trials.deleted.value is not None:
            yield say(
                "Without the three facts that moved it most, a score moves {deleted} times as far as without "
                "three others.",
                deleted=tell.figure(f"{_PREFIX}.deleted", "ratio"),
            )
        if trials.shuffled.value is not None:
            yield say(
                "A model trained on outcomes shuffled by chance moves scores {shuffled} of 100 as far.",
                shuffled=tell.value(f"{_PREFIX}.shuffled.value", "per_hundred"),
            )

    def reason(self, example: str, code: str) -> Markup:
        """A reason of an example, marked where models trained again do not give it."""
        sentence = self.teller.sentence(tell_reason(code))
        tried = () if self.trials is None else self.trials.reasons
        for part in tried:
            if (part.example, part.reason) == (example, code) and not part.is_stable:
                fact = f"{fact_of(f'{_PREFIX}.reasons', part)}.agreement"
                given = self.teller.value(fact, "per_hundred")
                mark = say("(unstable: {given} of 100 models trained again give it)", given=given)
                return Markup("{} {}").format(sentence, self.teller.sentence(mark))
        return sentence

    def proxies(self) -> Table | None:
        """How well the features tell each protected attribute."""
        trials, tell = self.trials, self.teller
        if trials is None or not trials.proxies:
            return None
        names = GroupWords(self.records, tell)
        rows = tuple(
            (
                names.title(part.attribute),
                tell.figure(f"{fact_of(f'{_PREFIX}.proxies', part)}.explained", "percent"),
            )
            for part in trials.proxies
        )
        caption = say("How well what it looks at tells the groups of a place it has not seen (100 %: fully)")
        heads = (say("Attribute"), say("Told"))
        return Table(tell.sentence(caption), tuple(map(tell.plain, heads)), rows)
