"""The workflow's one table: every step there is, from which states, by whom, on what evidence, to where.

The diagram and ``docs/reference/workflow.md`` are made from it (``make reference``).
"""

from __future__ import annotations

from typing import get_args

from civic_ai.records.case import State
from civic_ai.records.decision import Verdict
from civic_ai.records.people import BoardRole
from civic_ai.review import changes, grant_rules, needs, rules, verdicts
from civic_ai.review.step import Need, Rule, Step

EVERY_ROLE: tuple[BoardRole, ...] = get_args(BoardRole)
TEAM: tuple[BoardRole, ...] = ("owner", "developer", "data_steward")
REVIEWERS: tuple[BoardRole, ...] = ("technical_reviewer", "equity_reviewer", "privacy_reviewer")
OFFICE: tuple[BoardRole, ...] = ("governance_officer",)
BOARD: tuple[BoardRole, ...] = ("chair", "member")
WORKING: tuple[BoardRole, ...] = (*TEAM, *REVIEWERS, *OFFICE, *BOARD, "approver")

OPEN: tuple[State, ...] = tuple(state for state in get_args(State) if state not in ("unopened", "retired"))
WITH_DOSSIER: tuple[State, ...] = tuple(state for state in OPEN if state != "draft")
REVIEWED: tuple[State, ...] = ("triaged", "in_review")
MEETS: tuple[State, ...] = ("board_pilot", "board_use", "board_renewal", "board_stop")
JUDGED: tuple[State, ...] = (*REVIEWED, "renewal_review", "board_pilot", "board_use", "board_renewal")
PILOTING: tuple[State, ...] = ("approved_for_pilot", "pilot")
USING: tuple[State, ...] = ("approved_for_use", "in_use", "renewal_review", "board_renewal", "renewed")
SUSPENDED: tuple[State, ...] = ("pilot_suspended", "use_suspended")
APPROVED: tuple[State, ...] = (*PILOTING, *USING, *SUSPENDED)
AFTER_APPROVAL: tuple[State, ...] = (*APPROVED, "pilot_evaluated", "board_use")
STOPPED: tuple[State, ...] = ("rejected", "stopped", "board_stop")

ON_DOSSIER: tuple[Rule, ...] = (rules.dossier_is_the_one,)
NEW_DOSSIER: tuple[Rule, ...] = (rules.dossier_is_not_refused, rules.gates_are_of_the_policy)
EXAMINED: tuple[Need, ...] = (needs.reviews_are_in, needs.nothing_blocks, needs.is_reproduced)
COUNTED: tuple[Need, ...] = (needs.meeting_is_open, needs.quorum_is_there, needs.all_have_voted)
MEETING: tuple[Need, ...] = (needs.no_meeting_is_open, needs.board_is_whole)
VERDICT: tuple[Rule, ...] = (rules.dossier_is_the_one, grant_rules.verdict_was_voted)
GRANT: tuple[Rule, ...] = (
    *VERDICT,
    grant_rules.extended_once,
    grant_rules.binds_this_dossier,
    grant_rules.ends_in_time,
    grant_rules.open_gates_are_waived,
    grant_rules.conditions_can_be_kept,
    grant_rules.authority_agrees,
)


def _meeting(state: State, *notice: Need) -> Step:
    """The board's meeting is the same at every gate; only the evidence differs."""
    return Step(
        "open_meeting",
        (state,),
        None,
        ("chair",),
        gate=verdicts.QUESTIONS[state],
        duty="approve",
        needs=(*MEETING, *notice),
        rules=(*ON_DOSSIER, rules.all_seats_are_named),
        change=changes.open_meeting,
    )


def _closing(state: State, verdict: Verdict, to: State) -> Step:
    """One end of a vote. An approval hangs on more than a refusal."""
    grants = verdict in ("approve", "extend") and state != "board_stop"
    change = changes.refuse if verdict == "reject" else changes.end_or_return
    return Step(
        "close_vote",
        (state,),
        to,
        ("chair",),
        outcome=verdict,
        duty="approve",
        needs=(*COUNTED, *EXAMINED) if grants else COUNTED,
        rules=GRANT if grants else (*VERDICT, grant_rules.nothing_is_granted),
        change=changes.grant if grants else change,
    )


STEPS: tuple[Step, ...] = (
    Step(
        "open_case",
        ("unopened",),
        "draft",
        ("owner",),
        rules=(rules.each_holds_a_role_once, rules.roles_can_be_given),
        change=changes.open_case,
    ),
    Step(
        "assign",
        OPEN,
        None,
        OFFICE,
        rules=(rules.role_is_new, rules.seats_stay_in_a_meeting),
        change=changes.assign,
    ),
    Step(
        "release",
        OPEN,
        None,
        OFFICE,
        rules=(rules.role_is_held, rules.officer_stays, rules.seats_stay_in_a_meeting),
        change=changes.release,
    ),
    Step(
        "declare_conflict",
        OPEN,
        None,
        WORKING,
        rules=(rules.conflict_is_new,),
        change=changes.declare_conflict,
    ),
    Step(
        "submit",
        ("draft", "returned", "lapsed", "voided", *SUSPENDED),
        "submitted",
        ("owner",),
        gate="G0",
        duty="request",
        rules=NEW_DOSSIER,
        change=changes.new_round,
    ),
    Step(
        "propose_level",
        ("submitted",),
        None,
        OFFICE,
        gate="G1",
        duty="review",
        rules=ON_DOSSIER,
        change=changes.propose_level,
    ),
    Step(
        "confirm_level",
        ("submitted",),
        "triaged",
        (*OFFICE, "chair", "equity_reviewer", "privacy_reviewer"),
        duty="review",
        rules=(*ON_DOSSIER, rules.second_person_confirms),
        change=changes.confirm_level,
    ),
    Step(
        "review",
        REVIEWED,
        "in_review",
        REVIEWERS,
        duty="review",
        rules=(*ON_DOSSIER, rules.review_stays_blind),
        change=changes.review,
    ),
    Step(
        "review",
        ("renewal_review",),
        None,
        REVIEWERS,
        duty="review",
        rules=(*ON_DOSSIER, rules.review_stays_blind),
        change=changes.review,
    ),
    Step(
        "attest_reproduction",
        REVIEWED,
        "in_review",
        ("technical_reviewer",),
        duty="review",
        rules=ON_DOSSIER,
        change=changes.attest_reproduction,
    ),
    Step(
        "attest_reproduction",
        ("renewal_review",),
        None,
        ("technical_reviewer",),
        duty="review",
        rules=ON_DOSSIER,
        change=changes.attest_reproduction,
    ),
    Step(
        "waive",
        JUDGED,
        None,
        WORKING,
        duty="approve",
        rules=(*ON_DOSSIER, rules.gate_may_be_waived),
        change=changes.waive,
    ),
    Step("return_case", ("submitted", *REVIEWED), "returned", OFFICE, duty="review", rules=ON_DOSSIER),
    Step("return_case", ("renewal_review",), "in_use", OFFICE, duty="review", rules=ON_DOSSIER),
    Step(
        "hand_to_board",
        ("in_review",),
        "board_pilot",
        OFFICE,
        gate="G2",
        duty="review",
        needs=(needs.level_may_be_tried, *EXAMINED),
        rules=ON_DOSSIER,
    ),
    Step(
        "hand_to_board",
        ("pilot_evaluated",),
        "board_use",
        OFFICE,
        duty="review",
        needs=(needs.nothing_is_owed,),
        rules=ON_DOSSIER,
    ),
    Step(
        "hand_to_board",
        ("renewal_review",),
        "board_renewal",
        OFFICE,
        gate="G2",
        duty="review",
        needs=(*EXAMINED, needs.nothing_is_owed),
        rules=ON_DOSSIER,
    ),
    Step("hand_to_board", ("stopped",), "board_stop", OFFICE, duty="review", rules=ON_DOSSIER),
    _meeting("board_pilot", needs.notice_has_stood),
    _meeting("board_use"),
    _meeting("board_renewal"),
    _meeting("board_stop"),
    Step(
        "vote",
        MEETS,
        None,
        BOARD,
        duty="approve",
        needs=(needs.meeting_is_open,),
        rules=(*ON_DOSSIER, rules.voter_is_present, verdicts.verdict_is_possible, grant_rules.extended_once),
        change=changes.vote,
    ),
    Step(
        "endorse",
        MEETS,
        None,
        ("approver",),
        duty="approve",
        needs=(needs.meeting_is_open,),
        rules=ON_DOSSIER,
        change=changes.endorse,
    ),
    Step(
        "adjourn",
        MEETS,
        None,
        ("chair",),
        duty="approve",
        needs=(needs.meeting_is_open,),
        change=changes.end_meeting,
    ),
    *(_closing(state, verdict, to) for state, ends in verdicts.ENDS.items() for verdict, to in ends.items()),
    Step(
        "start_pilot",
        ("approved_for_pilot",),
        "pilot",
        ("data_steward", *OFFICE),
        duty="deploy",
        needs=(needs.approval_holds, needs.nothing_is_overdue),
        rules=(rules.dossier_is_approved,),
    ),
    Step("report_pilot", ("pilot",), "pilot_evaluated", ("owner",), rules=(rules.dossier_is_approved,)),
    Step(
        "start_use",
        ("approved_for_use", "renewed"),
        "in_use",
        ("data_steward", *OFFICE),
        duty="deploy",
        needs=(needs.approval_holds, needs.nothing_is_overdue),
        rules=(rules.dossier_is_approved,),
    ),
    Step(
        "request_renewal",
        ("in_use", "renewed"),
        "renewal_review",
        ("owner",),
        duty="request",
        rules=NEW_DOSSIER,
        change=changes.renewal_round,
    ),
    Step(
        "meet_condition",
        AFTER_APPROVAL,
        None,
        OFFICE,
        duty="review",
        rules=(rules.condition_is_owed, rules.somebody_else_checks),
        change=changes.meet_condition,
    ),
    Step(
        "miss_condition",
        AFTER_APPROVAL,
        None,
        OFFICE,
        outcome="report",
        rules=(rules.condition_is_owed, rules.day_has_passed),
    ),
    Step(
        "miss_condition",
        PILOTING,
        "pilot_suspended",
        OFFICE,
        outcome="suspend",
        rules=(rules.condition_is_owed, rules.day_has_passed),
    ),
    Step(
        "miss_condition",
        USING,
        "use_suspended",
        OFFICE,
        outcome="suspend",
        rules=(rules.condition_is_owed, rules.day_has_passed),
    ),
    Step(
        "miss_condition",
        ("pilot_evaluated", "board_use", *SUSPENDED),
        None,
        OFFICE,
        outcome="suspend",
        rules=(rules.condition_is_owed, rules.day_has_passed),
    ),
    Step("suspend", PILOTING, "pilot_suspended", WORKING),
    Step("suspend", USING, "use_suspended", WORKING),
    Step(
        "lift_suspension",
        ("pilot_suspended",),
        "approved_for_pilot",
        ("chair",),
        duty="approve",
        needs=(needs.approval_holds, needs.nothing_is_overdue),
    ),
    Step(
        "lift_suspension",
        ("use_suspended",),
        "approved_for_use",
        ("chair",),
        duty="approve",
        needs=(needs.approval_holds, needs.nothing_is_overdue),
    ),
    Step("lapse", APPROVED, "lapsed", OFFICE, rules=(rules.approval_has_ended,), change=changes.end_approval),
    Step(
        "void",
        APPROVED,
        "voided",
        (*TEAM, "technical_reviewer", *OFFICE),
        rules=(rules.something_differs,),
        change=changes.end_approval,
    ),
    Step(
        "stop",
        tuple(state for state in WITH_DOSSIER if state not in STOPPED),
        "stopped",
        ("owner", *OFFICE, "chair"),
        change=changes.end_approval,
    ),
    Step(
        "appeal",
        ("rejected", "stopped"),
        "submitted",
        ("owner",),
        gate="G0",
        duty="request",
        rules=(*NEW_DOSSIER, rules.refusal_may_be_appealed),
        change=changes.new_round,
    ),
    Step("comment", OPEN, None, tuple(role for role in EVERY_ROLE if role != "auditor")),
    Step("post_notice", WITH_DOSSIER, None, ("owner", *OFFICE), rules=ON_DOSSIER, change=changes.post_notice),
    Step("public_comment", WITH_DOSSIER, None, OFFICE),
    Step(
        "resident_appeal",
        (*AFTER_APPROVAL, "stopped"),
        None,
        OFFICE,
        rules=(rules.appeal_is_new,),
        change=changes.resident_appeal,
    ),
    Step(
        "answer_resident",
        (*AFTER_APPROVAL, "stopped"),
        None,
        (*REVIEWERS, *OFFICE, *BOARD),
        duty="review",
        rules=(rules.appeal_is_open,),
        change=changes.answer_resident,
    ),
)
"""Every step there is; of two rows for one action and state, the outcome tells which."""
