"""The minutes of a meeting, from the ledger: who was there, what was asked, who voted how and why.

On a page to print, and as a text file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse

from civic_ai.core.messages import Message, say
from civic_ai.records.action import Adjourn, CloseVote
from civic_ai.records.case import Meeting
from civic_ai.records.decision import Decision
from civic_ai.records.text import Text
from civic_ai.records.workflow_words import ANSWERS, QUESTIONS, VERDICTS
from civic_ai.review.history import Event
from civic_ai.review.level import gate_question
from civic_ai.review.site_pages import teller_in
from civic_ai.review.verdicts import QUESTIONS as ASKED
from civic_ai.web.desk import the_desk
from civic_ai.web.page import show
from civic_ai.web.speech import language_of
from civic_ai.web.steps.words import IF_MISSED

Lines = Sequence[Message]


@dataclass(frozen=True)
class Part:
    """One part of the minutes."""

    title: Message
    lines: Lines


def page(request: HttpRequest, pilot: str, number: int) -> HttpResponse:
    """The minutes of the meeting that ended with entry ``number``."""
    event = _ended(pilot, number)
    question = the_desk().question(pilot, event.before, language_of(request))
    view = {
        "pilot": pilot,
        "question": question,
        "number": number,
        "on": event.on,
        "parts": parts_of(event),
    }
    return show(request, "minutes.html", view)


def download(request: HttpRequest, pilot: str, number: int) -> HttpResponse:
    """The same as a text file."""
    language, event = language_of(request), _ended(pilot, number)
    tell = teller_in(language)
    head = say("Minutes: {pilot}, {day}", pilot=pilot, day=event.on)
    question = the_desk().question(pilot, event.before, language)
    blocks = ["\n".join(filter(None, (tell.plain(head), question)))]
    for part in parts_of(event):
        blocks.append("\n".join([tell.plain(part.title), *(f"- {tell.plain(line)}" for line in part.lines)]))
    headers = {"Content-Disposition": f'attachment; filename="{pilot}-minutes-{number}.{language}.txt"'}
    text = "\n\n".join(blocks) + "\n"
    return HttpResponse(text, content_type="text/plain; charset=utf-8", headers=headers)


def parts_of(event: Event) -> list[Part]:
    """The minutes, part by part."""
    return [Part(title, lines) for title, lines in _Minutes(event).parts() if lines]


def ends_a_meeting(event: Event) -> bool:
    """Whether a meeting ended with this step."""
    return isinstance(event.action, CloseVote | Adjourn) and event.before.meeting is not None


def _ended(pilot: str, number: int) -> Event:
    events = the_desk().standing().events.get(pilot, ())
    found = next((each for each in events if each.step.number == number and ends_a_meeting(each)), None)
    if found is None:
        raise Http404
    return found


@dataclass(frozen=True)
class _Minutes:
    event: Event

    def parts(self) -> Iterator[tuple[Message, Lines]]:
        case, meeting, action = self.event.before, self.event.before.meeting, self.event.action
        if meeting is None or not isinstance(action, CloseVote | Adjourn):
            return
        yield (
            say("The question"),
            [QUESTIONS[ASKED[case.state]], say("Dossier {digest}", digest=case.dossier)],
        )
        yield say("Who was there"), list(self._presence(meeting))
        yield say("Votes"), list(self._votes(meeting))
        decision = self.event.after.decisions[-1] if isinstance(action, CloseVote) else None
        yield say("What came of it"), list(self._outcome(decision, action.reason))
        if decision is not None:
            yield say("Conditions"), list(self._conditions(decision))
            yield say("Waivers"), list(self._waivers(decision))
        yield say("Proof"), [
            say("Entry {number} of the ledger, by {person}", number=self.event.step.number, person=action.by),
            say("Statement {digest}", digest=self.event.step.statement),
            say("Policy {digest}", digest=self.event.step.policy),
        ]  # fmt: skip

    def _presence(self, meeting: Meeting) -> Iterator[Message]:
        recused = self.event.before.recused
        if meeting.present:
            yield say("Present: {people}", people=meeting.present)
        if meeting.absent:
            yield say("Absent: {people}", people=meeting.absent)
        if recused:
            yield say("Left because of a conflict of interest: {people}", people=recused)
        if meeting.endorsed_by is not None:
            yield say("The authority agreed: {person}", person=meeting.endorsed_by)

    def _votes(self, meeting: Meeting) -> Iterator[Message]:
        for vote in meeting.votes:
            yield say("{person}: {verdict}. {reason}",
                      person=vote.by, verdict=ANSWERS[vote.verdict], reason=vote.reason)  # fmt: skip
            if vote.dissent is not None:
                yield say("Dissent of {person}: {text}", person=vote.by, text=vote.dissent)

    def _outcome(self, decision: Decision | None, reason: str) -> Iterator[Message]:
        if decision is None:
            yield say("Adjourned without a decision. {reason}", reason=reason)
            return
        yield say("{verdict}. {reason}", verdict=VERDICTS[decision.verdict], reason=reason)
        if decision.ends_on is not None:
            yield say("It holds until {day}.", day=decision.ends_on)
        if decision.binding is not None:
            yield say("Where: {area}. What for: {use}.", area=decision.binding.area, use=decision.binding.use)

    def _conditions(self, decision: Decision) -> Iterator[Message]:
        for each in decision.conditions:
            yield say(
                "{text} Owed by {owner}, due on {day}; if it is missed, {consequence}. Proof: {proof}",
                text=each.text,
                owner=each.owner,
                day=each.due_on,
                consequence=IF_MISSED[each.if_missed],
                proof=each.proof,
            )

    def _waivers(self, decision: Decision) -> Iterator[Message]:
        for each in decision.waivers:
            yield say(
                "{gate} Waived by {person} until {day}. {reason}",
                gate=self._asks(each.gate),
                person=each.grantor,
                day=each.ends_on,
                reason=each.reason,
            )

    def _asks(self, gate: str) -> Text | str:
        """What the gate asked under the policy that ruled then."""
        return gate_question(the_desk().office.policy_of(self.event.step.policy), gate)
