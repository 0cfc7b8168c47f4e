"""Every page in a real browser: nothing that axe finds, nothing too wide, nothing of another host, no script
needed. Each page is opened in one language here, in all three by ``experiments/023-desk-pages``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from tests.desk.conftest import Reader, Running, new_reader

if TYPE_CHECKING:
    from playwright.sync_api import Browser

LANGUAGES = ("en", "es", "pt")
WIDTHS = (1280, 320)
BETWEEN = 680
"""A tablet that stands upright, and what A4 leaves of a sheet: tables are still tables there."""
PILOT = "rivermouth-potholes"
DOSSIER = f"/cases/{PILOT}/dossiers/{{dossier}}/"
PAGES: tuple[tuple[str, str | None], ...] = (
    ("/login/", None),
    ("/register/index.html", None),
    ("/register/pt/index.html", None),
    (f"/register/es/{PILOT}/index.html", None),
    ("/", "denise"),
    ("/portfolio/", "ana"),
    ("/portfolio/?attention=late&sort=holds_until", "ana"),
    ("/portfolio/?words=nothing+like+this", "ana"),
    ("/ledger/", "lucia"),
    ("/ledger/40/", "lucia"),
    ("/ledger/verification/", "lucia"),
    ("/keys/", "ana"),
    ("/password/", "denise"),
    (f"/cases/{PILOT}/", "denise"),
    (f"/cases/{PILOT}/meeting/", "denise"),
    (f"{DOSSIER}", "denise"),
    (f"{DOSSIER}?numbers=sources", "ana"),
    (f"{DOSSIER}model_card/", "lucia"),
    (f"{DOSSIER}what-if/?capacity=100&way=depth_50&map=errors", "denise"),
    (f"{DOSSIER}source/?fact=evaluation.lift_over_best_baseline.value", "ana"),
    (f"/cases/{PILOT}/steps/vote/", "denise"),
    (f"/cases/{PILOT}/steps/close_vote/", "denise"),
    (f"/cases/{PILOT}/comments/{{dossier}}/", "lucia"),
    (f"/cases/{PILOT}/comments/{{dossier}}/model_card/?in=es&section=use", "lucia"),
    (f"/cases/{PILOT}/readiness/{{dossier}}/", "lucia"),
    (f"/cases/{PILOT}/compare/{{dossier}}/?other=rivermouth-inspections", "lucia"),
    (f"/cases/{PILOT}/questionnaire/?show=all", "ana"),
    (f"/cases/{PILOT}/questionnaire/B04/", "ana"),
    (f"/cases/{PILOT}/threads/1/", "lucia"),
)
"""Each page and whose account opens it."""
Open = Callable[[str | None, str], Reader]


@pytest.fixture(scope="module")
def reader_of(browser: Browser, running: Running) -> Iterator[Open]:
    """The browser of an account (of nobody) in a language; each signs in once."""
    known: dict[tuple[str | None, str], Reader] = {}

    def opened(account: str | None, language: str) -> Reader:
        if (account, language) not in known:
            reader = known[account, language] = new_reader(browser, running, language)
            if account is not None:
                reader.signs_in(account, running.passwords[account])
        return known[account, language]

    yield opened
    for reader in known.values():
        reader.context.close()


def what_is_wrong(reader: Reader, path: str, width: int) -> list[object]:
    """All that is wrong with a page at one width."""
    reader.page.set_viewport_size({"width": width, "height": 900})
    reader.opens(path)
    wrong: list[object] = [*reader.violations(), *reader.elsewhere, *reader.complaints]
    wrong += reader.out_of_sight()
    return [*wrong, "too wide"] if reader.is_too_wide() else wrong


@pytest.mark.parametrize(("number", "path", "account"), [(i, *page) for i, page in enumerate(PAGES)])
def test_a_page_can_be_read_by_everybody(
    reader_of: Open, number: int, path: str, account: str | None
) -> None:
    reader = reader_of(account, LANGUAGES[number % len(LANGUAGES)])
    assert {width: what_is_wrong(reader, path, width) for width in WIDTHS} == {width: [] for width in WIDTHS}
    reader.page.set_viewport_size({"width": BETWEEN, "height": 900})
    assert not reader.is_too_wide()
    if not path.startswith("/register/"):  # those are published pages: their address says the language
        assert reader.page.get_attribute("html", "lang") == LANGUAGES[number % len(LANGUAGES)]


def test_a_long_word_in_a_statement_stays_on_the_page(reader_of: Open) -> None:
    reader = reader_of("lucia", "es")
    reader.opens(f"/cases/{PILOT}/steps/comment/")
    reader.page.fill("#text", "Hochwasserschutz" * 20)
    reader.page.click("main form button:not([name])")
    assert "/sign/" in reader.page.url
    reader.page.set_viewport_size({"width": min(WIDTHS), "height": 900})
    assert not reader.is_too_wide()


def test_the_first_key_leads_past_the_head_to_the_content(reader_of: Open) -> None:
    reader = reader_of("ana", "en")
    reader.opens("/portfolio/")
    reader.page.keyboard.press("Tab")
    assert reader.page.evaluate("document.activeElement.className") == "usa-skipnav"
    assert reader.page.locator(".usa-skipnav").is_visible()
    reader.page.keyboard.press("Enter")
    assert reader.page.evaluate("document.activeElement.id") == "main"


def test_everything_works_without_scripts(browser: Browser, running: Running) -> None:
    reader = new_reader(browser, running, "es", scripts=False)
    reader.signs_in("lucia", running.passwords["lucia"])
    reader.opens("/portfolio/")
    everything = reader.page.locator("tbody tr").count()
    reader.page.click("a[href*='attention=late']")
    assert 0 < reader.page.locator("tbody tr").count() < everything
    reader.page.click("a[href*='sort=holds_until']")
    assert "attention=late" in reader.page.url
    reader.page.fill("#words", "lakefield")
    reader.page.click(".desk-search button")
    assert "Lakefield" in reader.page.locator("tbody").inner_text()
    reader.opens("/ledger/")
    reader.page.click("a[rel=next]")
    reader.page.click("tbody tr:last-child th a")
    assert reader.page.locator("pre").count() == 1
    reader.page.click("button[value=pt]")
    assert reader.page.get_attribute("html", "lang") == "pt"
    reader.context.close()


def test_a_page_loads_our_style_and_font_and_may_run_nothing_inline(reader_of: Open) -> None:
    reader = reader_of("ana", "en")
    reader.opens("/portfolio/")
    fonts = "[...document.fonts].filter(one => one.status === 'loaded').map(one => one.family)"
    assert "Public Sans Variable" in reader.page.evaluate(f"document.fonts.ready.then(() => {fonts})")
    reader.page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p id=x style=\"color:red\">x</p>')")
    assert reader.page.evaluate("getComputedStyle(document.getElementById('x')).color") != "rgb(255, 0, 0)"
    assert reader.complaints
    reader.complaints.clear()
