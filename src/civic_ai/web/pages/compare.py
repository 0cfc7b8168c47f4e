"""Two dossiers beside each other: another version of the pilot, or another city's that the reader may see."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse

from civic_ai.cards.sealed import Sealed
from civic_ai.cards.side_by_side import SideBySide, side_of
from civic_ai.web.desk import Desk, the_desk
from civic_ai.web.page import show
from civic_ai.web.pages.dossier import audience_of
from civic_ai.web.papers import sealed_at
from civic_ai.web.reader import reader_of
from civic_ai.web.sealed_files import SealedFiles, sealed_files
from civic_ai.web.speech import language_of

_NAMED = re.compile(r"([a-z0-9][a-z0-9-]*)/([0-9a-f]{12})")


@dataclass(frozen=True)
class Other:
    """A dossier to compare with: of which pilot, and how it is named in addresses."""

    pilot: str
    begins: str

    @property
    def value(self) -> str:
        """How the form names it."""
        return f"{self.pilot}/{self.begins}"


def page(request: HttpRequest, pilot: str, digest: str) -> HttpResponse:
    """What can be compared; once something is chosen, both sides."""
    desk, person, language = the_desk(), reader_of(request).person, language_of(request)
    chosen = _chosen(desk, request.GET.get("with", ""), request.GET.get("other", "").strip())
    this = Other(pilot, digest)
    _files(desk, this)
    view = {
        "pilot": pilot,
        "begins": digest,
        "others": [(each, desk.title(each.pilot, desk.standing().case(each.pilot), language))
                   for each in _others(desk, person, this)],
        "chosen": chosen,
        "other": request.GET.get("other", ""),
        "is_unknown": bool(request.GET.get("other")) and chosen is None,
        "both": None if chosen is None else _both(desk, person, (this, chosen), language),
    }  # fmt: skip
    return show(request, "compare.html", view)


def _both(desk: Desk, person: str, two: tuple[Other, Other], language: str) -> SideBySide:
    """Both sides, each called by its pilot; two versions of one pilot by their digests."""
    is_one_pilot = two[0].pilot == two[1].pilot
    names = [each.begins if is_one_pilot else each.pilot for each in two]
    sides = [
        side_of(name, _sealed(desk, person, each), language) for name, each in zip(names, two, strict=True)
    ]
    return SideBySide(*sides)


def _sealed(desk: Desk, person: str, one: Other) -> Sealed:
    """A dossier as this person may see it."""
    files = _files(desk, one)
    return sealed_at(files.folder, files.digest, audience_of(desk, person, one.pilot))


def _files(desk: Desk, one: Other) -> SealedFiles:
    files = sealed_files(desk.dossier_folder(one.pilot, one.begins), one.begins)
    if files is None:
        raise Http404
    return files


def _chosen(desk: Desk, value: str, other: str) -> Other | None:
    """The dossier that the address names; that of the other pilot's case, where only a pilot is named."""
    if not other:
        return _named(value) if value else None
    standing = desk.standing()
    if other not in standing.cases:
        return None
    found = desk.dossier_at_hand(other, standing.cases[other].dossier)
    return None if found is None else Other(other, found)


def _named(value: str) -> Other:
    """The dossier that a form named; no other form of a name comes near a folder."""
    found = _NAMED.fullmatch(value)
    if found is None:
        raise Http404
    return Other(found[1], found[2])


def _others(desk: Desk, person: str, this: Other) -> Iterator[Other]:
    """Every other version that is kept here, then the dossiers of cases in which the reader has a part."""
    for digest in desk.dossiers(this.pilot):
        if (begins := desk.dossier_at_hand(this.pilot, digest)) and begins != this.begins:
            yield Other(this.pilot, begins)
    for pilot, case in sorted(desk.standing().cases.items()):
        mine = any(holder.person == person for holder in case.people)
        if pilot != this.pilot and mine and (begins := desk.dossier_at_hand(pilot, case.dossier)):
            yield Other(pilot, begins)
