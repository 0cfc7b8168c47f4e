"""The data card: for those who keep the data. What came, what was set aside and why, what was made of it."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from civic_ai.cards import words
from civic_ai.cards.data_findings import found_in_data
from civic_ai.cards.page import Page
from civic_ai.cards.pictures.picture import Table
from civic_ai.cards.tell import Teller
from civic_ai.cards.wording.features import decoded
from civic_ai.cards.wording.groups import GroupWords, fact_of
from civic_ai.core.messages import say
from civic_ai.records.snapshot import RuleCount, SourceSnapshot


def data_card(page: Page) -> dict[str, Any]:
    """Everything that the template of the data card shows."""
    teller, found = page.teller, found_in_data(page.records)
    names = GroupWords(page.records, teller)
    return {
        "sources": _sources(page),
        "rules": _rules(page),
        "findings": [(part.severity(teller), part.about(names), part.says(teller)) for part in found],
        "gaps": _gaps(page),
        "features": _features(page),
        "dropped": [
            (source.name, source.dropped_columns)
            for source in page.records.snapshot.sources
            if source.dropped_columns
        ],
    }


def _sources(page: Page) -> Table:
    """A row for each source: what it holds, who owns it, what was read, kept and set aside."""
    tell = page.teller
    columns = (
        say("Source"), say("Period"), say("Rows read"), say("Rows kept"), say("Set aside by the contract"),
        say("Exact repeats"), say("Publisher"), say("Licence"),
    )  # fmt: skip
    rows = tuple(_source_row(source, tell) for source in page.records.snapshot.sources)
    return Table(tell.sentence(say("The sources")), tuple(map(tell.plain, columns)), rows)


def _source_row(source: SourceSnapshot, tell: Teller) -> tuple[Markup | str, ...]:
    fact, unnamed = fact_of("snapshot.sources", source), tell.sentence(say("Not answered"))
    period = tell.period(f"{fact}.period") if source.period else tell.sentence(say("Holds for all dates"))
    counts = (
        tell.value(f"{fact}.{name}", "count") for name in ("rows_read", "rows", "quarantined", "duplicates")
    )
    return (source.name, period, *counts, source.publisher or unnamed, source.licence or unnamed)


def _rules(page: Page) -> Table:
    """Rows that each rule of each contract set aside."""
    tell = page.teller
    sources = page.records.snapshot.sources
    rows = tuple(_rule_row(source, rule, tell) for source in sources for rule in source.broken_rules)
    columns = (say("Source"), say("Rule"), say("Column"), say("Rows"))
    return Table(tell.sentence(say("Rows set aside, by rule")), tuple(map(tell.plain, columns)), rows)


def _rule_row(source: SourceSnapshot, rule: RuleCount, tell: Teller) -> tuple[Markup | str, ...]:
    fact = fact_of(f"{fact_of('snapshot.sources', source)}.broken_rules", rule)
    code = Markup("<code>{}</code>")
    return (
        source.name,
        code.format(rule.rule),
        code.format(rule.column or ""),
        tell.value(f"{fact}.rows", "count"),
    )


def _gaps(page: Page) -> Table:
    """Stretches in which rows were not handed over, and why."""
    tell, spec = page.teller, page.records.spec
    called = {} if spec.unit.types is None else spec.unit.types.called
    rows: list[tuple[Markup | str, ...]] = []
    for name, source in spec.sources.items():
        for i, gap in enumerate(source.gaps):
            kinds = [tell.text(called[kind]) if kind in called else kind for kind in gap.types]
            what = tell.listed(kinds) if kinds else tell.sentence(say("all"))
            rows.append((name, tell.period(f"spec.sources.{name}.gaps.{i}"), what, tell.text(gap.why)))
    columns = (say("Source"), say("Period"), say("What is missing"), say("Why"))
    return Table(tell.sentence(say("Gaps")), tuple(map(tell.plain, columns)), tuple(rows))


def _features(page: Page) -> Table:
    """What the models could look at, and how each column respects what was known when."""
    tell = page.teller
    rows = tuple(
        (
            Markup("<code>{}</code>").format(decoded(tell, feature.name)),
            feature.source,
            Markup("<code>{}</code>").format(feature.known_by),
            tell.word(words.FAMILIES, feature.family),
        )
        for feature in page.records.panel.features
    )
    columns = (say("Feature"), say("Source"), say("Known by"), say("Kind"))
    return Table(tell.sentence(say("What the models could look at")), tuple(map(tell.plain, columns)), rows)
