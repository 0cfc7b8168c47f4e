"""Hostile words in families, made here; ``hit`` is what a live one would do."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle, product

HIT = "window.hit=1"
_LEAVES = ("", '"', "'", "</textarea>", "</title>", "-->", "]]>", "'\">")
_TAGS = (
    f"<script>{HIT}</script>",
    f"<ScRiPt >{HIT}</sCrIpT>",
    f"<img src=x onerror={HIT}>",
    f"<svg/onload={HIT}>",
    f"<details open ontoggle={HIT}>x",
    f"<input autofocus onfocus={HIT}>",
    f"<iframe srcdoc='<script>parent.{HIT}</script>'></iframe>",
    f"<a href=javascript:{HIT}>x</a>",
    "<style>*{display:none}</style>",
    "<base href=//evil.example/>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<form action=//evil.example><button>x",
)
FAMILIES: dict[str, tuple[str, ...]] = {
    "tags": tuple(leave + tag for leave, tag in product(_LEAVES, _TAGS)),
    "addresses": (f"javascript:{HIT}", f"data:text/html,<script>{HIT}</script>", "//evil.example"),
    "templates": ("{{ 7*7 }}", "{% include '/etc/passwd' %}", "${7*7}", "#{7*7}", "<%= 7*7 %>",
                  "{0.__class__}", "%(name)s %s %n", "{person}", "{{ ''.__class__.__mro__ }}"),
    "directions": ("\u202egnp.exe", "\u2066a\u2069", "\u200f\u200e", "abc\u202d\u202c", "\u061c"),
    "unseen": ("\ufeff", "\u200b\u200c\u200d", "\u00ad", "\u2028x\u2029", "\ufff9\ufffb", "\U000e0041"),
    "controls": tuple(f"a{chr(code)}b" for code in (*range(32), 0x7F, 0x85, 0x9B)),
    "database": ("' OR 1=1 --", "'); DROP TABLE entries; --", "\\'; SELECT pg_sleep(9)", "1; ATTACH 0"),
    "formulas": ("=HYPERLINK(\"//evil\")", "+1+1", "-2+3", "@SUM(1)", "\t=1", "\uff1d1", "\r=1"),
    "paths": ("../../../../etc/passwd", "..\\..\\x", "%2e%2e%2f", "/dev/null", "C:\\x", "file:///etc/passwd"),
    "headers": ("x\r\nSet-Cookie: a=b", "x%0d%0aLocation: //evil", f"\r\n\r\n<script>{HIT}</script>"),
    "long": ("x" * 9_000, "mot " * 2_000, "\u4e00" * 5_000),
    "pictures": (  # letters made of several
        "\U0001f468\u200d\U0001f469\u200d\U0001f467", "\U0001f1e7\U0001f1f4", "a" + "\u0301" * 200),
    "numbers": ("NaN", "1e999", "-0", "0x1F", "١٢٣", "9" * 400, "null", "undefined", "true"),
}  # fmt: skip


def words() -> Iterator[tuple[str, str]]:
    """A word of each family in turn, for ever."""
    members = {family: cycle(said) for family, said in FAMILIES.items()}
    for family in cycle(FAMILIES):
        yield family, next(members[family])
