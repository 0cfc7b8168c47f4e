"""What the field's names are called on a card. Every entry is collected for translation."""

from __future__ import annotations

from civic_ai.cards.numbers import Style
from civic_ai.core.messages import N_

VERDICTS = {
    "pass": N_("Pass"),
    "fail": N_("Fail"),
    "unknown": N_("Not known"),
    "insufficient_evidence": N_("Too few to tell"),
}
SIGNS = {"pass": "✓", "fail": "✕", "unknown": "?", "insufficient_evidence": "?"}
SHAPES = {"pass": "circle", "fail": "cross", "unknown": "diamond", "insufficient_evidence": "diamond"}

CANDIDATES = {
    "last_value": N_("the count of the last period"),
    "seasonal_naive": N_("the count of the same weeks a year ago"),
    "recent_count": N_("the count of the last 4 weeks"),
    "quarter_count": N_("the count of the last 13 weeks"),
    "year_count": N_("the count of the last year"),
    "seasonal_index": N_("last year's count, moved by the season"),
    "arrival_order": N_("first come, first served"),
    "group_rate": N_("how often cases of its kind turned out so before"),
    "observer_rate": N_("how often cases of the same observer turned out so before"),
    "curve_of_all": N_("how long all cases took before"),
    "curve_of_group": N_("how long cases of its kind took before"),
    "poisson_glm": N_("a Poisson regression"),
    "logistic_glm": N_("a logistic regression"),
    "lightgbm": N_("boosted trees (LightGBM)"),
    "lightgbm_tweedie": N_("boosted trees for counts with many zeros (LightGBM, Tweedie)"),
    "lightgbm_dask": N_("boosted trees grown on several workers at once (LightGBM on Dask)"),
    "lightgbm_hazard": N_("boosted trees for the chance of ending each day (LightGBM)"),
}

ORDERS = ("arrival_order",)
"""Rules whose score is an order and no number of anything: no map can show more or less of it."""

FAMILIES = {
    "history": N_("history of the place"),
    "neighbours": N_("neighbouring places"),
    "season": N_("season"),
    "weather": N_("weather"),
    "area": N_("the area and its streets"),
    "case": N_("the case itself"),
    "observer": N_("who makes the record"),
}

DIRECTIONS = {
    "raises": N_("as it grows, the score rises"),
    "lowers": N_("as it grows, the score falls"),
    "mixed": N_("no one direction: it raises some scores and lowers others"),
    "none": N_("does not move the score"),
}

Metrics = dict[str, tuple[str, Style]]
"""What a metric counts, and how its value is written."""

FINDING: Metrics = {
    "precision_at_capacity": (N_("Found per visit"), "ratio"),
    "recall_at_capacity": (N_("Reached, of all cases"), "percent"),
    "lift_over_random": (N_("Times better than visiting at random"), "ratio"),
    "average_precision": (N_("Average precision (1 is best)"), "number"),
    "area_under_roc": (N_("Right order within a list (AUC; half is chance)"), "number"),
    "area_under_roc_overall": (N_("Right order over all lists (AUC; half is chance)"), "number"),
    "days_earlier": (N_("Days earlier found than today"), "found_fine"),
    "days_until_found": (N_("Days until it is found"), "found_fine"),
    "first_half": (N_("Found in the first half of the list"), "percent"),
}
"""Metrics of the list: how much its visits find."""

MEANING: Metrics = {
    "brier_score": (N_("Brier score (0 is best)"), "number"),
    "log_loss": (N_("Log loss (0 is best)"), "number"),
    "expected_calibration_error": (N_("Calibration error (0 is best)"), "number"),
    "calibration_slope": (N_("Calibration slope (1 is best)"), "ratio"),
    "calibration_intercept": (N_("Calibration intercept (0 is best)"), "ratio"),
    "mean_poisson_deviance": (N_("Mean Poisson deviance (0 is best)"), "number"),
    "mean_absolute_error": (N_("Mean absolute error (0 is best)"), "number"),
    "root_mean_squared_scaled_error": (N_("Error over that of the last value (below 1 is better)"), "number"),
    "bias_ratio": (N_("Predicted, per case that came (1 is best)"), "ratio"),
    "integrated_brier_score": (N_("Integrated Brier score (0 is best)"), "number"),
    "concordance": (N_("Right order of waits (half is chance)"), "number"),
    "restricted_mean_ratio": (N_("Days predicted, per day that it took (1 is best)"), "ratio"),
    "restricted_mean_slope": (N_("Slope of days (1 is best)"), "ratio"),
    "interval_coverage": (N_("Intervals that held"), "percent"),
    "interval_width": (N_("Width of the intervals"), "ratio"),
    "pinball_lower": (N_("Pinball loss of the lower end (0 is best)"), "number"),
    "pinball_upper": (N_("Pinball loss of the upper end (0 is best)"), "number"),
}

"""Metrics of the numbers themselves; a simple rule's counts have none."""

SCORES = FINDING | MEANING

GROUP_METRICS: Metrics = {
    "recall": (N_("Reached, of all cases of the group"), "percent"),
    "selection_rate": (N_("Visited, of all places of the group"), "percent"),
    "precision": (N_("Visits to the group that find something"), "percent"),
    "service_per_need": (N_("Share of visits over share of cases (1 is even)"), "ratio"),
    "exposure_by_rank": (N_("How high on the list, over its share of cases (1 is even)"), "ratio"),
    "bias_ratio": (N_("What came, over what was predicted (1 is best)"), "ratio"),
    "absolute_error_per_event": (N_("Off by, per case that came (0 is best)"), "ratio"),
    "mean_poisson_deviance": (N_("Mean Poisson deviance (0 is best)"), "number"),
    "worst_shortfall": (N_("Came beyond the forecast where it fell shortest, of all that came"), "percent"),
    "restricted_mean_days": (N_("Days until done, for the same kinds of work"), "found_fine"),
    "done_by_horizon": (N_("Done by the horizon, for the same kinds of work"), "percent"),
    "restricted_mean_days_unadjusted": (
        N_("Days until done, for the group's own kinds of work"),
        "found_fine",
    ),
    "interval_coverage": (N_("Intervals that held in the last period, kept aside"), "percent"),
    "false_positive_rate": (N_("Visited without cause, of all quiet places of the group"), "percent"),
    "false_discovery_rate": (N_("Visits to the group that find nothing"), "percent"),
}

OF_CASES = {
    "false_positive_rate": N_("Looked at first without cause, of all cases of the group that are in order"),
}
"""What metrics of groups are called where cases, not places, are looked at."""

MISSING = {
    "suppressed": N_("Too few to show (privacy)"),
    "no_positives": N_("Not measured: no case came in this period"),
    "no_events": N_("Not measured: no case came in this period"),
    "no_rows": N_("Not measured: there are no rows to measure it on"),
    "no_matured_rows": N_("Not measured: no outcome is known yet"),
    "not_estimable": N_("Not measured: too little varies to estimate it"),
    "too_few_stretches_as_long_as_the_lockbox": N_("Not measured: the tests are too short to compare"),
    "one_period": N_("Not measured: one period gives no interval"),
    "not_an_event": N_("Not measured: it is defined for events only"),
    "not_a_count": N_("Not measured: it is defined for counts only"),
    "too_few": N_("Too few to tell"),
    "too_few_periods_for_an_interval": N_("Not measured: too few periods for an interval"),
    "no_duplicates": N_("Not measured: there are no repeat reports"),
    "is_the_best_baseline": N_("It is the simple rule itself"),
    "score_is_not_a_probability": N_("Not measured: a simple rule's score is no probability"),
    "nothing_to_compare_with": N_("Not measured: there is nothing to compare with"),
    "nothing_says_who_is_next_to_whom": N_("Not measured: nothing says which places are neighbours"),
    "too_few_places": N_("Not measured: there are too few places"),
    "nothing_varies": N_("Not measured: nothing varies"),
    "not_looked_at": N_("Not measured: the last period was not looked at for it"),
    "no_intervals": N_("Not measured: it has no intervals"),
    "nothing_predicted": N_("Not measured: nothing was predicted there"),
    "nothing_predicted_or_nothing_came": N_("Not measured: nothing was predicted there, or nothing came"),
    "areas_alike": N_("Not measured: all areas are alike in it"),
    "nothing_but_the_observer": N_("Not measured: nothing but the observer is known to the model"),
    "no_pairs": N_("Not measured: no two cases can be compared"),
    "no_sure_gain": N_("Not measured: the model tells nothing apart that is sure"),
    "not_watched_up_to_the_horizon": N_("Not measured: nobody was watched for so long"),
}

CONDITIONS = {
    ">": N_("must be more than {limit}"),
    ">=": N_("must be at least {limit}"),
    "<": N_("must be less than {limit}"),
    "<=": N_("must be at most {limit}"),
    "==": N_("must be {limit}"),
    "!=": N_("must not be {limit}"),
}

SEEN: dict[str, tuple[str, str]] = {
    "evaluation.lift_over_best_baseline.lower": (
        "evaluation.lift_over_best_baseline.value", N_("{seen} times as good as the simple rule")),
    "audit.worst_verdict": ("deciding.ratio.value", N_("{group} at {seen} times {reference}")),
    "audit.reporting.verdict": (
        "deciding_report.ratio.value",
        N_("{group} reports the same problem {seen} times as often as {reference}")),
    "evaluation.unmatured_rows": ("evaluation.unmatured_rows", N_("counted too early: {seen}")),
    "snapshot.worst_quarantined_share": ("snapshot.worst_quarantined_share", N_("set aside: {seen}")),
    "panel.location.verdict": ("panel.location.drift", N_("missing share moved by {seen}")),
    "panel.leaks_found": ("panel.leaks_found", N_("leaks found: {seen}{columns}")),
    "evaluation.calibration.verdict": ("evaluation.calibration.slope.value", N_("calibration slope: {seen}")),
    "evaluation.stability.verdict": ("evaluation.stability.worst_ratio", N_("worst over average: {seen}")),
    "evaluation.lockbox_agrees": (
        "evaluation.lockbox_lift.value", N_("there {seen} times as good as the rule")),
    "audit.coverage_verdict": (
        "audit.worst_covered.figure.value", N_("least in {group}: held at a share of {seen}")),
    "audit.observer.verdict": (
        "audit.observer.share.value", N_("the observer alone tells {seen} of what the model tells apart")),
    "explanation.additivity_error": ("explanation.additivity_error", N_("largest difference: {seen}")),
    "explanation.trials.verdict": (
        "explanation.trials.first.mean",
        N_("trained again, the main reason stays the same in a share of {seen}")),
    "snapshot.sources_without_licence": (
        "snapshot.sources_without_licence", N_("sources without one: {seen}")),
    "audit.suppression.visible_small_cells": (
        "audit.suppression.visible_small_cells", N_("small counts still visible: {seen}")),
    "bundle.leaves_verdict": (
        "bundle.smallest_cell", N_("fewest training rows behind one value of the model: {seen}")),
}  # fmt: skip
"""For the facts that our own policy asks about: which number says most about them, and in which words.
A fact that a city's own policy adds is shown as it is."""

NO_FURTHER = N_("without its main reasons a score moves {seen} times as far as without others")
FROM_CHANCE = N_("trained on shuffled outcomes, scores move {seen} times as far")
"""Said of the gate on reasons where not the agreement, but another trial fails."""

HELD_OVER_ALL = N_("over all: held at a share of {seen}")
"""Said of the gate on intervals where not a group, but the whole decides."""

RESULTS: Metrics = {
    "evaluation.per_100_visits.{candidate}.found": (N_("finds of 100 visits in the tests"), "found"),
    "evaluation.lockbox.{candidate}.lockbox.precision_at_capacity.figure": (
        N_("finds of 100 visits in the last period, kept aside"), "per_hundred"),
    "evaluation.staffing.{candidate}.hours_short": (N_("hours short in each period"), "found_fine"),
    "evaluation.coverage.{candidate}.lockbox.covered": (
        N_("intervals that held in the last period"), "percent"),
    "evaluation.lift_over_best_baseline": (N_("gain over the simple rule, in times"), "ratio"),
    "evaluation.lockbox_lift": (N_("gain over the simple rule in the last period, in times"), "ratio"),
    "evaluation.calibration.slope": (N_("calibration slope"), "ratio"),
}  # fmt: skip
"""The results whose uncertainty matters for a decision."""

IN_REQUESTS = {
    "Hours short in each period": N_("Requests more than planned for, in each period"),
    "Hours idle in each period": N_("Requests fewer than planned for, in each period"),
    "hours short in each period": N_("requests more than planned for in each period"),
}
"""What hours of demand are called where no hours are declared."""

SELECTION = {
    "best_mean": N_("best on average"),
    "best_worst": N_("best in its worst test"),
    "best_recent": N_("best of late"),
    "simplest_near_best": N_("simplest near the best"),
}

ERRORS = {
    "far_less": N_("far less"),
    "less": N_("less"),
    "as_predicted": N_("about as predicted"),
    "more": N_("more"),
    "far_more": N_("far more"),
}

LEVELS = {
    "city": N_("the whole city"),
    "area": N_("each area"),
    "type": N_("each type"),
    "unit": N_("each series"),
}

SEVERITIES = {"problem": N_("Problem"), "warning": N_("Warning"), "note": N_("Note")}

INTERVENTIONS = {
    "assistive": N_("A visit helps: being missed is the harm."),
    "punitive": N_("A visit can punish: being visited without cause is the harm."),
    "mixed": N_("A visit can help or punish: both errors are harm."),
}

NOT_MEASURED = {
    "need_apart_from_reports": N_("Need itself: all figures rest on what was reported."),
    "differences_within_areas": N_(
        "Differences between residents of one area: groups are known by area only."
    ),
    "intersections": N_("Residents who belong to two groups at once."),
    "observer_test": N_("Whether the score follows who made the record rather than the place."),
    "label_changes": N_("Whether what counts has changed: the data spans too little time to tell."),
    "mitigation_frontier": N_("What it would cost to serve groups more equally."),
    "feedback": N_("What happens to the data once visits follow the list."),
    "bias_ratio": N_("Whether as much comes from each group as predicted: this rule predicts no number."),
}

CAVEATS = {
    "correlated_features": N_(
        "Features that move together share their weight; no single one can be read alone."
    ),
    "correlated_families": N_(
        "Some kinds of features move together, so that their shares can pass to each other."
    ),
    "too_few_dates": N_("Too few dates to say how stable the reasons are."),
}

EXAMPLES = {
    "list": N_("What the list would visit"),
    "next": N_("What comes next on the list"),
    "highest": N_("The highest tenth"),
    "middle": N_("The middle"),
    "lowest": N_("The lowest tenth"),
}

WHY_REPORTING_UNKNOWN = {
    "not_asked": N_("Not measured whether reports stand for need: the pilot does not ask for it."),
    "no_incident_column": N_(
        "Not measured whether reports stand for need: this city's data does not link repeat reports."
    ),
    "no_area_column": N_("Not measured whether reports stand for need: reports do not name their area."),
    "no_place_columns": N_("Not measured whether reports stand for need: reports do not say where."),
    "no_neighbours": N_("Not measured whether reports stand for need: nothing says which areas touch."),
    "no_difference": N_("Not measured whether reports stand for need: all areas did the same."),
    "no_duplicates": N_("Not measured whether reports stand for need: no report repeats another."),
}
