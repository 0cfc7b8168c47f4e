"""Every page of the demonstration in three languages and two widths: axe, width, other hosts, complaints."""

from __future__ import annotations

import argparse
import csv
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT))

from tests.desk.conftest import ARGUMENTS, CHROMIUM, Reader, new_reader, start_demo  # noqa: E402
from tests.desk.test_pages import LANGUAGES, PAGES, WIDTHS, what_is_wrong  # noqa: E402


def main() -> None:
    """Open all, write results.csv, end with 3 where anything is wrong."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--pictures", type=Path, help="a folder for a picture of each page")
    pictures: Path | None = parser.parse_args().pictures
    rows = []
    with tempfile.TemporaryDirectory() as name, start_demo(Path(name)) as running, sync_playwright() as p:
        browser = p.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        for language in LANGUAGES:
            readers: dict[str | None, Reader] = {}
            for path, account in PAGES:
                if account not in readers:
                    readers[account] = new_reader(browser, running, language)
                    if account is not None:
                        readers[account].signs_in(account, running.passwords[account])
                for width in WIDTHS:
                    began = time.perf_counter()
                    wrong = what_is_wrong(readers[account], path, width)
                    seconds = round(time.perf_counter() - began, 2)
                    rows.append((language, width, path, account or "", len(wrong), seconds, *map(str, wrong)))
                    print(*rows[-1], flush=True)
                    if pictures is not None:
                        stem = path.strip("/").replace("/", "_").replace("?", "-") or "queue"
                        file = pictures / f"{stem[:60]}.{language}.{width}.png"
                        readers[account].page.screenshot(path=file, full_page=True)
            for reader in readers.values():
                reader.context.close()
        browser.close()
    with (HERE / "results.csv").open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target, lineterminator="\n")
        writer.writerow(("language", "width", "page", "account", "wrong", "seconds", "what"))
        writer.writerows((*row[:6], " | ".join(row[6:])) for row in rows)
    sys.exit(3 if any(row[4] for row in rows) else 0)


if __name__ == "__main__":
    main()
