"""The command line on a later day: the same programs, whose clocks are ahead.

``python -m tests.journey.later DAYS WORD ...`` says the words of `civic-ai` so many days from now.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta, tzinfo
from unittest import mock

from civic_ai.cli.main import main

CLOCKS = (
    "civic_ai.review.ledger",
    "civic_ai.cli.dates",
    "civic_ai.cli.case_text",
    "civic_ai.cli.deployment",
)
"""Every module that asks what day it is."""


@contextmanager
def days_ahead(days: int) -> Iterator[None]:
    """Within it, all clocks of the command line are so many days ahead."""

    class Ahead(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return datetime.now(tz) + timedelta(days=days)

    with ExitStack() as patched:
        for module in CLOCKS:
            __import__(module)
            patched.enter_context(mock.patch(f"{module}.datetime", Ahead))
        yield


if __name__ == "__main__":
    with days_ahead(int(sys.argv[1])):
        sys.exit(main(sys.argv[2:]))
