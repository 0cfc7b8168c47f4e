from __future__ import annotations

import json
import re
import shutil
import subprocess
from html import escape
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from civic_ai.cards.render import CARDS, _environment
from civic_ai.core.messages import governance_folder
from tests.unit.cards.conftest import MakeCards, MakeFollowing, MakePage
from tests.unit.cards.made_city import City
from tests.unit.cards.reading import read_card

CHROMIUM = shutil.which("chromium")


def test_only_the_languages_of_the_pilot_are_rendered(cards: MakeCards) -> None:
    assert {path.split(".")[-2] for path in cards(City(languages=("pt",)))} == {"pt"}


def test_a_template_that_names_nothing_fails_instead_of_printing_a_blank(page: MakePage) -> None:
    environment = _environment(page(City()).teller)
    with pytest.raises(UndefinedError):
        environment.from_string("{{ nothing_of_that_name }}").render()


def test_templates_escape_and_trust_nothing(page: MakePage) -> None:
    environment = _environment(page(City()).teller)
    assert environment.get_template("data_card.html").environment.autoescape
    for template in sorted((governance_folder() / "cards").glob("*.html")):
        assert "|safe" not in template.read_text().replace(" ", ""), template.name


def test_every_kind_of_card_has_its_template() -> None:
    assert {path.stem for path in (governance_folder() / "cards").glob("*.html")} == {
        *CARDS, "change_note", "base", "components", "pilot_record",
        "register", "register_base", "register_languages", "register_parts", "register_pilot",
        "register_year",
    }  # fmt: skip


def test_the_audiences_are_told_apart(cards: MakeCards) -> None:
    rendered = cards(City())
    assert "Do not publish it." in read_card(rendered["board/board_brief.en.html"]).seen
    assert "Do not publish it." not in read_card(rendered["public/board_brief.en.html"]).seen


def test_the_verdict_band_has_a_word_and_a_sign(cards: MakeCards) -> None:
    for city, sign in ((City(), "✓"), (City(known=False), "✕")):
        card = read_card(cards(city)["board/board_brief.es.html"])
        band = next(element for element in card.all("p") if "band" in element.attributes.get("class", ""))
        assert band.text.strip().startswith(sign)


def test_wide_tables_become_lists_on_narrow_screens(cards: MakeCards) -> None:
    """Each cell carries its column's name, and roles keep the table a table for a screen reader."""
    card = read_card(cards(City())["public/board_brief.en.html"])
    assert all(table.attributes["role"] == "table" for table in card.all("table"))
    assert all(cell.attributes["data-label"] for cell in card.all("td"))


@pytest.mark.skipif(
    CHROMIUM is None, reason="no chromium: apt-get install -y --no-install-recommends chromium"
)
@pytest.mark.parametrize(
    ("city", "paper"),
    [
        (City(groups="small", locale="es-MX"), ("es", "Letter")),
        (City(known=False, locale="pt-BR"), ("pt", "A4")),
    ],
)
@pytest.mark.parametrize("card", ["board_brief", "public_notice"])
def test_the_brief_and_the_notice_are_one_printed_page(
    cards: MakeCards, tmp_path: Path, city: City, paper: tuple[str, str], card: str
) -> None:
    language, size = paper
    html = cards(city)[f"public/{card}.{language}.html"]
    page, pdf = tmp_path / "card.html", tmp_path / "card.pdf"
    assert "</style>" in html
    page.write_text(html.replace("</style>", f"@page {{ size: {size} }}</style>"))
    _browse(page, "--no-pdf-header-footer", f"--print-to-pdf={pdf}")
    assert len(re.findall(rb"/Type\s*/Page\b", pdf.read_bytes())) == 1


@pytest.mark.skipif(
    CHROMIUM is None, reason="no chromium: apt-get install -y --no-install-recommends chromium"
)
def test_no_card_is_wider_than_a_phone(following: MakeFollowing, tmp_path: Path) -> None:
    """Each page in a frame of 320 px with everything unfolded: WCAG 2.1, reflow (1.4.10)."""
    rendered = following(City(), City(groups="unequal")).cards
    pages = {path: html.decode() for path, html in rendered.items() if path.endswith(".es.html")}
    frames = "".join(f'<iframe width="320" srcdoc="{escape(html)}"></iframe>' for html in pages.values())
    (tmp_path / "phones.html").write_text(f"<pre></pre>{frames}<script>{_MEASURE}</script>")
    shown = _browse(tmp_path / "phones.html", "--virtual-time-budget=20000", "--dump-dom")
    told = re.search(r"<pre>(.*?)</pre>", shown)
    assert told is not None
    widths = dict(zip(pages, json.loads(told[1]), strict=True))
    assert len(widths) == 2 * (len(CARDS) + 1)
    assert {path: width for path, width in widths.items() if not 0 < width <= 320} == {}


_MEASURE = """
onload = () => {
  const pages = [...document.querySelectorAll("iframe")].map(frame => frame.contentDocument);
  pages.forEach(page => page.querySelectorAll("details").forEach(part => { part.open = true; }));
  const widths = pages.map(page => page.documentElement.scrollWidth);
  document.querySelector("pre").textContent = JSON.stringify(widths);
};
"""


def _browse(page: Path, *options: str) -> str:
    """What chromium prints for a page."""
    command = [str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu",
               f"--user-data-dir={page.parent / 'profile'}", *options, page.as_uri()]  # fmt: skip
    return subprocess.run(command, check=True, capture_output=True, timeout=120, text=True).stdout
