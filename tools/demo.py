"""``make demo``: the demonstration's dossiers, each from a run of the example city under its own name.

Every pilot runs twice, the second time from nothing: that report is what its technical reviewer attests. The
cities are invented, and so are their answers. About ten minutes on two cores.
"""

from __future__ import annotations

import io
import re
import shutil
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from civic_ai.cards.reproduction import compare_runs
from civic_ai.runner import Options, run
from civic_ai.store.workspace import Workspace
from civic_ai.tracking.sync import SyncReport
from civic_ai.web.demo.found import SHIPPED
from civic_ai.web.demo.kept import REPORT
from civic_ai.web.demo.pilots import PILOTS, DemoPilot, Service

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = ROOT / "pilots" / "example-potholes"
ARCHIVE = ROOT / "src" / "civic_ai" / "web" / "demo" / SHIPPED
TOLERANCE = 0.001

SERVICES: Mapping[Service, Mapping[str, str]] = {
    "potholes": {},
    "inspections": {
        "Which street cells of the example city will need pothole repair in the":
            "Where in {place} should inspectors look for potholes first in the",
        "¿Qué celdas de calles de la ciudad de ejemplo necesitarán bacheo en las":
            "¿En qué calles de {place} deberían buscar baches primero los inspectores en las",
        "Quais células de ruas da cidade de exemplo precisarão de tapa-buraco nas":
            "Em que ruas de {place} os fiscais deveriam procurar buracos primeiro nas",
        "units_per_period: 150": "units_per_period: 100",
        r"\b150\b": "100",
        "The road crews look": "The inspectors look",
        "Las cuadrillas revisan": "Los inspectores revisan",
        "As equipes vistoriam": "Os fiscais vistoriam",
        "who: {en: two road crews, es: dos cuadrillas de bacheo, pt: duas equipes de tapa-buraco}":
            "who: {en: two inspectors, es: dos inspectores, pt: dois fiscais}",
        "Public Works": "Street Inspection",
        "Obras Públicas, equipe": "Fiscalização de Ruas, equipe",
        "que Obras Públicas": "que a Fiscalização de Ruas",
        "Obras Públicas": "Inspección de Calles",
    },
    "floods": {
        "request_type == 'pothole'": "request_type == 'flooding'",
        "will need pothole repair in": "will be flooded in",
        "necesitarán bacheo en": "se inundarán en",
        "precisarão de tapa-buraco nas": "serão alagadas nas",
        "cuadrillas de bacheo": "cuadrillas de drenaje",
        "equipes de tapa-buraco": "equipes de drenagem",
        "road crews": "drainage crews",
        "Public Works": "Drainage",
        "Obras Públicas, equipe": "Drenagem, equipe",
        "que Obras Públicas": "que a Drenagem",
        "Obras Públicas": "Drenaje",
        r"\bbacheo\b": "drenaje",
        r"\btapa-buraco\b": "drenagem",
        r"\bPothole": "Flood",
        r"\bpothole": "flood",
        r"\bhole": "flood",
        r"\bbache": "encharcamiento",
        r"\bburaco": "alagamento",
    },
    "lights": {
        "request_type == 'pothole'": "request_type == 'streetlight'",
        "will need pothole repair in": "will have a dark street lamp in",
        "necesitarán bacheo en": "tendrán un foco apagado en",
        "precisarão de tapa-buraco nas": "terão um poste apagado nas",
        "cuadrillas de bacheo": "cuadrillas de alumbrado",
        "equipes de tapa-buraco": "equipes de iluminação",
        "road crews": "lighting crews",
        "Public Works": "Street Lighting",
        "Obras Públicas, equipe": "Iluminação, equipe",
        "que Obras Públicas": "que a Iluminação",
        "Obras Públicas": "Alumbrado Público",
        r"\bbacheo\b": "alumbrado",
        r"\btapa-buraco\b": "iluminação",
        r"\bPothole": "Dark lamp",
        r"\bpothole": "dark lamp",
        r"\bhole": "dark lamp",
        r"\bbaches\b": "focos apagados",
        r"\bbache\b": "foco apagado",
        r"\bburacos\b": "postes apagados",
        r"\bburaco\b": "poste apagado",
    },
}  # fmt: skip
"""What a service says instead, in what its city writes of the pilot; in three languages, in this order."""
OF_THE_LARGE_CITY = {
    r" Of 100 visits by the simple rule, 28 find a pothole\.": "",
    r" De 100 visitas con la regla simple, 28 hallan un\s+bache\.": "",
    r" De 100 visitas pela regra simples, 28 acham um buraco\.": "",
    "144": "25",
}
"""What the example says of a city of 144 areas; those of the demonstration have 25."""
README = """# {name}

This city does not exist, and neither do its people and their answers. It is one of the invented cities of
civic-ai's demonstration: the example city of `pilots/example-potholes`, smaller.
"""


def write_pilot(pilot: DemoPilot, folder: Path) -> Path:
    """The example pilot as this city would ask it, on the tiny city."""
    shutil.copytree(EXAMPLE, folder)
    place = pilot.place.name
    named = {
        "of the example city": f"of {place}",
        "de la ciudad de ejemplo": f"de {place}",
        "da cidade de exemplo": f"de {place}",
        "(The whole|whole|The) example city": place,
        "(Toda l|L|l)a ciudad de ejemplo|Ciudad de Ejemplo": place,
        "(A|a) cidade (inteira )?de exemplo( inteira)?|Cidade de Exemplo": place,
        "Example City": place,
        "size: standard": "size: tiny",
    }
    for name in ("pilot.yaml", "answers.yaml", "impact.yaml"):
        _rewrite(folder / name, place, {**OF_THE_LARGE_CITY, **SERVICES[pilot.service], **named})
    (folder / "README.md").write_text(README.format(name=pilot.name), "utf-8")
    return folder


def _rewrite(file: Path, place: str, changes: Mapping[str, str]) -> None:
    text = file.read_text("utf-8")
    text = text.replace("example-potholes", "NAME-OF-THE-PILOT")
    for old, new in changes.items():
        text = re.sub(old, new.replace("{place}", place), text)
    text = text.replace("NAME-OF-THE-PILOT", file.parent.name)
    file.write_text(text, "utf-8")


def run_pilot(folder: Path, workspace: Path) -> Path:
    """The sealed dossier of a run that MLflow does not see."""
    return run(folder, Options(workspace=workspace, mirror=_not_mirrored)).dossier


def _not_mirrored(workspace: Workspace) -> SyncReport:
    return SyncReport("none", (), (), (), 0.0)


def make_home(home: Path) -> None:
    """``dossiers`` and ``pilots`` of every demo pilot in ``home``."""
    for pilot in PILOTS:
        print(pilot.name, flush=True)
        folder = write_pilot(pilot, home / "pilots" / pilot.name)
        with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
            sealed, again = run_pilot(folder, Path(first)), run_pilot(folder, Path(second))
            (folder / REPORT).write_bytes(compare_runs(sealed, again, TOLERANCE).to_json())
            shutil.copytree(sealed, home / "dossiers" / pilot.name / sealed.name)


def packed(home: Path) -> bytes:
    """Everything in ``home`` as one archive: the same files give the same bytes."""
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w:xz", preset=9, format=tarfile.PAX_FORMAT) as archive:
        for path in _in_order(home):
            entry = tarfile.TarInfo(path.relative_to(home).as_posix())
            content = path.read_bytes()
            entry.size, entry.mode = len(content), 0o644
            archive.addfile(entry, io.BytesIO(content))
    return held.getvalue()


def _in_order(home: Path) -> Iterator[Path]:
    """Pilots of one service one after the other, so that what they share is found again."""
    for top in ("pilots", "dossiers"):
        for pilot in PILOTS:
            yield from sorted(path for path in (home / top / pilot.name).rglob("*") if path.is_file())


def main() -> None:
    """Run, pack, write."""
    with tempfile.TemporaryDirectory(prefix="demo-") as name:
        make_home(Path(name))
        ARCHIVE.write_bytes(packed(Path(name)))
    print(ARCHIVE.relative_to(ROOT), ARCHIVE.stat().st_size)


if __name__ == "__main__":
    main()
