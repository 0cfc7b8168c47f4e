"""What must be so before a step, whoever takes it: reviews in, a re-run that agrees, a notice long enough."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from civic_ai.core.dates import add_days, days_between
from civic_ai.core.errors import Mistake
from civic_ai.core.messages import say, say_count
from civic_ai.records.case import Case
from civic_ai.records.levels import Reviewer
from civic_ai.records.policy import Policy
from civic_ai.records.workflow_words import REVIEWS, ROLES
from civic_ai.review.level import rules_at, workflow_of
from civic_ai.review.quorum import has_quorum, seats, still_to_vote
from civic_ai.review.step import refusal


def missing_reviews(case: Case, policy: Policy) -> tuple[Reviewer, ...]:
    """The reviews that the level asks for and that nobody has given, in the policy's order."""
    given = {review.role for review in case.reviews}
    return tuple(role for role in rules_at(policy, case.level).reviewers if role not in given)


def reviews_are_in(case: Case, on: date, policy: Policy) -> Iterator[Mistake]:
    """Every review that the level asks for has been given."""
    for role in missing_reviews(case, policy):
        yield refusal(
            say("This is not in yet: {review}.", review=REVIEWS[role]),
            say("Ask {role}: somebody who has had no other part in this model.", role=ROLES[role]),
        )
    asked = rules_at(policy, case.level).outside_reviewers
    if len({review.by for review in case.reviews}) < asked:
        yield refusal(
            say_count(
                "Level {level} asks for one reviewer from outside the team.",
                "Level {level} asks for {asked} reviewers from outside the team.",
                asked,
                level=case.level,
                asked=asked,
            ),
            say("Assign another reviewer."),
        )


def nothing_blocks(case: Case, on: date, policy: Policy) -> Iterator[Mistake]:
    """No reviewer's last word holds a finding that keeps the case from the board."""
    for review in case.reviews:
        if review.is_blocking:
            yield refusal(
                say("{person} found something that keeps this from the board.", person=review.by),
                say("Return the case to the team, or ask for the review again once it is settled."),
            )


def is_reproduced(case: Case, on: date, policy: Policy) -> Iterator[Mistake]:
    """Somebody else ran it again and got the same figures."""
    if case.reproduced_by is None:
        yield refusal(
            say("Nobody has run this model again and attested the same figures."),
            say("A technical reviewer runs `civic-ai reproduce` and attests its report."),
        )


def level_may_be_tried(case: Case, on: date, policy: Policy) -> Iterator[Mistake]:
    """The policy lets a pilot of this level run at all."""
    if not rules_at(policy, case.level).may_run:
        yield refusal(
            say("Level {level} is not run as a pilot.", level=case.level),
            say("Return the case; a person must take the decision that the model would take."),
        )


def nothing_is_owed(case: Case, on: date, policy: Policy) -> Iterator[Mistake]:
    """Every condition of the last approval is met, and every resident has an answer."""
    for condition in case.owed:
        yield refusal(
            say("Condition {condition} is not met.", condition=condition.id),
            say("{owner} shows the proof: {proof}", owner=condition.owner, proof=condition.proof),
        )
    for appeal in case.complaints:
        yield refusal(
            say("The resident's appeal {appeal} has no answer.", appeal=appeal),
            say("A person outside the team decides it anew."),
        )


def nothing_is_overdue(case: Case, on: date, policy: Policy) -> Iterator[Mistake]:
    """No condition's day has passed without its proof."""
    for condition in case.owed:
        if condition.due_on < on:
            yield refusal(
                say("Condition {condition} was due on {due}.", condition=condition.id, due=condition.due_on),
                say("{owner} shows the proof: {proof}", owner=condition.owner, proof=condition.proof),
            )


def approval_holds(case: Case, on: date, policy: Policy) -> Iterator[Mistake]:
    """There is an approval, and its last day has not passed."""
    if case.approval is None or not case.approval.holds_on(on):
        yield refusal(
            say("There is no approval that holds on {day}.", day=on),
            say("Hand in the dossier for a new decision."),
        )


def notice_has_stood(case: Case, on: date, policy: Policy) -> Iterator[Mistake]:
    """Residents could read the notice, and comment for as long as the level asks."""
    if case.notice_on is None:
        yield refusal(
            say("The public notice has not been posted."),
            say("Post it where residents read the city's notices."),
        )
        return
    days = rules_at(policy, case.level).comment_days
    if days_between(case.notice_on, on) < days:
        yield refusal(
            say("Residents have {days} days to comment on the notice.", days=days),
            say("The board may meet from {day} on.", day=add_days(case.notice_on, days)),
        )


def board_is_whole(case: Case, on: date, policy: Policy) -> Iterator[Mistake]:
    """A chair, and a seat that speaks for residents."""
    if not case.holders("chair"):
        yield refusal(say("The board has no chair."), say("The governance officer assigns one."))
    if not any(holder.is_community and holder.person in seats(case) for holder in case.people):
        yield refusal(
            say("No seat of the board speaks for residents."),
            say("The governance officer gives a community member a seat."),
        )


def meeting_is_open(case: Case, on: date, policy: Policy) -> Iterator[Mistake]:
    """The board is in a meeting."""
    if case.meeting is None:
        yield refusal(say("The board is not in a meeting."), say("The chair opens one."))


def no_meeting_is_open(case: Case, on: date, policy: Policy) -> Iterator[Mistake]:
    """The board is in no meeting."""
    if case.meeting is not None:
        yield refusal(
            say("The board is in a meeting already."),
            say("Close the vote, or adjourn: its votes then do not count."),
        )


def quorum_is_there(case: Case, on: date, policy: Policy) -> Iterator[Mistake]:
    """Enough of the seats left are at the meeting."""
    if case.meeting is not None and not has_quorum(case, case.meeting, policy):
        yield refusal(
            say("Too few of the board are at the meeting for a decision."),
            say(
                "More than {share:.0%} of the seats left must be there.",
                share=workflow_of(policy).quorum_share,
            ),
        )


def all_have_voted(case: Case, on: date, policy: Policy) -> Iterator[Mistake]:
    """Everybody at the meeting who may vote has voted or abstained."""
    if case.meeting is None:
        return
    for person in still_to_vote(case, case.meeting, policy):
        yield refusal(
            say("{person} is at the meeting and has not voted.", person=person),
            say("Ask for the vote; an abstention is one."),
        )
