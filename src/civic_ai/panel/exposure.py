"""How much there is to ask for in a unit: km of road, residents. Counts are modelled per exposure."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from civic_ai.core.errors import DataError
from civic_ai.core.messages import say
from civic_ai.panel.feature_columns import attribute_columns
from civic_ai.panel.scope import Scope
from civic_ai.pilot.feature_blocks import ColumnFeature
from civic_ai.pilot.spec import Exposure

Floats = NDArray[np.float64]


def exposure_of(exposure: Exposure, scope: Scope) -> Floats:
    """The exposure of each unit's area, dates x units or 1 x units.

    Raises :class:`DataError` where it is blank, or not above 0: the logarithm of a rate needs it.
    """
    block = ColumnFeature.model_validate({"from": exposure.source, "columns": [exposure.column]})
    [column] = attribute_columns(block, scope)
    values = column.values.astype(np.float64)
    without = ~(np.isfinite(values) & (values > 0)).all(axis=0)
    if without.any():
        areas = sorted({str(area) for area in scope.units.frame["area"][without]})
        raise DataError.because(
            say(
                "{column} is blank or not above 0 in {count} areas, such as {area}",
                column=exposure.column,
                count=len(areas),
                area=areas[0],
            ),
            about="label.exposure",
            remedy=say(
                "Give every area a positive number from the first as-of date on, or leave out 'exposure'."
            ),
        )
    return values
