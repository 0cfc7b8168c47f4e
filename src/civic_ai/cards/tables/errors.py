"""Where and when it is wrong, in tables: slices, quarters, lists in common, the list against the rest."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial, reduce

from markupsafe import Markup

from civic_ai.cards.pictures.picture import Table
from civic_ai.cards.tell import Teller
from civic_ai.cards.wording.candidates import candidate_name
from civic_ai.cards.wording.features import decoded
from civic_ai.cards.wording.groups import fact_of
from civic_ai.core.messages import Message, say
from civic_ai.pilot.spec import PilotSpec
from civic_ai.records.evaluation import ErrorAnalysis

_PREFIX = "evaluation.errors"
Row = tuple[Markup | str, ...]
_AND, _BLANK, _ALL = re.compile(r"(?<=[\d)]) and "), " (or not known)", "all rows"
"""The words of a slice (``evaluation.error_slices``). A condition ends with a number or a bracket, so that an
``and`` inside of a name joins nothing."""
_ROUNDS_TO_NONE = 0.001
"""A p-value below this would be written as none at all."""


@dataclass(frozen=True)
class ErrorTables:
    """Tables of one error analysis for one reader; empty ones have no rows.

    ``spec`` knows its mitigations. ``confidence`` is the policy's: neighbours err together where chance alone
    does so less often than the rest (METHODS 2.4).
    """

    errors: ErrorAnalysis
    spec: PilotSpec
    teller: Teller
    confidence: float

    def together(self) -> Markup:
        """Whether neighbours err together."""
        tell, p_value = self.teller, self.errors.p_value
        if p_value is None or tell.facts.get(f"{_PREFIX}.morans_i.value") is None:
            return tell.sentence(say("Not measured: whether neighbours err together."))
        shown = {"moran": tell.value(f"{_PREFIX}.morans_i.value", "ratio"), "chance": self._chance(p_value)}
        if p_value < 1 - self.confidence:
            return tell.sentence(
                say("Neighbours err together (Moran's I {moran}; by chance alone {chance}): something about "
                    "places is not known to it.", **shown)
            )  # fmt: skip
        return tell.sentence(
            say("No sign that neighbours err together (Moran's I {moran}; by chance alone {chance}).",
                **shown)
        )  # fmt: skip

    def _chance(self, p_value: float) -> Markup:
        """How often chance alone brings so much."""
        if p_value < _ROUNDS_TO_NONE:
            return self.teller.sentence(say("less than once in a thousand"))
        return Markup("p = {}").format(self.teller.value(f"{_PREFIX}.p_value", "number"))

    def tables(self) -> list[Table]:
        """Those with rows."""
        made = (self._slices(), self._quarters(), self._overlaps(), self._crosstabs())
        return [table for table in made if table.rows]

    def _slices(self) -> Table:
        """The worst slices; intervals hold for all of them at once."""
        tell, rows = self.teller, []
        for part in self.errors.slices:
            fact = fact_of(f"{_PREFIX}.slices", part)
            ratio, count = tell.figure(f"{fact}.ratio", "ratio"), tell.value(f"{fact}.rows", "count")
            verdict = tell.verdict(part.verdict)
            rows.append((where_said(tell, part.where), count, ratio, verdict))
        heads = (say("Where"), say("Rows"), say("What came, over what was predicted"), say("Verdict"))
        caption = say("Where it is furthest off; the intervals hold for all rows of this table at once")
        return self._made(caption, heads, rows)

    def _quarters(self) -> Table:
        """What came over what was predicted, by quarter."""
        rows = [
            (
                Markup("<code>{}</code>").format(name),
                self.teller.figure(f"{_PREFIX}.by_period.{name}", "ratio"),
            )
            for name in self.errors.by_period
        ]
        heads = (say("Quarter"), say("What came, over what was predicted"))
        return self._made(say("When it is off"), heads, rows)

    def _overlaps(self) -> Table:
        """Visits that another list has too."""
        tell = self.teller
        rows = [
            (
                candidate_name(self.spec, tell, part.other),
                tell.figure(f"{fact_of(f'{_PREFIX}.overlaps', part)}.share", "percent"),
            )
            for part in self.errors.overlaps
        ]
        name = candidate_name(self.spec, tell, self.errors.candidate)
        heads = (say("Another list"), say("Has of the visits of {name}", name=name))
        return self._made(say("What lists have in common"), heads, rows)

    def _crosstabs(self) -> Table:
        """How what is on the list differs from the rest, the most different first."""
        rows = []
        for part in self.errors.crosstabs:
            fact = fact_of(f"{_PREFIX}.crosstabs", part)
            feature = Markup("<code>{}</code>").format(decoded(self.teller, part.feature))
            names = ("on_list", "rest", "standardised_difference")
            rows.append((feature, *(self.teller.value(f"{fact}.{name}", "ratio") for name in names)))
        heads = (say("Feature"), say("On the list"), say("The rest"), say("In standard deviations"))
        return self._made(say("How the list differs from the rest"), heads, rows)

    def _made(self, caption: Message, heads: Sequence[Message], rows: Sequence[Row]) -> Table:
        return Table(self.teller.sentence(caption), tuple(map(self.teller.plain, heads)), tuple(rows))


def where_said(tell: Teller, where: str) -> Markup:
    """The conditions of a slice: names and numbers as they stand, words in the reader's language."""
    blank = Markup(" {}").format(tell.sentence(say("(or not known)")))
    parts = [
        Markup("<code>{}</code>{}").format(one.removesuffix(_BLANK), blank if one.endswith(_BLANK) else "")
        for one in map(partial(decoded, tell), _AND.split(where))
    ]
    if where == _ALL:
        return tell.sentence(say("all rows"))
    return reduce(lambda one, other: tell.sentence(say("{one} and {other}", one=one, other=other)), parts)
