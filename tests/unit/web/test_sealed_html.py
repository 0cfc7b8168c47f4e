"""What a sealed card may bring into a page of the desk, and what not."""

from __future__ import annotations

import pytest

from civic_ai.core.errors import RefusedError
from civic_ai.web.sealed_html import body_of, headings_of, pictures_of

PIXEL = "data:image/png;base64,aGk="


def shown(body: str) -> str:
    return body_of(f'<html><main id="main">{body}</main></html>', lambda name: f"/here/{name}/")


def test_what_our_cards_hold_stands_as_it_was() -> None:
    card = (
        '<h2 id="groups">Für wen?</h2><p class="band"><data data-fact="a.b" value="1">1</data> &lt; 2<br>'
        f'<img alt="a &quot;b&quot;" src="{PIXEL}"></p>'
    )
    assert shown(card) == card.replace("&quot;", "&#34;")


def test_links_to_other_cards_lead_to_their_pages() -> None:
    assert (
        shown('<a href="audit_report.en.html#errors">x</a>') == '<a href="/here/audit_report/#errors">x</a>'
    )
    assert shown('<a href="#errors">x</a>') == '<a href="#errors">x</a>'


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        '<p onclick="alert(1)">x</p>',
        '<p style="color:red">x</p>',
        '<form action="/logout/"><button>x</button></form>',
        '<a href="javascript:alert(1)">x</a>',
        '<a href="https://elsewhere.example/">x</a>',
        '<a href="//elsewhere.example/model_card.en.html">x</a>',
        '<img alt="" src="https://elsewhere.example/a.png">',
        '<img alt="" src="data:text/html;base64,aGk=">',
        "<iframe></iframe>",
        "<svg><script></script></svg>",
        '<meta http-equiv="refresh" content="0">',
        "<p>never closed",
        "</section>",
        "<p><span></p></span>",
    ],
)
def test_what_they_never_hold_is_refused(hostile: str) -> None:
    with pytest.raises(RefusedError, match="holds what no card of civic-ai does"):
        shown(hostile)


def test_a_page_that_is_no_card_is_refused() -> None:
    with pytest.raises(RefusedError):
        body_of("<html></html>", lambda name: name)


def test_comments_and_declarations_do_not_come_along() -> None:
    assert shown("<p>a<!-- <script> -->b</p>") == "<p>ab</p>"


def linked(body: str) -> str:
    return body_of(f'<main id="main">{body}</main>', str, lambda fact: f"/source/?fact={fact}&x")


def test_a_figure_leads_to_its_source_and_the_ends_of_its_interval_do_not() -> None:
    figure = '<data data-fact="a.value" value="1">1</data>'
    link = '<a class="desk-figure" href="/source/?fact=a.value&amp;x">'
    assert linked(f"<p>{figure}.</p>") == f"<p>{link}{figure}</a>.</p>"
    assert linked(figure + figure).count("</a>") == 2
    day = '<time data-fact="a.day" datetime="2026-01-01">x</time>'
    assert linked(day).endswith("</time></a>")
    for plain in ('<data data-fact="a.lower" value="1">1</data>', '<data value="1">1</data>'):
        assert linked(plain) == plain
    assert shown(figure) == figure


def test_links_do_not_stand_in_links() -> None:
    figure = '<data data-fact="a.value" value="1">1</data>'
    assert linked(f'<a href="#x">{figure}</a>') == f'<a href="#x">{figure}</a>'
    assert linked(f'<data data-fact="b" value="2">{figure}</data>').count("<a ") == 1
    assert linked('<p data-fact="b">x</p>') == '<p data-fact="b">x</p>'


def test_sections_and_pictures_are_found_by_their_place() -> None:
    body = body_of(
        '<main id="main"><h2 id="use">Use &amp; <em>misuse</em></h2><h2>No place</h2>'
        '<figure id="picture-map"><figcaption>A</figcaption></figure>'
        '<figure id="picture-groups-a_b"><figcaption>B</figcaption></figure></main>',
        str,
    )
    assert headings_of(body) == [("use", "Use & misuse"), ("section-2", "No place")]
    found = pictures_of(body)
    assert list(found) == ["map", "groups-a_b"]
    assert found["map"] == '<figure id="picture-map"><figcaption>A</figcaption></figure>'
