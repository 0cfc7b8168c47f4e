"""What the section on reporting says: conditions, how they were checked, why nothing is known."""

from __future__ import annotations

from civic_ai.core.messages import N_

METHODS = {
    "duplicates": N_("The city's data says which reports are about the same problem."),
    "linkage": N_(
        "Reports of one type that lie near each other, soon after one another, are taken for one problem."
    ),
    "neighbours": N_("One event struck the city. Which areas reported it is compared with their neighbours."),
    "none": N_("It was not looked at."),
}

CONDITIONS = {
    "watch_ends_at_stopping_time": N_("A case is watched until it is inspected or closed, not longer."),
    "incident_alive_while_watched": N_("The problem was there for as long as it was watched."),
    "constant_rate_while_watched": N_("People report a problem at an even pace while it is there."),
    "duplicates_linked_equally_well": N_("Repeat reports are linked equally well in every group."),
    "repeat_callers_not_told_apart": N_("One person who reports twice does not change the comparison."),
    "incidents_alike_within_type": N_("Problems of one type are about equally serious in every group."),
    "links_are_repeats": N_("Two reports near each other are about one problem, not two next to each other."),
    "struck_alike_next_door": N_("Neighbouring areas are struck alike."),
    "groups_differ_in_reporting_only": N_("Groups differ in how they report, not in how they were struck."),
    "who_reported_was_struck": N_("Who reported the event was struck by it."),
}

STATES = {
    "holds": N_("The data agree"),
    "broken": N_("The data contradict it"),
    "not_checked": N_("Cannot be checked"),
}
SIGNS = {"holds": "pass", "broken": "fail", "not_checked": "unknown"}

HOW = {
    "other_watch_lengths": N_("Compared with watching for at most 30 and at most 200 days."),
    "early_and_late": N_("Compared the early part of the watch with the late part."),
    "share_linkable": N_("Compared how many reports of each group carry a number or a place."),
    "callers_left_out": N_("Repeat calls of one person were left out."),
    "a_year_apart": N_("Compared with reports at the same places a year apart, which cannot be repeats."),
    "nobody_looked": N_("Nobody went to look, so the data cannot say."),
    "no_severity": N_("The data does not say how serious a problem was."),
    "no_caller": N_("The data does not say who called."),
    "no_end": N_("The data does not say when a case ended."),
    "too_short": N_("The data covers too little time."),
    "too_few": N_("Too few repeat reports to tell."),
    "one_event": N_("One event alone cannot say."),
}

SETTINGS = {
    "half": N_("half"),
    "same": N_("the same"),
    "double": N_("double"),
}
