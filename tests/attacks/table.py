"""All attacks: on the record of the ledger, and on what makes a list."""

from __future__ import annotations

from tests.attacks import on_record, on_use
from tests.attacks.attack import Attack

ATTACKS: tuple[Attack, ...] = (*on_record.ATTACKS, *on_use.ATTACKS)
