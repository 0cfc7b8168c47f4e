"""A letter: what waits for somebody and what is new, in the language in which the person reads the desk.

It names pilots, steps and pages; no reason, comment, figure, other person, password or token.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from civic_ai.core.messages import LANGUAGES, Message, say, say_count
from civic_ai.records.workflow_words import DEEDS
from civic_ai.web.notices.news import ANSWERED, ASKED, ENROL, ENROLLED, REVOKED, SAID, News

WAITS: Mapping[str, Message] = {**DEEDS, ENROL: say("enrol a passkey that somebody made")}
HAPPENED: Mapping[str, Message] = {
    SAID: say("a comment on your dossier"),
    ASKED: say("a change of your dossier is asked for"),
    ANSWERED: say("an answer to what you said"),
    ENROLLED: say("your passkey can sign from now on"),
    REVOKED: say("a passkey of yours signs no longer; ask the custodian if that surprises you"),
}


@dataclass(frozen=True)
class Letter:
    """One letter: to whose box, its subject, its text."""

    box: str
    subject: str
    text: str


Told = tuple[str, str, str]
"""Pilot, kind, page."""


def letter(box: str, language: str, news: Sequence[News], address: str) -> Letter:
    """What to write to the box of one person; in each language where the person's is not known."""
    languages = (language,) if language in LANGUAGES else LANGUAGES
    told = list(dict.fromkeys((each.pilot, each.kind, address + each.page) for each in news))
    parts = [(head, words, found) for head, words, found in (_waits(told), _happened(told)) if found]
    subject = " / ".join(parts[0][0].text(each) for each in languages)
    texts = ("\n".join(_listed(*part, each) for part in parts) for each in languages)
    return Letter(box, subject, "\n".join(f"{text}\n{address}/\n" for text in texts))


Part = tuple[Message, Mapping[str, Message], list[Told]]


def _waits(told: list[Told]) -> Part:
    found = [each for each in told if each[1] in WAITS]
    head = say_count(
        "One step waits for you at the review desk",
        "{number} steps wait for you at the review desk",
        len(found),
        number=len(found),
    )
    return head, WAITS, found


def _happened(told: list[Told]) -> Part:
    found = [each for each in told if each[1] in HAPPENED]
    head = say_count(
        "One thing is new for you at the review desk",
        "{number} things are new for you at the review desk",
        len(found),
        number=len(found),
    )
    return head, HAPPENED, found


def _listed(head: Message, words: Mapping[str, Message], told: list[Told], language: str) -> str:
    """A list under its head."""
    lines = (
        f"- {f'{pilot}: ' if pilot else ''}{words[kind].text(language)}\n  {page}\n"
        for pilot, kind, page in told
    )
    return f"{head.text(language)}:\n\n{''.join(lines)}"
