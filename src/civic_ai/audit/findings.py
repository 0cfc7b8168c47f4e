"""What a reader of the audit should know about groups and attributes. No count of people stands here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from civic_ai.audit.rates import GroupSums
from civic_ai.panel.groups import UNKNOWN, UNKNOWN_SHARE
from civic_ai.pilot.spec import PilotSpec
from civic_ai.records.figure import Period
from civic_ai.records.policy import Policy
from civic_ai.records.snapshot import DataSnapshot, Finding

FEW_UNITS = 5


def find_about_groups(sums: Sequence[GroupSums], policy: Policy) -> Iterator[Finding]:
    """Groups that are unknown, too small to judge, or that live in very few units."""
    for part in sums:
        name = part.grouping.attribute
        if UNKNOWN in part.grouping.groups:
            share = part.grouping.unknown_share(part.events)
            yield Finding(
                code="audit_group_unknown",
                source=name,
                severity="warning" if share > UNKNOWN_SHARE else "note",
                column=UNKNOWN,
                share=round(share, 2),
            )
        for group, events, units in zip(part.grouping.groups, part.events, part.units, strict=True):
            if group == UNKNOWN:
                continue
            if events < policy.limits.group_events:
                yield _about(name, group, "audit_group_small")
            elif units < FEW_UNITS:
                yield _about(name, group, "audit_group_in_few_units")


def _about(attribute: str, group: str, code: str) -> Finding:
    values: dict[str, str | int | float] = {"attribute": attribute, "group": group}
    return Finding(code=code, source=attribute, severity="warning", column=group, values=values)


def find_about_attributes(spec: PilotSpec, snapshot: DataSnapshot, tested: Period) -> Iterator[Finding]:
    """Attributes measured at another time than the service was, or at a time that nobody states."""
    for name, attribute in spec.audit.attributes.items():
        period = snapshot.source(attribute.source).period
        if period is None:
            yield _when(attribute.source, name, "audit_attribute_undated")
        elif period.last < tested.first or period.first > tested.last:
            yield _when(attribute.source, name, "audit_attribute_other_time")


def _when(source: str, attribute: str, code: str) -> Finding:
    values: dict[str, str | int | float] = {"attribute": attribute}
    return Finding(code=code, source=source, severity="warning", column=attribute, values=values)
