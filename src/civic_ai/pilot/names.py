"""How things are named in a spec."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
PilotName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{1,40}$")]
Column = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,63}$")]
Language = Literal["en", "es", "pt"]
Days = Annotated[int, Field(ge=1, le=3660)]
