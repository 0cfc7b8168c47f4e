"""The model card: ten minutes for a coach. Worst things first, then section by section."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from civic_ai.cards import words
from civic_ai.cards.findings import Findings
from civic_ai.cards.gate_lines import gate_lines, readiness, tally
from civic_ai.cards.look_first import look_first
from civic_ai.cards.observer import ObserverWords
from civic_ai.cards.page import Page
from civic_ai.cards.pictures.picture import Table
from civic_ai.cards.scorecard import ScorecardWords
from civic_ai.cards.tables.answers import AnswerTables
from civic_ai.cards.tables.errors import ErrorTables
from civic_ai.cards.trials import ReasonTrials
from civic_ai.cards.wording.candidates import candidate_name
from civic_ai.cards.wording.groups import fact_of
from civic_ai.cards.wording.questions import QUESTIONS
from civic_ai.core.messages import Message, say


def model_card(page: Page) -> dict[str, Any]:
    """Everything that the template of the model card shows."""
    records, teller = page.records, page.teller
    gates = gate_lines(page.gates, records, teller)
    tables, errors = _Tables(page), records.evaluation.errors
    said = QUESTIONS[records.evaluation.question]
    unit = {"unit": teller.text(records.spec.unit.name)}
    return {
        "readiness": readiness(page.gates, teller),
        "is_ready": page.gates.is_ready,
        "tally": tally(page.gates, teller),
        "look_first": look_first(records, gates, teller),
        "findings": Findings(records, teller),
        "gates": gates,
        "intervention": teller.word(words.INTERVENTIONS, records.spec.intervention),
        "champion": candidate_name(records.spec, teller, records.evaluation.champion),
        "scored": teller.sentence(Message(said.scored, unit)),
        "limits": teller.sentence(Message(said.limits)),
        "results": tables.results(),
        "quality": tables.quality(),
        "lockbox": tables.lockbox(),
        "answers": _answers(page),
        "coverage": AnswerTables(records, teller).coverage(),
        "errors": None
        if errors is None
        else ErrorTables(errors, records.spec, teller, records.policy.tolerances.confidence_level),
        "observer": ObserverWords(records, teller),
        "scorecard": ScorecardWords(teller).sentences(),
        "examples": _examples(page),
        "trials": ReasonTrials(records, teller),
        "pictures": page.pictures,
        "not_measured": [teller.word(words.NOT_MEASURED, code) for code in records.audit.not_measured],
        "caveats": [teller.word(words.CAVEATS, code) for code in records.explanation.caveats],
    }


def _answers(page: Page) -> list[Table]:
    """What only this question asks, as tables."""
    tables = AnswerTables(page.records, page.teller)
    made = (
        tables.staffing(),
        tables.coherent_sums(),
        tables.time_to_find(),
        tables.restricted_means(),
        tables.what_if(),
    )
    return [table for table in made if table is not None]


def _examples(page: Page) -> list[tuple[str, Markup, list[Markup]]]:
    """Typical cases without identity: what they are, how many are alike, and their reasons."""
    teller, examples, trials = page.teller, [], ReasonTrials(page.records, page.teller)
    for part in page.records.explanation.examples:
        cases = teller.value(f"{fact_of('explanation.examples', part)}.cases", "count")
        alike = teller.sentence(say("{cases} cases alike", cases=cases))
        reasons = [trials.reason(part.name, code) for code in part.reasons]
        examples.append((teller.word(words.EXAMPLES, part.name), alike, reasons))
    return examples


@dataclass(frozen=True)
class _Tables:
    page: Page

    def results(self) -> Table:
        """How good every baseline and candidate is, over all test periods."""
        return self._scores(say("Over all test periods"), self._asked, "all")

    def quality(self) -> Table:
        """Whether the numbers of the candidates mean what they say; counts of simple rules mean none."""
        rest = {name: told for name, told in words.SCORES.items() if name not in self._asked}
        return self._scores(say("The numbers themselves, over all test periods"), rest, "all")

    def lockbox(self) -> Table:
        """The champion and the best baseline in the last period, looked at once."""
        return self._scores(say("In the lockbox"), self._asked, "lockbox")

    @property
    def _asked(self) -> words.Metrics:
        """What a list finds, or how far off the numbers are where nothing is visited."""
        return words.FINDING if self.page.records.evaluation.capacity is not None else words.MEANING

    def _scores(self, caption: Message, known: words.Metrics, split: str) -> Table:
        """A row for each candidate and a column for each metric that has a value for any of them."""
        tell, evaluation = self.page.teller, self.page.records.evaluation
        own = [
            part
            for part in (*evaluation.scores, *evaluation.lockbox)
            if part.split == split and part.metric in known and part.figure.value is not None
        ]
        metrics = [name for name in known if any(part.metric == name for part in own)]
        names = dict.fromkeys(part.candidate for part in own)
        rows = tuple(
            (
                candidate_name(self.page.records.spec, tell, name),
                *(self._score(name, metric, split) for metric in metrics),
            )
            for name in names
        )
        chosen = QUESTIONS[evaluation.question].chosen
        columns = (tell.plain(Message(chosen)), *(tell.word(known, name) for name in metrics))
        return Table(tell.sentence(caption), columns, rows)

    def _score(self, candidate: str, metric: str, split: str) -> Markup:
        evaluation, tell = self.page.records.evaluation, self.page.teller
        part = "lockbox" if split == "lockbox" else "scores"
        if evaluation.score(candidate, metric, split) is None:
            return tell.sentence(say("Not measured"))
        prefix = f"evaluation.{part}.{candidate}.{split}.{metric}.figure"
        return tell.figure(prefix, words.SCORES[metric][1])
