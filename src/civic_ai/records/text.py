"""Text that a city writes for people, in one or several languages."""

from __future__ import annotations

from typing import Any

from pydantic import model_validator

from civic_ai.core.messages import N_
from civic_ai.records.record import Record


class Text(Record):
    """A sentence in one or more languages; plain text in YAML stands under ``any``."""

    en: str | None = None
    es: str | None = None
    pt: str | None = None
    any: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _plain_text(cls, value: Any) -> Any:
        return {"any": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _not_empty(self) -> Text:
        if not any(text and text.strip() for text in (self.en, self.es, self.pt, self.any)):
            raise ValueError(N_("say it in at least one language"))
        return self

    def in_language(self, language: str) -> str:
        """The text in ``language``, else the plain text, else English, else whatever there is."""
        wanted = getattr(self, language, None)
        return str(wanted or self.any or self.en or self.es or self.pt)
