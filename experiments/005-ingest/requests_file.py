"""A file of made-up requests of any size, written by DuckDB: the same rows for the same number."""

from __future__ import annotations

from pathlib import Path

import duckdb

CONTRACT = """about: Requests that residents made
publisher: A city
licence: CC0
columns:
  request_id: {type: text, unique: true, personal: identifier}
  created_at: {type: timestamp}
  closed_at: {type: timestamp, blank: not_yet, known: afterwards}
  service: {type: text, allowed: [%s]}
  status: {type: text, allowed: [open, closed], known: afterwards}
  channel: {type: text, blank: missing}
  agency: {type: text}
  area_id: {type: integer, min: "1", max: "2300"}
  corner: {type: text, blank: missing, personal: none, why: "made up, no resident stands in it"}
  lat: {type: number, blank: missing, min: "-90", max: "90"}
  lon: {type: number, blank: missing, min: "-180", max: "180"}
  note: {type: text, blank: missing, personal: none, why: "made up, no resident stands in it"}
limits: {bytes: 20000000000, rows: 200000000}
"""
SERVICES = (
    "pothole",
    "light",
    "litter",
    "tree",
    "animal",
    "noise",
    "water",
    "sidewalk",
    "graffiti",
    "signal",
)


def contract() -> str:
    """The contract of the file, as YAML."""
    return CONTRACT % ", ".join(SERVICES)


def write_requests(path: Path, rows: int, quotes: str = "where needed") -> None:
    """Write ``rows`` requests to ``path`` as CSV (or Parquet, by its name), with quotes everywhere or not.

    About 170 bytes a row: ten services, 2,300 areas, 500 weeks, a comma in one text of eight.
    """
    services = ", ".join(f"'{name}'" for name in SERVICES)
    forced = ", FORCE_QUOTE *" if quotes == "everywhere" else ""
    how = "FORMAT parquet" if path.suffix == ".parquet" else f"FORMAT csv, HEADER true{forced}"
    with duckdb.connect(config={"memory_limit": "1GB", "preserve_insertion_order": "true"}) as connection:
        connection.execute("SET enable_progress_bar = false")
        connection.execute(
            f"""COPY (
            SELECT 'SR-' || lpad(CAST(i AS VARCHAR), 10, '0') AS request_id,
                strftime(moment, '%Y-%m-%d %H:%M:%S') AS created_at,
                CASE WHEN h % 20 > 0 THEN strftime(
                    moment + to_hours(CAST(h % 900 AS INTEGER)), '%Y-%m-%d %H:%M:%S') END AS closed_at,
                ([{services}])[1 + CAST(h % 10 AS INTEGER)] AS service,
                CASE WHEN h % 20 > 0 THEN 'closed' ELSE 'open' END AS status,
                (['phone', 'web', 'app', NULL])[1 + CAST((h // 7) % 4 AS INTEGER)] AS channel,
                'Department of public works ' || (h % 7) AS agency,
                1 + CAST((h // 11) % 2300 AS INTEGER) AS area_id,
                CASE WHEN h % 8 = 0 THEN (h % 97) || ' Main Street, corner ' || (h % 31)
                    ELSE 'Street ' || (h % 997) END AS corner,
                round(40 + CAST((h // 13) % 10000 AS DOUBLE) / 10000, 4) AS lat,
                round(-74 + CAST((h // 17) % 10000 AS DOUBLE) / 10000, 4) AS lon,
                'reported by a resident, item ' || (h % 100000) AS note
            FROM (SELECT i, hash(i) AS h,
                TIMESTAMP '2010-01-04' + to_seconds(CAST(hash(i) % 302400000 AS BIGINT)) AS moment
                FROM range({rows}) t(i))
            ) TO '{path}' ({how})"""
        )
