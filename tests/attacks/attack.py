"""One attack: who does what, which check finds it, and how it must be called."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from tests.attacks.world import Told, World


@dataclass(frozen=True)
class Attack:
    """``code``: the only code that may be told (kind of a finding, class of an error). ``names``: what the
    sentence must name, a regular expression. ``act``: the attack on a city of its own; what was told."""

    name: str
    who: str
    finds: str
    code: str
    names: str
    act: Callable[[World], list[Told]]

    def is_named(self, told: list[Told]) -> bool:
        """Whether it was detected, under its own name and no other."""
        said = "\n".join(one.says for one in told)
        return {one.code for one in told} == {self.code} and re.search(
            self.names, said, re.DOTALL
        ) is not None
