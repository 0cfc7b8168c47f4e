"""``civic-ai answer``: the city's questions about a pilot, one after the other, in the terminal."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from civic_ai.cli.dates import today
from civic_ai.cli.language import reader_language
from civic_ai.core.dates import read_day
from civic_ai.core.errors import ConfigError
from civic_ai.core.messages import LANGUAGES, Message, say

if TYPE_CHECKING:
    from civic_ai.pilot.answering import Said
    from civic_ai.pilot.answers import Beside
    from civic_ai.records.levels import Level

STOP, OPEN = "q", 3


def answer(
    pilot: Annotated[str, typer.Argument(help="The pilot's folder or its pilot.yaml.")],
    fields: Annotated[list[str] | None, typer.Option("--field", help="Ask for this field only.")] = None,
    level: Annotated[str | None, typer.Option(help="Impact level: I, II, III or IV.")] = None,
    language: Annotated[str | None, typer.Option(help="Language of questions and answers.")] = None,
    missing: Annotated[bool, typer.Option("--missing", help="List what has no answer, and stop.")] = False,
    sets: Annotated[list[str] | None, typer.Option("--set", help='Without asking: A05="text".')] = None,
    evidence: Annotated[list[str] | None, typer.Option(help="A file, a link, or said:ROLE.")] = None,
    by: Annotated[str | None, typer.Option(help="The role that answers.")] = None,
    on: Annotated[str | None, typer.Option(help="The date of the answer; today unless given.")] = None,
) -> int:
    """Answer what only the city can say about a pilot; what is written stays, stop at any time."""
    from civic_ai.pilot.answers import load_answers, unanswered

    beside, spoken = beside_of(pilot), language_of(language)
    answers = load_answers(beside)
    left = unanswered(beside, answers, level_of(level))
    if missing:
        return _list(left, beside, spoken)
    asking = _Terminal(beside, spoken, by, today() if on is None else read_day(on))
    if sets:
        for said in [asking.set_of(one, tuple(evidence or ())) for one in sets]:
            asking.write(said)
    else:
        asking.ask([_known(name, beside) for name in fields] if fields else left)
    return 0


def beside_of(pilot: str) -> Beside:
    """The pilot at a path, as its answers are checked. Raises :class:`ConfigError` where it is not sound."""
    from civic_ai.pilot.answers import Beside
    from civic_ai.pilot.crosswalk import shipped_crosswalk
    from civic_ai.pilot.located import validate
    from civic_ai.pilot.spec import PilotSpec
    from civic_ai.store.yaml import load_yaml

    file = Path(pilot) / "pilot.yaml" if Path(pilot).is_dir() else Path(pilot)
    spec = validate(load_yaml(file), PilotSpec)
    return Beside(shipped_crosswalk(), spec.pilot, file.resolve().parent)


def _list(left: list[str], beside: Beside, language: str) -> int:
    """What has no answer, one line each; the exit code says whether anything is open."""
    for name in left:
        field = beside.crosswalk.fields[name]
        print(f"{name}  {field.name.in_language(language)}: {_question(name, beside, language)}")
    return OPEN if left else 0


def _question(name: str, beside: Beside, language: str) -> str:
    asks = beside.crosswalk.fields[name].asks
    return "" if asks is None else asks.in_language(language)


class _Terminal:
    """One person at a terminal: asks, and writes each answer before the next question."""

    def __init__(self, beside: Beside, language: str, by: str | None, on: date) -> None:
        self.beside, self.language, self.by, self.on = beside, language, by, on

    def write(self, said: Said) -> None:
        """Write one answer. Raises :class:`ConfigError` where the file would not be sound."""
        from civic_ai.pilot.answering import write_answer
        from civic_ai.records.answers import is_placeholder

        write_answer(said, self.beside)
        self._tell(say("Written: {field}.", field=said.field))
        if is_placeholder(said.text):
            self._tell(say("It does not count yet: this stands where an answer should."))
        elif not said.evidence:
            self._tell(say("It does not count yet: it has no evidence."))

    def set_of(self, text: str, evidence: tuple[str, ...]) -> Said:
        """The answer that ``A05=text`` gives. Raises :class:`ConfigError` for another form, or no role."""
        from civic_ai.pilot.answering import Said

        name, equals, answer = text.partition("=")
        if not equals or self.by is None:
            raise ConfigError.because(
                say("an answer needs a field, a text and a role"),
                about="--set",
                remedy=say('For example: --set A05="Head of roads" --by "Head of roads"'),
            )
        return Said(_known(name.strip(), self.beside), answer, self.language, evidence, self.by, self.on)

    def ask(self, names: list[str]) -> None:
        """Ask for each field and write each answer before the next question, until the person stops."""
        for at, name in enumerate(names, 1):
            self._tell(
                say("Question {at} of {count}. An empty line skips, q stops.", at=at, count=len(names))
            )
            while (text := self._read(f"{name}  {_question(name, self.beside, self.language)}\n> ")) != "":
                if text is None or text == STOP:
                    return
                if self._wrote(name, text):
                    break

    def _wrote(self, name: str, text: str) -> bool:
        """Whether the answer could be written; where not, the person reads why, and is asked again."""
        from civic_ai.pilot.answering import Said

        evidence = self._evidence()
        self.by = self._read(self._prompt(say("Your role?"), self.by)) or self.by
        if self.by is None:
            self._tell(say("Not written: an answer needs a role."))
            return False
        try:
            self.write(Said(name, text, self.language, evidence, self.by, self.on))
        except ConfigError as error:
            print(error.text(self.language), file=sys.stderr)
            return False
        return True

    def _evidence(self) -> tuple[str, ...]:
        prompt = self._prompt(
            say("Evidence: a file of the pilot, a link, or said:ROLE; empty when done."), None
        )
        found: list[str] = []
        while given := self._read(prompt):
            found.append(given)
        return tuple(found)

    def _prompt(self, message: Message, standing: str | None) -> str:
        return f"{message.text(self.language)}{f' [{standing}]' if standing else ''}\n> "

    def _read(self, prompt: str) -> str | None:
        """One line; None where the input ends."""
        print(prompt, end="", file=sys.stderr, flush=True)
        line = sys.stdin.readline()
        return line.strip() if line else None

    def _tell(self, message: Message) -> None:
        print(message.text(self.language), file=sys.stderr)


def _known(name: str, beside: Beside) -> str:
    field = beside.crosswalk.fields.get(name)
    if field is None or field.filled_by != "city":
        raise ConfigError.because(
            say("is no field that the city fills: {name}", name=name),
            about="answer",
            remedy=say("`civic-ai answer PILOT --missing` lists the fields that the city fills."),
        )
    return name


def level_of(text: str | None) -> Level | None:
    """The impact level that a person named. Raises :class:`ConfigError` for another word."""
    from civic_ai.records.levels import LEVELS

    for level in LEVELS:
        if text == level:
            return level
    if text is None:
        return None
    raise ConfigError.because(
        say("is no impact level: {given}", given=text), about="--level", remedy=say("Say I, II, III or IV.")
    )


def language_of(text: str | None) -> str:
    """The language that a person named, else theirs. Raises :class:`ConfigError` for an unknown one."""
    if text is None or text in LANGUAGES:
        return text or reader_language()
    raise ConfigError.because(
        say("is no language of this program: {given}", given=text),
        about="--language",
        remedy=say("Say en, es or pt."),
    )
