"""``civic-ai audit``: for whom does a scored table work less well?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from civic_ai.core.errors import CivicError, DataError, Place
from civic_ai.core.messages import say

if TYPE_CHECKING:
    import pandas as pd

    from civic_ai.audit.table_report import TableAudit


def audit(
    table: Annotated[Path, typer.Argument(help="A CSV or Parquet file, one row a case.")],
    label: Annotated[str, typer.Option(help="Column with what happened: 0, 1 or a count.")],
    score: Annotated[str, typer.Option(help="Column with a decision of 0 and 1, or a score.")],
    group: Annotated[list[str], typer.Option(help="Column of a protected attribute; may be repeated.")],
    capacity: Annotated[int | None, typer.Option(help="So many of the highest scores are visited.")] = None,
    threshold: Annotated[float | None, typer.Option(help="Scores from here on are visited.")] = None,
    by: Annotated[
        str | None, typer.Option(help="Column that tells lists apart, each of the capacity.")
    ] = None,
    unit: Annotated[str | None, typer.Option(help="Column that names what belongs together.")] = None,
    intervention: Annotated[
        Literal["assistive", "punitive", "mixed"], typer.Option(help="What a visit does to people.")
    ] = "mixed",
    policy: Annotated[Path | None, typer.Option(help="The board's policy file.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> int:
    """Audit any scored table: figures with intervals and verdicts for each group. Not for publication."""
    from civic_ai.audit.table import audit_table
    from civic_ai.policy.load import load_policy

    try:
        report = audit_table(
            read_table(table), label=label, score=score, groups=group, capacity=capacity,
            threshold=threshold, by=by, unit=unit, intervention=intervention, policy=load_policy(policy),
        )  # fmt: skip
    except CivicError as error:
        raise _with_file(error, table) from None
    print(json.dumps(audit_json(report), ensure_ascii=False) if as_json else summary(report))
    return 0 if report.verdict == "pass" else 3


def read_table(path: Path) -> pd.DataFrame:
    """The file as a frame. Raises :class:`DataError` where it is missing or cannot be read."""
    import pandas as pd

    if not path.is_file():
        raise DataError.because(
            say("there is no such file"), place=Place(str(path)), remedy=say("Check the path.")
        )
    try:
        return pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path)
    except (ValueError, OSError) as error:
        raise DataError.because(
            say("this file cannot be read as a table: {reason}", reason=str(error).splitlines()[0]),
            place=Place(str(path)),
            remedy=say("Give a CSV file with one header line, in UTF-8, or a Parquet file."),
        ) from error


def audit_json(report: TableAudit) -> dict[str, object]:
    """The verdict and every figure."""
    rows = json.loads(report.to_frame().to_json(orient="records"))
    return {
        "schema": "audit/1", "verdict": report.verdict, "leading": list(report.leading),
        "rows": report.rows, "left_out": report.left_out, "figures": rows,
    }  # fmt: skip


def summary(report: TableAudit) -> str:
    """What the report says of itself, and every figure below it."""
    frame = report.to_frame().round(3)
    return f"{report!r}\n\n{frame.to_string(index=False, na_rep='')}"


def _with_file(error: CivicError, path: Path) -> CivicError:
    """The same mistakes with the file they were made in."""
    from dataclasses import replace

    return type(error)(
        [each if each.place else replace(each, place=Place(str(path))) for each in error.mistakes]
    )
