"""Every error that civic-ai raises on purpose.

::

    CivicError                 exit code
    ├── ConfigError            2   pilot, contract, policy or command line is wrong
    ├── RefusedError           3   the answer is no (a dossier was altered, a file is not trusted)
    ├── DataError              4   data is missing, broken, or too little
    └── StoreError             1   the workspace cannot be written or read

The class fixes the exit code. The sentence says what happened, where, and what to do.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from civic_ai.core.messages import Message, say


@dataclass(frozen=True, order=True)
class Place:
    """A file and, where known, a line of it (counted from 1)."""

    file: str
    line: int | None = None

    def __str__(self) -> str:
        return self.file if self.line is None else f"{self.file}:{self.line}"


@dataclass(frozen=True)
class Mistake:
    """One thing that is wrong: what it concerns, what is wrong, where, and the remedy."""

    about: str
    says: Message
    place: Place | None = None
    remedy: Message | None = None

    def text(self, language: str = "en") -> str:
        """Three lines at most: the sentence, the place, the remedy."""
        head = f"{self.about}: " if self.about else ""
        lines = [head + self.says.text(language)]
        if self.place is not None:
            lines.append("  " + say("in {place}", place=self.place).text(language))
        if self.remedy is not None:
            lines.append("  " + self.remedy.text(language))
        return "\n".join(lines)


class CivicError(Exception):
    """Base of all; carries one or more mistakes, all reported together."""

    exit_code = 1

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes: Sequence[Mistake] = tuple(mistakes)
        super().__init__()

    def __str__(self) -> str:
        return self.text()

    def __reduce__(self) -> tuple[type[CivicError], tuple[Sequence[Mistake]]]:
        return type(self), (self.mistakes,)

    @classmethod
    def because(
        cls, says: Message, *, about: str = "", place: Place | None = None, remedy: Message | None = None
    ) -> CivicError:
        """An error of this class with a single mistake."""
        return cls([Mistake(about, says, place, remedy)])

    def text(self, language: str = "en") -> str:
        """All mistakes in ``language``, one paragraph each."""
        return "\n".join(mistake.text(language) for mistake in self.mistakes)


class ConfigError(CivicError):
    """The pilot, a contract, the policy or the command line is wrong."""

    exit_code = 2


class RefusedError(CivicError):
    """The answer is no: something was altered, is not trusted or not approved."""

    exit_code = 3


class DataError(CivicError):
    """The city's data is missing, broken, or too little for the question."""

    exit_code = 4


class StoreError(CivicError):
    """The workspace cannot be read or written (full disk, no permission)."""

    exit_code = 1
