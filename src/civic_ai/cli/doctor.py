"""``civic-ai doctor``: is this machine ready?"""

from __future__ import annotations

import json
from typing import Annotated

import typer

from civic_ai.cli.table import format_table

NOT_WELL = 3


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> int:
    """Look at Python, libraries, disk, age of the standards, tracking server, fonts, clock."""
    import os

    from civic_ai.cli.examination import examine

    findings = examine(os.environ)
    if as_json:
        print(json.dumps({"schema": "doctor/1", "findings": [vars(finding) for finding in findings]}))
    else:
        rows = [(f.state, f.subject, f.found, f.remedy) for f in findings]
        print(format_table(("state", "what", "found", "remedy"), rows))
    return NOT_WELL if any(finding.state == "wrong" for finding in findings) else 0
