"""Need and feedback written down by hand, for the cards."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from civic_ai.cards.facts import Records
from civic_ai.cards.page import Page
from civic_ai.cards.tell import Teller
from civic_ai.records.feedback import Feedback, FeedbackWay, VisitClass
from civic_ai.records.figure import Figure, Verdict
from civic_ai.records.need import Against, NeedAtLife, NeedAudit, NeedRatio, NeedVerdict, ReportedShare
from civic_ai.records.record import flatten

SHARE = Figure(value=0.62, lower=0.58, upper=0.66, n=900)


def ratio(against: Against, value: float, verdict: Verdict, **changes: Any) -> NeedRatio:
    """The ratio of one group of the made city's first attribute."""
    parts: dict[str, Any] = {
        "against": against, "attribute": "income", "group": "q1", "reference_group": "q4",
        "metric": "bias_ratio", "verdict": verdict,
        "ratio": Figure(value=value, lower=value - 0.1, upper=value + 0.1, n=400),
    }  # fmt: skip
    return NeedRatio(**(parts | changes))


def need(**changes: Any) -> NeedAudit:
    """Even against reports, uneven against need; ``changes`` replace fields."""
    parts: dict[str, Any] = {
        "life_days": 120,
        "reported": SHARE,
        "shares": (ReportedShare(attribute="income", group="q1", figure=SHARE),),
        "ratios": (ratio("reports", 1.02, "pass"), ratio("need", 1.71, "fail")),
        "verdicts": (verdict("pass", "fail", is_stable=True),),
        "lives": (at_life(60), at_life(240)),
        "changes_a_verdict": True,
    }
    return NeedAudit(**(parts | changes))


def verdict(reports: Verdict, against_need: Verdict, *, is_stable: bool) -> NeedVerdict:
    """The verdict on the only metric."""
    others = (against_need, against_need if is_stable else "insufficient_evidence")
    return NeedVerdict(
        metric="bias_ratio", reports=reports, need=against_need, over_lives=others, is_stable=is_stable
    )


def at_life(days: int) -> NeedAtLife:
    """The same at another life."""
    return NeedAtLife(life_days=days, reported=SHARE, ratios=(ratio("need", 1.5, "fail"),))


def feedback(**changes: Any) -> Feedback:
    """A simulation; ``changes`` replace fields."""
    parts: dict[str, Any] = {
        "basis": "measured", "attribute": "income", "group": "q1", "areas": 88, "visits_per_period": 9,
        "periods": 52, "exploration_share": 0.1, "futures": 100,
        "ways": tuple(way(name, never) for name, never in NEVER.items()),
    }  # fmt: skip
    return Feedback(**(parts | changes))


NEVER = {"reports": 0.704, "discoveries": 0.75, "exploration": 0.333, "correction": 0.695, "need": 0.8}


def way(name: Any, never: float) -> FeedbackWay:
    """One way, by the share of areas never visited."""
    rest = 1 - never
    classes = (
        VisitClass(name="never", least=0, most=0, share=never),
        VisitClass(name="few", least=1, most=2, share=rest / 3),
        VisitClass(name="some", least=3, most=9, share=rest / 3),
        VisitClass(name="many", least=10, most=None, share=rest / 3),
    )
    figures = {
        key: Figure(value=never / 2, lower=never / 3, upper=never, n=100) for key in ("visits", "service")
    }
    share = Figure(value=never, lower=never - 0.05, upper=never + 0.05, n=100)
    return FeedbackWay(way=name, never_visited=share, classes=classes, **figures)


def seen(page: Page, **audit: Any) -> tuple[Records, Teller]:
    """The page's records and teller with parts of the audit replaced."""
    report = page.records.audit.model_copy(update=audit)
    facts = dict(page.teller.facts) | dict(flatten(report, "audit"))
    return replace(page.records, audit=report), replace(page.teller, facts=facts)
