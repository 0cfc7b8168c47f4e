"""No value in a sealed model rests on few rows: a model file is an output like any other.

LightGBM's ``min_data_in_leaf`` bounds an estimate (rows in proportion to the sum of second derivatives), not
the rows themselves: asked for 20, leaves of 5 were measured. So the emptiest leaf is counted on the rows that
the model was trained on, and where it holds too few, the model is grown again with leaves asked to be twice
as full, until none does. What is scored and judged in the lockbox is the model that is sealed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from civic_ai.core.errors import CivicError, DataError
from civic_ai.core.messages import say
from civic_ai.models.rows import Training
from civic_ai.models.scorer import ModelScorer

SETTING = "min_data_in_leaf"


def with_full_leaves(
    fitted: ModelScorer,
    training: Training,
    minimum: int,
    again: Callable[[Mapping[str, float]], ModelScorer] | None = None,
) -> ModelScorer:
    """The model, or the first that ``again`` makes of doubled settings, of which no value rests on fewer than
    ``minimum`` rows of ``training``; how few they are is written into it. A rule stays as it is.

    Raises :class:`DataError` where no such setting can help: few rows in all, or a table of few cases.
    """
    if not fitted.model.learned:
        return fitted
    while (smallest := fitted.smallest_cell(training.frame)) < minimum:
        asked = fitted.model.settings.get(SETTING)
        if again is None or not isinstance(asked, int) or asked > len(training.positions):
            raise _too_few(fitted, smallest, minimum)
        fitted = again({SETTING: 2 * asked})
    return replace(fitted, model=fitted.model.model_copy(update={"smallest_cell": smallest}))


def _too_few(fitted: ModelScorer, smallest: int, minimum: int) -> CivicError:
    return DataError.because(
        say(
            "{candidate} keeps a value that rests on {smallest} rows; the policy asks for {minimum}",
            candidate=fitted.candidate,
            smallest=smallest,
            minimum=minimum,
        ),
        about="policy.suppression.minimum",
        remedy=say("Leave the candidate out, or use a longer history."),
    )
