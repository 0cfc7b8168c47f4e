"""Hostile words in every field of every form of the demonstration, read back on every page in a browser."""

from __future__ import annotations

import argparse
import csv
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import FilePayload, Page, sync_playwright

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT), str(HERE)]

from tests.desk.conftest import ARGUMENTS, CHROMIUM, Reader, Running, new_reader, start_demo  # noqa: E402
from words import FAMILIES, words  # noqa: E402

from civic_ai.review.envelope import seal_envelope  # noqa: E402
from civic_ai.review.key_files import sign_with_file  # noqa: E402
from civic_ai.review.statement import read_statement  # noqa: E402

EACH = 1
"""As many forms of a kind are filled by each person; each with other words."""
WORDS = 5
"""As many words, of as many families, stand in a field."""
LIVE = """() => ({
  hit: window.hit === 1,
  handlers: [...document.querySelectorAll('*')].filter(
    one => [...one.attributes].some(each => each.name.startsWith('on'))).length,
  scripts: [...document.scripts].filter(one => !one.src.startsWith(location.origin + '/static/')).length,
  elsewhere: [...document.querySelectorAll('[href],[src],[action]')].filter(one => {
    const where = one.getAttribute('href') || one.getAttribute('src') || one.getAttribute('action');
    return /^\\s*(javascript|vbscript|data:text)/i.test(where) || /evil/.test(where);
  }).length,
})"""


class Campaign:
    """What was typed and read, and what came alive."""

    def __init__(self, running: Running) -> None:
        self.running, self.words = running, words()
        self.typed: Counter[str] = Counter()
        self.rows: list[tuple[object, ...]] = []
        self.filled: Counter[str] = Counter()
        self.entered = 0

    def watch(self, reader: Reader) -> None:
        """A box that opens is a script that ran."""
        reader.page.set_default_timeout(120_000)
        reader.page.on("dialog", lambda box: (self.rows.append(("dialog", reader.page.url)), box.dismiss()))

    def look(self, reader: Reader, status: int | None, what: str) -> None:
        """Note all that is alive on the page as it stands."""
        found: dict[str, Any] = reader.page.evaluate(LIVE)
        wrong = [name for name, many in found.items() if many]
        complaints = [each for each in reader.complaints if "Content Security Policy" in each]
        wrong += ["policy had to stop something"] if complaints else []
        wrong += [f"status {status}"] if status is not None and status >= 500 else []
        wrong += reader.elsewhere
        reader.complaints.clear()
        reader.elsewhere.clear()
        self.rows.append((what, reader.page.url.removeprefix(reader.address), " ".join(wrong)))

    def fill(self, page: Page) -> None:
        """Other words into each field that takes text."""
        fields = "main form.usa-form input:not([type]), main form.usa-form textarea"
        for field in page.query_selector_all(fields):
            if field.get_attribute("name") == "name" or not field.is_visible():
                continue
            said = [next(self.words) for _ in range(WORDS)]
            field.evaluate("(field, text) => { field.value = text }", " ".join(word for _, word in said))
            self.typed.update(family for family, _ in said)
        for group in page.query_selector_all("main form.usa-form fieldset"):
            choice = group.query_selector("input[type=radio]:not(:checked)")
            if choice is not None and group.query_selector("input[type=radio]:checked") is None:
                choice.evaluate("field => { field.checked = true }")
        for field in page.query_selector_all("main form.usa-form input[type=date]"):
            field.evaluate("(field, day) => { field.value = day }", "2027-03-01")

    def form(self, reader: Reader, path: str, account: str) -> None:
        """One form: filled, sent, read back; signed, where it came that far."""
        answer = reader.page.goto(reader.address + path)
        if answer is None or answer.status != 200:  # a form before this one has moved the case on
            self.look(reader, answer and answer.status, "no longer offered")
            return
        self.fill(reader.page)
        with reader.page.expect_navigation():
            reader.page.evaluate("document.querySelector('main form.usa-form').requestSubmit()")
        self.look(reader, None, "form sent")
        if "/sign/" not in reader.page.url:
            return
        where = reader.page.url.removeprefix(reader.address)
        content = reader.context.request.get(reader.address + where + "statement.json").body()
        statement, key = read_statement(content), self.running.home / "keys" / f"{account}.key"
        signed = seal_envelope(statement, [sign_with_file(key, statement)]).to_json()
        file: FilePayload = {"name": "signed.json", "mimeType": "application/json", "buffer": signed}
        reader.page.set_input_files("#envelope", file)
        with reader.page.expect_navigation():
            reader.page.locator("form:has(#envelope) button").click()
        self.entered += "/entries/" in reader.page.url
        self.look(reader, None, "signed")

    def crawl(self, reader: Reader, most: int) -> None:
        """Every page that links lead to, each path with other numbers once or twice."""
        todo, seen, shapes = (
            ["/", "/portfolio/", "/ledger/", "/register/index.html"],
            set[str](),
            Counter[str](),
        )
        while todo and len(seen) < most:
            path = todo.pop(0)
            if path in seen:
                continue
            seen.add(path)
            answer = reader.page.goto(reader.address + path)
            self.look(reader, answer and answer.status, "read")
            for link in _links(reader.page):
                shape = "/".join("#" if part.isdigit() else part for part in link.split("/"))
                if shapes[shape] < 3 and not link.endswith((".txt", ".zip", ".json", ".html")):
                    shapes[shape] += 1
                    todo.append(link)


def _links(page: Page) -> Iterator[str]:
    for link in page.query_selector_all("a[href^='/']"):
        yield str(link.get_attribute("href")).partition("#")[0]


def main() -> None:
    """Write results.csv; end with 3 where anything came alive."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--accounts", nargs="+", help="whose forms are filled; else everybody's")
    parser.add_argument("--pages", type=int, default=45, help="as many are read by the auditor and the chair")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, start_demo(Path(name)) as running, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        campaign = Campaign(running)
        for account, password in running.passwords.items():
            if given.accounts and account not in given.accounts:
                continue
            reader = new_reader(browser, running, "en")
            campaign.watch(reader)
            reader.signs_in(account, password)
            done: Counter[str] = Counter()
            for path in list(dict.fromkeys(_forms(reader))):
                kind = path.rstrip("/").rpartition("/")[2]
                if done[kind] < EACH:
                    done[kind] += 1
                    campaign.filled[kind] += 1
                    campaign.form(reader, path, account)
                    print(account, path, *campaign.rows[-1], flush=True)
            reader.context.close()
        for account in ("lucia", "denise"):
            reader = new_reader(browser, running, "es")
            campaign.watch(reader)
            reader.signs_in(account, running.passwords[account])
            campaign.crawl(reader, given.pages)
        browser.close()
    report(campaign)


def _forms(reader: Reader) -> Iterator[str]:
    reader.page.goto(reader.address + "/")
    cases = [link for link in _links(reader.page) if link.count("/") == 3 and link.startswith("/cases/")]
    yield "/cases/new/steps/open_case/"
    for case in dict.fromkeys(cases):
        reader.page.goto(reader.address + case)
        yield from (link for link in _links(reader.page) if "/steps/" in link)


def report(campaign: Campaign) -> None:
    """Numbers, and each page on which anything was alive."""
    wrong = [row for row in campaign.rows if row[-1]]
    print("words typed", sum(campaign.typed.values()), dict(campaign.typed), "of families", len(FAMILIES))
    print(
        "kinds of forms",
        len(campaign.filled),
        "forms",
        sum(campaign.filled.values()),
        "entered",
        campaign.entered,
    )
    print("pages looked at", len(campaign.rows), "with anything alive", len(wrong), *wrong[:10], sep="\n")
    with (HERE / "results.csv").open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target, lineterminator="\n")
        writer.writerow(("what", "page", "alive"))
        writer.writerows(campaign.rows)
    sys.exit(3 if wrong else 0)


if __name__ == "__main__":
    main()
