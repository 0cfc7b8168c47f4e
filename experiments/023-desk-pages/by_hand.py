"""What axe cannot see: zoom to 200 %, the order of the focus and its sign, motion, paper, grey.

``--pictures FOLDER`` keeps a picture of each page at 200 %, without colour, and each sheet of its print.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.sync_api import sync_playwright

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT))

from tests.desk.conftest import ARGUMENTS, CHROMIUM, Reader, new_reader, start_demo  # noqa: E402

if TYPE_CHECKING:
    from playwright.sync_api import Page

PILOT, DECIDED = "rivermouth-potholes", "las-ceibas-potholes"
MOST_STOPS = 300
SHEET = 680
"""Pixels between the margins of A4."""
FOCUSED = """() => {
  const one = document.activeElement, label = one.labels && one.labels[0];
  const styles = [getComputedStyle(one)];
  if (label) styles.push(getComputedStyle(label), getComputedStyle(label, "::before"));
  const isDrawn = (style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  const isMarked = styles.some(isDrawn);
  const isBox = one.type === "radio" || one.type === "checkbox";
  const box = (isBox && label ? label : one).getBoundingClientRect();
  return {what: one.tagName, text: (one.innerText || one.name || one.id || "").trim().slice(0, 40),
          top: box.top + scrollY, left: box.left, bottom: box.bottom + scrollY, isMarked,
          isSeen: box.width > 0 && box.top < innerHeight && box.bottom > 0 && box.right > 0};
}"""
MOVING = """() => [...document.querySelectorAll("*")].filter((one) => {
  const style = getComputedStyle(one), times = style.transitionDuration.split(",");
  return times.some((each) => parseFloat(each) > 0) || style.animationName !== "none";
}).map((one) => one.className || one.tagName).slice(0, 5)"""
CUT = """() => [...document.querySelectorAll("main *")].filter((one) => {
  const style = getComputedStyle(one);
  return style.overflowX === "hidden" && one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 1;
}).map((one) => one.className || one.tagName)"""


@dataclass(frozen=True)
class Sheet:
    """One page to look at: its name, who opens it, how to get there."""

    name: str
    account: str
    path: str


SHEETS = (
    Sheet("queue", "denise", "/"),
    Sheet("case", "denise", f"/cases/{PILOT}/"),
    Sheet("meeting", "denise", f"/cases/{PILOT}/meeting/"),
    Sheet("form", "denise", f"/cases/{PILOT}/steps/close_vote/"),
    Sheet("keys", "beatriz", "/keys/"),
    Sheet("portfolio", "ana", "/portfolio/"),
    Sheet("ledger", "lucia", "/ledger/"),
)


def stops(page: Page) -> list[dict[str, Any]]:
    """Where the focus stands after each Tab, until it leaves the page or begins anew."""
    page.reload()
    found: list[dict[str, Any]] = []
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        one: dict[str, Any] = page.evaluate(FOCUSED)
        if one["what"] == "BODY" or one in found[:1]:
            break
        found.append(one)
    return found


def against_reading(found: list[dict[str, Any]]) -> list[str]:
    """Stops that stand above the one before them, on a page of one column."""
    pairs = pairwise(found)
    return [f"{b['text']} after {a['text']}" for a, b in pairs if b["bottom"] <= a["top"] - 1]


def look(reader: Reader, sheet: str, pictures: Path | None) -> list[str]:
    """What is wrong with the page before the reader; pictures of it."""
    page, wrong = reader.page, []
    page.emulate_media(reduced_motion="reduce")
    for width in (1280, 640):
        page.set_viewport_size({"width": width, "height": 450 * width // 640})
        found = stops(page)
        wrong += [f"{width}: no sign of focus: {one['text']}" for one in found if not one["isMarked"]]
        wrong += [f"{width}: focus out of sight: {one['text']}" for one in found if not one["isSeen"]]
        wrong += [f"{width}: order: {one}" for one in against_reading(found)]
    wrong += [f"axe: {name} {nodes}" for name, nodes in reader.violations()]
    wrong += [f"moves: {one}" for one in page.evaluate(MOVING)]
    wrong += ["too wide at 200 %"] if reader.is_too_wide() else []
    page.set_viewport_size({"width": SHEET, "height": 960})
    page.emulate_media(media="print", reduced_motion="reduce")
    wrong += ["too wide for a sheet of A4"] if reader.is_too_wide() else []
    page.emulate_media(media="screen", reduced_motion="reduce")
    page.set_viewport_size({"width": 640, "height": 450})
    wrong += [f"cut at 200 %: {one}" for one in page.evaluate(CUT)]
    if pictures is not None:
        page.screenshot(path=pictures / f"{sheet}.zoom.png", full_page=True)
        page.set_viewport_size({"width": 1280, "height": 900})
        seen = reader.context.new_cdp_session(page)
        seen.send("Emulation.setEmulatedVisionDeficiency", {"type": "achromatopsia"})
        page.screenshot(path=pictures / f"{sheet}.grey.png", full_page=True)
        seen.send("Emulation.setEmulatedVisionDeficiency", {"type": "none"})
        page.pdf(path=pictures / f"{sheet}.pdf", format="A4", print_background=False,
                 margin={"top": "15mm", "bottom": "15mm", "left": "15mm", "right": "15mm"})  # fmt: skip
    print(f"{sheet}: {len(found)} stops; {'; '.join(wrong) or 'nothing wrong'}", flush=True)
    return wrong


def others(reader: Reader) -> Iterator[str]:
    """Pages without an address that is known before: each is opened, and named."""
    page = reader.page
    reader.opens(f"/cases/{DECIDED}/")
    page.click("main a[href*='/dossiers/']")
    yield "dossier"
    reader.opens(f"/cases/{DECIDED}/meeting/")
    page.locator("main a[href*='/minutes/']").last.click()
    yield "minutes"
    reader.opens(f"/cases/{PILOT}/steps/vote/")
    page.click("label[for='verdict-approve']")
    page.fill("[name=reason]", "The same crews find a little more, and the lot looks where nobody reports.")
    page.click("main form.usa-form--large > button:not([name])")
    yield "statement"
    reader.opens(f"/cases/{DECIDED}/")
    page.locator("main tbody th a").first.click()
    yield "entry"


def main() -> None:
    """Look at all; end with 3 where anything is wrong."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--pictures", type=Path, help="a folder for the pictures")
    parser.add_argument("--language", default="es")
    given = parser.parse_args()
    wrong = []
    with tempfile.TemporaryDirectory() as name, start_demo(Path(name)) as running, sync_playwright() as p:
        browser = p.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        readers: dict[str, Reader] = {}
        for account in ("denise", "beatriz", "ana", "lucia"):
            readers[account] = new_reader(browser, running, given.language)
            readers[account].signs_in(account, running.passwords[account])
        for sheet in SHEETS:
            readers[sheet.account].opens(sheet.path)
            wrong += look(readers[sheet.account], sheet.name, given.pictures)
        for opened in others(readers["denise"]):
            wrong += look(readers["denise"], opened, given.pictures)
        browser.close()
    sys.exit(3 if wrong else 0)


if __name__ == "__main__":
    main()
