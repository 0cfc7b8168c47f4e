"""What somebody else's run of the same promise and the same data gave, beside the sealed dossier."""

from __future__ import annotations

from typing import Literal

from civic_ai.records.record import Record, Scalar

Kind = Literal["promised", "given", "made", "means"]
"""What the city promised; what it handed over; what was made of it; by which code and machine."""


class Part(Record):
    """One digest of the evidence: as it was sealed, and as the other run has it."""

    name: str
    kind: Kind
    sealed: str | None
    found: str | None

    named_by = ("name",)

    @property
    def is_same(self) -> bool:
        """Whether both are one."""
        return self.sealed == self.found


class Deviation(Record):
    """A figure or a word of the records that is not the same; ``off``: how far, as a share of the larger
    one (of 1e-9 where both are smaller); None for words, and for what only one side has."""

    fact: str
    sealed: Scalar
    found: Scalar
    off: float | None

    named_by = ("fact",)


class Reproduction(Record):
    """A second run compared with a dossier. It ``agrees`` when promise and data are the same and no figure is
    off by more than ``tolerance``; ``is_identical`` when it gave the same dossier to the last bit.

    ``compared``: figures and words compared; ``largest_off``: the largest deviation that is tolerated.
    """

    schema_version: Literal["reproduction/1"] = "reproduction/1"
    pilot: str
    dossier: str
    again: str
    tolerance: float
    parts: tuple[Part, ...]
    compared: int
    largest_off: float
    deviations: tuple[Deviation, ...]

    @property
    def is_identical(self) -> bool:
        """Whether the other run sealed the very same dossier."""
        return self.dossier == self.again

    @property
    def agrees(self) -> bool:
        """Whether the same promise and data gave the same figures."""
        asked = all(part.is_same for part in self.parts if part.kind in ("promised", "given"))
        return asked and not self.deviations
