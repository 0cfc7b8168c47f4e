"""Django, told once in this process what it needs: import this before anything that has tables."""

from __future__ import annotations

import tempfile
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

from civic_ai.web.settings import DeskSettings
from civic_ai.web.start import configure

if not settings.configured:
    HOME = tempfile.TemporaryDirectory(prefix="civic-ai-desk-")
    configure(DeskSettings(home=Path(HOME.name), address="http://testserver"))
    call_command("migrate", verbosity=0, interactive=False)
