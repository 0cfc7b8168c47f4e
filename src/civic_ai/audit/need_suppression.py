"""Need and feedback as the public sees them: what is hidden of a group elsewhere is hidden here too.

Counts in them are those of the audit itself, so nothing new can be subtracted; all else is rounded, and
what rests on few itself is hidden wherever it stands.
"""

from __future__ import annotations

from typing import TypeVar

from civic_ai.audit.frontier_suppression import Figures, Group
from civic_ai.records.feedback import Feedback, FeedbackWay
from civic_ai.records.need import NeedAtLife, NeedAudit, NeedFigure, NeedRatio, ReportedShare

Part = TypeVar("Part", NeedFigure, ReportedShare)


def mask_need(need: NeedAudit | None, hidden: frozenset[Group], figures: Figures) -> NeedAudit | None:
    """The public version. ``hidden``: attribute and group of everything hidden in the audit."""
    if need is None:
        return None

    def ratios(parts: tuple[NeedRatio, ...]) -> tuple[NeedRatio, ...]:
        return tuple(_mask_ratio(part, hidden, figures) for part in parts)

    def at_life(part: NeedAtLife) -> NeedAtLife:
        update = {"ratios": ratios(part.ratios), "reported": figures.coarse(part.reported)}
        return part.model_copy(update=update)

    return need.model_copy(
        update={
            "reported": None if need.reported is None else figures.coarse(need.reported),
            "shares": tuple(_mask_figure(part, hidden, figures) for part in need.shares),
            "figures": tuple(_mask_figure(part, hidden, figures) for part in need.figures),
            "ratios": ratios(need.ratios),
            "lives": tuple(map(at_life, need.lives)),
        }
    )


def _mask_ratio(part: NeedRatio, hidden: frozenset[Group], figures: Figures) -> NeedRatio:
    if {(part.attribute, part.group), (part.attribute, part.reference_group)} & hidden:
        nothing = {"ratio": figures.hide(part.ratio), "joint": None, "needed": None, "suppressed": True}
        return part.model_copy(update=nothing)
    rounded = {
        "ratio": figures.coarse(part.ratio),
        "joint": None if part.joint is None else figures.coarse(part.joint),
        "needed": None if part.needed is None else int(figures.rounded(part.needed) or 0),
    }
    return part.model_copy(update=rounded)


def _mask_figure(part: Part, hidden: frozenset[Group], figures: Figures) -> Part:
    is_hidden = (part.attribute, part.group) in hidden
    shown = figures.shown(part.figure, is_hidden=is_hidden)
    return part.model_copy(update={"figure": shown, "suppressed": is_hidden})


def mask_feedback(feedback: Feedback | None, figures: Figures) -> Feedback | None:
    """The public version: simulated futures count no people, so they are only rounded."""
    if feedback is None:
        return None
    return feedback.model_copy(update={"ways": tuple(_mask_way(way, figures) for way in feedback.ways)})


def _mask_way(way: FeedbackWay, figures: Figures) -> FeedbackWay:
    names = ("never_visited", "visits", "service")
    rounded = {name: figures.coarse(getattr(way, name)) for name in names}
    classes = tuple(part.model_copy(update={"share": round(part.share, 2)}) for part in way.classes)
    return way.model_copy(update={**rounded, "classes": classes})
