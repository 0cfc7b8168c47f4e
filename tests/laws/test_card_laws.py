"""What holds for every card, of every evidence, in every language, for both audiences."""

from __future__ import annotations

import json
import re
from datetime import date
from itertools import pairwise
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from civic_ai.cards.facts import for_the_public, read_records
from civic_ai.cards.numbers import locale_for, written
from civic_ai.cards.page import card_facts, public_facts
from civic_ai.cards.pictures.picture import drawn
from civic_ai.cards.render import render_cards
from civic_ai.cards.sealed import read_sealed
from civic_ai.cards.views import read_views
from civic_ai.core.messages import governance_folder, written_date
from civic_ai.records.dossier import Audience
from civic_ai.store.blobs import Blobs
from civic_ai.web.sealed_html import body_of
from tests.unit.cards.conftest import (  # noqa: F401
    MakeCards,
    MakeFollowing,
    MakeMade,
    MakeRendered,
    cards,
    following,
    made,
    rendered,
)
from tests.unit.cards.made_city import City
from tests.unit.cards.made_evidence import make_evidence
from tests.unit.cards.reading import Card, read_card

CITIES = {
    "model wins": City(),
    "rule wins, one group missed": City(winner="rule", groups="unequal", locale="es-MX"),
    "nothing known": City(known=False, locale="en-US"),
    "a group too small": City(groups="small", locale="pt-BR"),
    "counts by area": City(kind="count", units="areas"),
    "cases": City(question="cases", groups="unequal"),
    "demand": City(question="demand", locale="pt-BR"),
    "demand, the rule wins": City(question="demand", winner="rule", groups="unequal"),
    "durations": City(question="durations", locale="es-MX"),
    "durations, nothing known": City(question="durations", known=False),
}
NEVER = {
    "en": ("compliant", "fair", "unbiased", "approved", "accuracy"),
    "es": ("conformidad", "imparcial", "aprobado", "exactitud"),
    "pt": ("conformidade", "imparcial", "aprovado", "exatidão", "acurácia"),
}


@pytest.fixture(scope="module", params=CITIES.values(), ids=CITIES)
def city(request: pytest.FixtureRequest) -> City:
    """One city after the other, so that its cards are made and read once."""
    made_city: City = request.param
    return made_city


def _all(rendered: dict[str, str]) -> list[tuple[str, Card]]:  # noqa: F811
    return [(path, read_card(html)) for path, html in rendered.items()]


def _language(path: str) -> str:
    return path.split(".")[-2]


def test_a_card_for_each_kind_language_and_audience(city: City, cards: MakeCards) -> None:  # noqa: F811
    kinds = ("board_brief", "model_card", "data_card", "audit_report", "public_notice")
    assert set(cards(city)) == {
        f"{audience}/{kind}.{language}.html"
        for audience in ("board", "public") for kind in kinds for language in city.languages
    }  # fmt: skip


def test_every_number_is_the_fact_that_it_names(
    city: City, cards: MakeCards, made: MakeMade  # noqa: F811
) -> None:  # fmt: skip
    one = made(city)
    for path, card in _all(cards(city)):
        seen = one.evidence if path.startswith("board/") else for_the_public(one.evidence)
        records = read_records(seen, one.blobs)
        facts = card_facts(records, one.gates, read_views(records, one.blobs))
        if path.startswith("public/"):
            facts = public_facts(facts, one.policy.suppression)
        locale = locale_for(city.locale, _language(path))
        assert card.facts, path
        for element in card.facts:
            value, says = facts[element.attributes["data-fact"]], element.attributes
            if element.tag == "time":
                assert says["datetime"] == value
                assert element.text == written_date(date.fromisoformat(str(value)), locale)
            else:
                assert float(says["value"]) == value
                assert element.text == written(float(value), says["data-as"], locale)  # type: ignore[arg-type]


@pytest.mark.parametrize("audience", ["board", "public"])
def test_every_number_of_the_change_note_is_a_fact_of_one_of_two_versions(
    following: MakeFollowing, audience: Audience  # noqa: F811
) -> None:  # fmt: skip
    two = following(City(), City(winner="rule", groups="small", smallest=8))
    seen = two.now.evidence if audience == "board" else for_the_public(two.now.evidence)
    records = read_records(seen, two.now.blobs)
    facts = card_facts(records, two.now.gates, read_views(records, two.now.blobs))
    if audience == "public":
        facts = public_facts(facts, two.now.policy.suppression)
    was = read_sealed(two.was, audience).facts
    for language in City().languages:
        card = read_card(two.cards[f"{audience}/change_note.{language}.html"].decode())
        names = [one.attributes["data-fact"] for one in card.facts]
        assert any(name.startswith("earlier.") for name in names)
        for element in card.facts:
            name = element.attributes["data-fact"]
            value = was[name.removeprefix("earlier.")] if name.startswith("earlier.") else facts[name]
            assert (
                element.attributes.get("datetime", None) == value
                or float(element.attributes["value"]) == value
            )
        printed = set(re.findall(r"(?<![\w.,])\d[\d.,]*\b", card.plain))
        assert {number.rstrip(".,") for number in printed} <= _numbers_of_sentences() | set("12345")
        assert set(re.findall(r"\w+", card.seen.lower())) & set(NEVER[language]) == set()


def test_no_number_is_printed_that_names_no_fact(city: City, cards: MakeCards) -> None:  # noqa: F811
    """Beside facts only these: numbers that stand in the sentences themselves, and names of things."""
    constants = _numbers_of_sentences()
    names = {"1", "2", "3", "4", "5"}  # quarters, tests and classes that are numbered
    for path, card in _all(cards(city)):
        written_out = re.sub(r"CC[\w.-]+", "", card.plain)  # the names of licences
        printed = set(re.findall(r"(?<![\w.,])\d[\d.,]*\b", written_out))
        assert {number.rstrip(".,") for number in printed} <= constants | names, path


def _numbers_of_sentences() -> set[str]:
    text = (governance_folder() / "locale" / "messages.pot").read_text()
    return set(re.findall(r"\d+", text.split('"Generated-By')[1]))


def test_every_limit_is_the_one_that_the_policy_sets(
    city: City, cards: MakeCards, made: MakeMade  # noqa: F811
) -> None:  # fmt: skip
    limits = {part for gate in made(city).policy.gates for part in gate.must_be.split()}
    for path, card in _all(cards(city)):
        held = [element for element in card.all("data") if element.attributes["class"] == "limit"]
        assert {element.attributes["value"] for element in held} <= limits
        assert bool(held) == ("brief" in path or "model_card" in path)


def test_the_words_that_are_never_said(city: City, cards: MakeCards) -> None:  # noqa: F811
    for path, card in _all(cards(city)):
        words = set(re.findall(r"\w+", card.seen.lower()))
        assert words & set(NEVER[_language(path)]) == set(), path


def test_the_dossier_has_one_of_two_verdicts(
    city: City, cards: MakeCards, made: MakeMade  # noqa: F811
) -> None:  # fmt: skip
    is_ready = made(city).gates.is_ready
    for path, card in _all(cards(city)):
        if _language(path) == "en" and ("brief" in path or "model_card" in path):
            assert ("Ready for the board's decision" in card.seen) == is_ready
            assert ("Not ready" in card.seen) == (not is_ready)


def test_every_card_stands_alone_and_runs_nothing(city: City, cards: MakeCards) -> None:  # noqa: F811
    for path, html in cards(city).items():
        card = read_card(html)
        assert len(html.encode()) < 2_000_000, path
        assert not card.all("script", "iframe", "object", "embed", "link", "form")
        beside = {PurePosixPath(other).name for other in cards(city) if other.startswith(path.split("/")[0])}
        for element in card.elements:
            assert not [name for name in element.attributes if name.startswith("on")]
            for name in ("src", "href"):
                leads_to = element.attributes.get(name, "#")
                assert leads_to.partition("#")[0] in beside or leads_to.startswith(
                    ("#", "data:image/svg+xml;base64,")
                ), path
        assert "http://" not in html
        assert "https://" not in html


def test_every_card_can_be_read_without_seeing_it(city: City, cards: MakeCards) -> None:  # noqa: F811
    for path, card in _all(cards(city)):
        assert card.all("html")[0].attributes["lang"] == _language(path)
        levels = [int(element.tag[1]) for element in card.all("h1", "h2", "h3", "h4")]
        assert levels.count(1) == 1
        assert levels[0] == 1
        assert all(later - earlier <= 1 for earlier, later in pairwise(levels)), path
        assert len(card.all("main")) == 1
        skip = card.all("a")[0].attributes["href"]
        ids = [element.attributes["id"] for element in card.elements if "id" in element.attributes]
        assert skip.removeprefix("#") in ids
        assert len(ids) == len(set(ids))
        assert all(len(image.attributes["alt"]) > 20 for image in card.all("img"))
        assert len(card.all("figcaption")) == len(card.all("figure")) == len(card.all("img"))
        assert all(caption.text.strip() for caption in card.all("figcaption", "caption"))
        assert len(card.all("caption")) == len(card.all("table"))
        assert all(head.attributes.get("scope") in ("col", "row") for head in card.all("th"))
        assert not [element.text for element in card.all("h1", "h2", "h3", "th", "li", "dt", "dd")
                    if not element.text.strip()]  # fmt: skip


def test_below_every_picture_stand_its_numbers(city: City, cards: MakeCards) -> None:  # noqa: F811
    for path, card in _all(cards(city)):
        inside = [table for table in card.all("table") if "figure" in table.parents]
        assert len(inside) == len(card.all("figure")), path


def test_the_twin_holds_every_fact_of_every_page(
    city: City, cards: MakeCards, rendered: MakeRendered  # noqa: F811
) -> None:  # fmt: skip
    for path, card in _all(cards(city)):
        audience, name = path.split("/")
        told = json.loads(rendered(city)[f"{audience}/cards.{_language(path)}.json"])
        assert (told["audience"], told["language"]) == (audience, _language(path))
        shown = [(one["fact"], one["value"], one["words"]) for one in told["cards"][name.split(".")[0]]]
        seen = [
            (says["data-fact"], float(says["value"]) if "value" in says else says["datetime"], element.text)
            for element in card.facts
            if (says := element.attributes)
        ]
        assert shown == list(dict.fromkeys(seen)), path


def test_the_same_evidence_gives_the_same_bytes(tmp_path: Path) -> None:
    """In another store, and after other pictures were drawn in the same process."""
    first = make_evidence(Blobs(tmp_path / "one"), City(languages=("es",)))
    other = make_evidence(Blobs(tmp_path / "two"), City(languages=("es",), groups="unequal"))
    again = make_evidence(Blobs(tmp_path / "two"), City(languages=("es",)))
    pages = []
    for one in (first, other, again):
        drawn.cache_clear()
        pages.append(render_cards(one.evidence, one.gates, one.policy, one.blobs))
    assert pages[0] == pages[2]
    assert pages[0] != pages[1]


def test_what_is_hidden_cannot_change_what_the_public_sees(cards: MakeCards, made: MakeMade) -> None:  # noqa: F811
    """Two cities that differ only in a hidden count have the same public cards, and other board cards."""
    one, other = City(groups="small", smallest=5), City(groups="small", smallest=8)

    def shown(city: City, audience: str) -> dict[str, str]:
        digest = made(city).evidence.digest[:12]
        return {
            path: html.replace(digest, "digest")
            for path, html in cards(city).items()
            if path.startswith(audience)
        }

    assert shown(one, "public") == shown(other, "public")
    assert shown(one, "board") != shown(other, "board")


def test_what_is_hidden_is_said_to_be_hidden(cards: MakeCards) -> None:  # noqa: F811
    pages = cards(City(groups="small"))
    assert "Too few to tell (would need about 810)" in read_card(pages["board/model_card.en.html"]).seen
    for name in ("model_card", "audit_report"):
        public = read_card(pages[f"public/{name}.en.html"])
        assert "Too few to show (privacy)" in public.seen
        named = [element.attributes["data-fact"] for element in public.facts]
        assert not [name for name in named if ".q1." in name and name.startswith("audit.groups")]


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=40))
def test_what_a_city_writes_is_only_text(tmp_path: Path, text: str) -> None:
    hostile = f"<script>alert(1)</script>{{{{ 7*7 }}}} {text} \"'>&amp;"
    one = make_evidence(Blobs(tmp_path), City(text=hostile, languages=("en",)))
    pages = render_cards(one.evidence, one.gates, one.policy, one.blobs)
    card = read_card(pages["public/data_card.en.html"].decode())
    assert not card.all("script")
    assert card.all("h1")[0].text == hostile


SHEET = (governance_folder() / "cards" / "card.css").read_text()


@pytest.mark.parametrize("name", ["ink", "soft", "pass", "fail", "unknown", "link"])
@pytest.mark.parametrize("ground", ["paper", "tint"])
def test_every_colour_of_text_has_contrast(name: str, ground: str) -> None:
    colours = dict(re.findall(r"--(\w+): (#[0-9a-f]{3,6})", SHEET))
    assert _contrast(colours[name], colours[ground]) >= 4.5


def test_where_the_keyboard_stands_is_seen() -> None:
    ring = re.search(r"a:focus, summary:focus \{ outline: 3px solid (#\w+)", SHEET)
    assert ring is not None
    assert _contrast(ring[1], dict(re.findall(r"--(\w+): (#[0-9a-f]{3,6})", SHEET))["paper"]) >= 3
    assert "outline: none" not in SHEET


def _contrast(one: str, other: str) -> float:
    """WCAG 2.1 contrast ratio of two colours."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(2 * digit for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_marks_of_pictures_have_contrast() -> None:
    from civic_ai.cards.pictures import picture

    marks = (picture.BLUE, picture.ORANGE, picture.GREEN, picture.PINK, picture.GREY, picture.INK)
    assert min(_contrast(colour, "#ffffff") for colour in marks) >= 3
    grey = [_luminance(colour) for colour in picture.CIVIDIS]
    assert all(later / earlier > 1.4 for earlier, later in pairwise(grey)), "classes tell apart in grey"


def test_rows_handed_over_and_rows_made_of_them_are_told_apart(cards: MakeCards) -> None:  # noqa: F811
    card = read_card(cards(City())["board/model_card.en.html"])
    assert "The city handed over 30,254 rows in 2 sources." in card.seen
    assert "Made of them: 6,400 rows for 64 units on 100 dates," in card.seen


def test_the_foot_says_where_its_number_can_be_found_again(
    city: City, cards: MakeCards, made: MakeMade  # noqa: F811
) -> None:  # fmt: skip
    foot = f"Evidence {made(city).evidence.digest[:12]}. The dossier beside this page holds every record. "
    for path, card in _all(cards(city)):
        if _language(path) == "en":
            assert foot + '"civic-ai verify" prints this number' in card.seen


def test_the_desk_can_show_every_card(city: City, cards: MakeCards) -> None:  # noqa: F811
    """Nothing stands on a card that the desk's closed list does not hold, and all words stay."""
    for path, content in cards(city).items():
        if path.endswith(".html"):
            shown = body_of(content, lambda name: f"/{name}/")
            inside = content.split('<main id="main">')[1].rsplit("</main>", 1)[0]
            assert Markup(shown).striptags() == Markup(inside).striptags(), path
