"""For whom does it work less well, and who does not report?

The package can be called: ``civic_ai.audit(frame, label=..., score=..., groups=[...])`` audits any scored
table (see :func:`civic_ai.audit.table.audit_table`). The verb and the stage have one name, so they are one
object (decision 0010).
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from civic_ai.audit.table_report import TableAudit


class _Verb(ModuleType):
    """This package as the verb ``civic_ai.audit``, which is fetched when it is first called."""

    @property
    def __call__(self) -> Callable[..., TableAudit]:
        from civic_ai.audit.table import audit_table

        return audit_table


sys.modules[__name__].__class__ = _Verb
