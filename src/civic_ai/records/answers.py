"""What a city declares about its pilot: answers with evidence, each by a named role on a date."""

from __future__ import annotations

import re
from datetime import date

from pydantic import Field, model_validator

from civic_ai.core.messages import N_, Message, say
from civic_ai.records.record import Record
from civic_ai.records.text import Text

_PLACEHOLDERS = {
    "", "todo", "tbd", "tba", "tbc", "na", "none", "nothing", "null", "nil", "x", "xx", "xxx", "seeabove",
    "asabove", "same", "sameasabove", "unknown", "pending", "later", "fixme", "placeholder", "test",
    "pordefinir", "pendiente", "ninguno", "ninguna", "noaplica", "verarriba", "adefinir", "pendente",
    "nenhum", "nenhuma", "naoseaplica", "nãoseaplica", "veracima", "lorem", "tobewritten", "tobedecided",
    "tobeconfirmed", "tobecompleted", "tobedefined", "comingsoon", "porescribir", "porconfirmar",
    "acompletar", "aconfirmar", "apreencher", "emelaboração", "enelaboración",
}  # fmt: skip
"""What people write instead of an answer, in three languages, without blanks and marks."""
_TO_BE_DONE = re.compile(r"\W*((todo|tbd|fixme)\s*[:(\[]|lorem ipsum)", re.IGNORECASE)
"""``TODO: ask Ana``; but ``todo mês`` is an answer, for it is Portuguese."""
_LINK = re.compile(r"https?://[^\s/]+\.[^\s/]+\S*")
_NOT_A_LETTER = re.compile(r"[\W_]+")


def is_placeholder(text: str) -> bool:
    """Whether ``text`` stands where an answer should: empty, ``todo``, ``tbd``, ``n/a``, ``-``, ``lorem``."""
    words = _NOT_A_LETTER.sub(" ", text.casefold()).strip()
    return words.replace(" ", "") in _PLACEHOLDERS or _TO_BE_DONE.match(text) is not None


class Proof(Record):
    """What an answer rests on: a file of the pilot, a link, or the statement of a named role on a date.

    ``sha256`` is the digest of the file's bytes; the loader computes it, and compares it where it is given.
    """

    file: str | None = None
    sha256: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$")
    link: str | None = None
    statement: str | None = None
    on: date | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> Proof:
        if sum(kind is not None for kind in (self.file, self.link, self.statement)) != 1:
            raise ValueError(N_("give one of file, link and statement"))
        if self.statement is not None and (is_placeholder(self.statement) or self.on is None):
            raise ValueError(N_("a statement names the role that makes it, and the date (on)"))
        if self.link is not None and not _LINK.fullmatch(self.link):
            raise ValueError(N_("a link begins with https:// and names a place"))
        if self.sha256 is not None and self.file is None:
            raise ValueError(N_("only a file has a digest"))
        return self

    def shown(self) -> Message | str:
        """The evidence as a reader sees it: file and head of its digest, link, or who said so."""
        if self.file is not None:
            return f"{self.file} ({(self.sha256 or '')[:12]})"
        return self.link or say("{role}, {day}", role=self.statement, day=self.on)


class Answer(Record):
    """One answer; ``answered_by`` is a role, with a name where the city wishes."""

    answer: Text | None = None
    evidence: tuple[Proof, ...] = ()
    answered_by: str | None = None
    on: date | None = None

    @property
    def is_given(self) -> bool:
        """Whether something stands here, and in no language a placeholder."""
        return self.answer is not None and not any(map(is_placeholder, texts_of(self.answer)))


class Answers(Record):
    """All answers of one pilot, by field id."""

    pilot: str
    answers: dict[str, Answer] = {}

    def given(self, field: str) -> Answer | None:
        """The answer to a field; None where there is none, or only a placeholder."""
        found = self.answers.get(field)
        return found if found is not None and found.is_given else None


def texts_of(text: Text) -> tuple[str, ...]:
    """Each language's text that stands there."""
    return tuple(part for part in (text.any, text.en, text.es, text.pt) if part is not None)
