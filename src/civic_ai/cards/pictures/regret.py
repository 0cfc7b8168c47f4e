"""Other ways of choosing, and what each would have cost on the period that came next."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from civic_ai.cards import words
from civic_ai.cards.facts import Records
from civic_ai.cards.pictures.picture import BLUE, GREY, WIDTH, Picture, Table, draw
from civic_ai.cards.tell import Teller
from civic_ai.cards.wording.candidates import candidate_name
from civic_ai.cards.wording.groups import fact_of
from civic_ai.core.messages import Message, say
from civic_ai.records.evaluation import SelectionRule

_ROW_HEIGHT = 28
_DECLARED = "simplest_near_best"


def draw_regret(records: Records, teller: Teller) -> Picture | None:
    """A dot and interval for each rule, the declared one a blue square; None with too few tests."""
    rules = [rule for rule in records.evaluation.selection if rule.regret.value is not None]
    if not rules:
        return None
    title = teller.sentence(_finding(records, rules, teller))
    caption = say(
        "Regret is how far what a rule had chosen lay behind whoever was best in the next test; 0 is best. "
        "The square is the rule that decides, declared beforehand."
    )
    return Picture(
        "regret", title, title.striptags(), teller.sentence(caption),
        draw(_chart(rules, teller), teller.locale), _table(records, rules, teller),
    )  # fmt: skip


def _finding(records: Records, rules: list[SelectionRule], teller: Teller) -> Message:
    """Whether every rule chooses the same in the end."""
    chosen = {rule.chooses for rule in rules}
    if len(chosen) == 1:
        name = candidate_name(records.spec, teller, chosen.pop())
        return say("Every way of choosing ends at the same: {name}", name=name)
    least = min(rules, key=lambda rule: (rule.regret.value or 0.0, rule.rule))
    return say("Ways of choosing end at different models; the least regret: {rule}",
               rule=teller.word(words.SELECTION, least.rule))  # fmt: skip


def _chart(rules: list[SelectionRule], teller: Teller) -> Any:
    import altair as alt

    rows = [
        {"name": teller.word(words.SELECTION, rule.rule), "regret": rule.regret.value,
         "lower": rule.regret.lower, "upper": rule.regret.upper,
         "colour": BLUE if rule.rule == _DECLARED else GREY,
         "shape": "square" if rule.rule == _DECLARED else "circle"}
        for rule in rules
    ]  # fmt: skip
    base = alt.Chart(alt.Data(values=rows)).encode(
        y=alt.Y("name:N", sort=None, title=None, axis=alt.Axis(labelLimit=170)),
        color=alt.Color("colour:N", scale=None),
    )
    return alt.layer(
        base.mark_rule(strokeWidth=2).encode(x=alt.X("lower:Q", title=None), x2="upper:Q"),
        base.mark_point(filled=True, size=80, opacity=1).encode(
            x=alt.X("regret:Q", title=teller.plain(say("regret"))), shape=alt.Shape("shape:N", scale=None)
        ),
    ).properties(width=WIDTH, height=_ROW_HEIGHT * len(rows))


def _table(records: Records, rules: list[SelectionRule], teller: Teller) -> Table:
    rows: list[tuple[Markup | str, ...]] = []
    for rule in rules:
        fact = fact_of("evaluation.selection", rule)
        regret = teller.figure(f"{fact}.regret", "number")
        name = candidate_name(records.spec, teller, rule.chooses)
        rows.append((teller.word(words.SELECTION, rule.rule), name, regret))
    columns = (say("Way of choosing"), say("Chooses in the end"), say("Mean regret in the next test"))
    objective = teller.word(words.SCORES, records.evaluation.objective)
    caption = teller.sentence(say("Regret on the objective: {objective}", objective=objective))
    return Table(caption, tuple(map(teller.plain, columns)), tuple(rows))
