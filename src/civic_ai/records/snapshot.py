"""What the city handed over: tables named by digest, and what was found in them."""

from __future__ import annotations

from typing import Literal

from civic_ai.records.figure import Period
from civic_ai.records.record import Record

Severity = Literal["note", "warning", "problem"]


class Finding(Record):
    """Something that a reader of the data should know. ``code`` names a sentence in the catalogue.

    ``values`` fill the sentence's places; no raw row ever stands in them.
    """

    code: str
    source: str
    severity: Severity
    column: str | None = None
    count: int | None = None
    share: float | None = None
    values: dict[str, str | int | float] = {}

    named_by = ("code", "source", "column")

    def fact_key(self) -> str | None:
        """Code, source and column, and the days and words that tell two findings of one code apart."""
        told = [value for value in self.values.values() if isinstance(value, str)]
        return ".".join([str(super().fact_key()), *told])


class RuleCount(Record):
    """Rows that one contract rule set aside."""

    rule: str
    column: str | None
    rows: int

    named_by = ("rule", "column")


class SourceSnapshot(Record):
    """One source after its contract was applied. ``blob`` is zstd Parquet, rows sorted.

    ``rows`` counts what was kept, ``quarantined`` what broke the contract (kept in
    ``quarantine_blob`` with the reason), ``duplicates`` exact repeats that were set aside. ``raw_files`` are
    the digests of the files by name; ``raw_digest`` is that of the file, or of ``raw_files`` where there are
    several.
    """

    name: str
    raw_digest: str
    raw_files: dict[str, str] = {}
    contract_digest: str
    blob: str
    quarantine_blob: str | None = None
    polygons_blob: str | None = None
    rows_read: int
    rows: int
    quarantined: int
    quarantined_share: float
    duplicates: int
    broken_rules: tuple[RuleCount, ...] = ()
    columns: tuple[str, ...]
    dropped_columns: tuple[str, ...] = ()
    period: Period | None = None
    licence: str | None = None
    publisher: str | None = None
    checked_on: str | None = None

    named_by = ("name",)


class DataSnapshot(Record):
    """All sources of a pilot as they were on the day of the run.

    ``worst_quarantined_share``: None where a source's contract has no rule that a row could break, and no
    other source broke more than the policy allows: a promise of nothing cannot be held.
    ``sources_without_licence`` counts sources without a licence or a publisher; None where each names
    both, but one of them in the word ``unknown``: the city asked, and nobody knows.
    """

    spec: str
    sources: tuple[SourceSnapshot, ...]
    findings: tuple[Finding, ...] = ()
    worst_quarantined_share: float | None
    sources_without_licence: int | None
    has_owner: bool

    def source(self, name: str) -> SourceSnapshot:
        """The source called ``name``; KeyError when there is none."""
        for source in self.sources:
            if source.name == name:
                return source
        raise KeyError(name)
