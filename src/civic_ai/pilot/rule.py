"""What a rule between the parts of a spec is: it yields place, sentence and remedy of each mistake."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from civic_ai.core.messages import Message
from civic_ai.pilot.spec import PilotSpec
from civic_ai.store.yaml import Path_

Broken = tuple[Path_, Message, Message | None]
Rule = Callable[[PilotSpec], Iterator[Broken]]
Rules = Mapping[Rule, str]
"""Rules with the parts of a spec that each looks at, their names parted by blanks."""
