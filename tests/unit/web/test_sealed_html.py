"""What a sealed card may bring into a page of the desk, and what not."""

from __future__ import annotations

import pytest

from civic_ai.core.errors import RefusedError
from civic_ai.web.sealed_html import body_of

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
