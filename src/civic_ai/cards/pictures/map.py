"""The map of scores: five classes with how many places are in each; where there is no score, hatched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from civic_ai.cards import words
from civic_ai.cards.facts import Records
from civic_ai.cards.pictures.picture import CIVIDIS, GREY, WIDTH, Picture, Rows, Table, draw
from civic_ai.cards.score_map import CASES, ScoreMap
from civic_ai.cards.tell import HIDDEN, Teller
from civic_ai.cards.wording.questions import QUESTIONS
from civic_ai.core.messages import N_, Message, say

HATCH = (
    '<defs><pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)"><rect width="5" height="5" fill="white"/>'
    '<line y2="5" stroke="#6b6b6b" stroke-width="1.6"/></pattern></defs>'
)


def draw_map(records: Records, teller: Teller, scores: ScoreMap) -> Picture | None:
    """The places coloured by class, area outlines above; None where nothing says where places are, where
    none has a score to show, and where the proposed rule's score is only an order."""
    if not (scores.places and scores.classes) or records.evaluation.champion in words.ORDERS:
        return None
    title = teller.sentence(_finding(records, scores, teller))
    caption = say(
        "{darker} Mean of the last {days} days, kept aside. {classes} Hatched: {unscored}.",
        darker=Message(QUESTIONS[records.evaluation.question].darker),
        days=teller.value("spec.validation.lockbox_days", "count"),
        classes=Message(_EVEN if scores.is_even else _UNEVEN),
        unscored=_unscored(records),
    )
    layers = _Layers(scores, teller, _unscored(records))
    drawn = draw(layers.chart(), teller.locale, layers.shapes())
    svg = drawn.replace(b"<g ", HATCH.encode() + b"<g ", 1)
    return Picture("map", title, title.striptags(), teller.sentence(caption), svg, _table(layers))


_EVEN = N_("Each class holds about a fifth of all places.")
_UNEVEN = N_("Places with equal scores stand in one class.")


def _unscored(records: Records) -> Message:
    """Why a place is in no class: a place that has cases is not told by few of them."""
    return say("too few cases") if records.evaluation.question in CASES else say("no score")


def _finding(records: Records, scores: ScoreMap, teller: Teller) -> Message:
    """What the places of the highest class have in common: a chance, or a score of the rule's own."""
    if len(scores.classes) < 2:
        return say("The list cannot tell one place from another")
    top, evaluation = f"map.classes.{len(scores.classes)}", records.evaluation
    places = teller.value(f"{top}.places", "count")
    if evaluation.kind == "event" and not evaluation.champion_is_baseline:
        chance = teller.value(f"{top}.lower", "per_hundred")
        return say(
            "The top {places} places: at least {chance} chances in 100 of a case",
            places=places,
            chance=chance,
        )
    if teller.facts[f"{top}.lower"] == HIDDEN:
        return say("The top {places} places, as the list would order them", places=places)
    lower = teller.value(f"{top}.lower", "ratio")
    return say("The top {places} places: a score of {lower} or more", places=places, lower=lower)


def class_label(teller: Teller, fact: str, number: int, count: int) -> Message:
    """What a class holds; its rank where this reader may not see its scores."""
    places = teller.value(f"{fact}.places", "count").striptags()
    if teller.facts[f"{fact}.lower"] == HIDDEN:
        return say("class {number} of {count}: {places} places", number=number, count=count, places=places)
    return say(
        "{lower} to {upper}: {places} places",
        lower=teller.value(f"{fact}.lower", "ratio").striptags(),
        upper=teller.value(f"{fact}.upper", "ratio").striptags(),
        places=places,
    )


def flat_map(scores: ScoreMap, labels: list[str], colours: list[str]) -> Any:
    """Shapes named ``places`` filled by their label, outlines named ``areas`` above where there are any."""
    import altair as alt

    scale = alt.Scale(domain=labels, range=colours)
    filled = alt.Chart(alt.NamedData(name="places")).mark_geoshape()
    filled = filled.encode(fill=alt.Fill("properties.name:N", scale=scale, sort=None))
    lines = alt.Chart(alt.NamedData(name="areas")).mark_geoshape(fill=None, stroke=GREY, strokeWidth=0.4)
    layers = [filled, lines] if scores.areas else [filled]
    flat = alt.layer(*layers).project(type="identity", reflectY=True)
    return flat.properties(width=WIDTH, height=_height(scores))


def _height(scores: ScoreMap) -> float:
    bounds = [shape.bounds for shape in (*scores.places.values(), *scores.areas.values())]
    wide = max(bound[2] for bound in bounds) - min(bound[0] for bound in bounds)
    high = max(bound[3] for bound in bounds) - min(bound[1] for bound in bounds)
    return float(min(1.2 * WIDTH, max(0.4 * WIDTH, WIDTH * high / wide)))


@dataclass(frozen=True)
class _Layers:
    scores: ScoreMap
    teller: Teller
    unscored: Message

    def chart(self) -> Any:
        """One shape for each class, so that a thousand cells are a handful of paths."""
        labels = [label for label, *_ in self._classes()]
        return flat_map(self.scores, labels, [colour for _, colour, *_ in self._classes()])

    def shapes(self) -> dict[str, Rows]:
        """One shape for each class, and one for each area."""
        areas = [shape_of("", [shape]) for _, shape in sorted(self.scores.areas.items())]
        return {"places": list(self._features()), "areas": areas}

    def _classes(self) -> Iterator[tuple[str, str, tuple[str, ...]]]:
        """Label, fill and places of each class, the highest first; then those without a score."""
        count = len(self.scores.classes)
        for number in range(count, 0, -1):
            part, fact = self.scores.classes[number - 1], f"map.classes.{number}"
            says = class_label(self.teller, fact, number, count)
            yield self.teller.plain(says), CIVIDIS[count - number], part.places
        unscored = (*self.scores.unscored, *sorted(set(self.scores.places) - self._known()))
        if unscored:
            yield self.teller.plain(self.unscored), "url(#hatch)", unscored

    def _known(self) -> set[str]:
        scored = {place for part in self.scores.classes for place in part.places}
        return scored | set(self.scores.unscored)

    def _features(self) -> Iterator[dict[str, Any]]:
        for label, _, places in self._classes():
            yield shape_of(
                label, [self.scores.places[place] for place in places if place in self.scores.places]
            )


def shape_of(name: str, shapes: list[Any]) -> dict[str, Any]:
    """All shapes as one, under a name."""
    from shapely import GeometryCollection
    from shapely.geometry import mapping

    return {"type": "Feature", "properties": {"name": name}, "geometry": mapping(GeometryCollection(shapes))}


def _table(layers: _Layers) -> Table:
    scores, teller = layers.scores, layers.teller
    columns = (say("Class"), say("Lowest score"), say("Highest score"), say("Places"))
    rows: list[tuple[Markup | str, ...]] = []
    for number in range(len(scores.classes), 0, -1):
        fact = f"map.classes.{number}"
        bounds = (teller.value(f"{fact}.lower", "ratio"), teller.value(f"{fact}.upper", "ratio"))
        rows.append((str(number), *bounds, teller.value(f"{fact}.places", "count")))
    rows.append((teller.plain(layers.unscored), "", "", teller.value("map.unscored", "count")))
    return Table(
        teller.sentence(say("Places by class of score")), tuple(map(teller.plain, columns)), tuple(rows)
    )
