from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from civic_ai.data.engine import open_scratch
from civic_ai.data.personal import looks_by_content, looks_by_name, undeclared_personal
from civic_ai.data.tables import read_text_table
from civic_ai.records.contract import ColumnContract
from civic_ai.store.blobs import Blobs
from tests.unit.data.cities import contract, written

TEXT = ColumnContract(type="text")

PERSONAL = {
    "a person": "first_name apellidos nombre nome fullName caller_id owner solicitante nombre_ciudadano",
    "an address": "address street_address Direccion domicilio endereço LOGRADOURO",
    "a telephone number": "phone PhoneNumber telefono celular tel_1 whatsapp",
    "an e-mail address": "email e-mail customerEmail correo E_MAIL",
    "an identity number": "ssn CPF curp cedula license_plate",
    "a date of birth": "date_of_birth fecha_nacimiento data_nascimento dob",
    "free text": "notes comment Observações descripcion resolution_notes",
}
HARMLESS = (
    "request_id area_id area_name nombre_colonia nome_bairro street_name status channel lat neighborhood_raw "
    "owner_type contact_method phone_status population road_km queue zip created_at tmin_c service_name "
    "rua_nome email_count"
)


@pytest.mark.parametrize(("looks", "names"), PERSONAL.items())
def test_names_in_three_languages(looks: str, names: str) -> None:
    # a caller's number is one of a person, not of a telephone: the first fitting kind is named
    assert {name: looks_by_name(name, TEXT) for name in names.split()} == dict.fromkeys(names.split(), looks)


@pytest.mark.parametrize("name", HARMLESS.split())
def test_names_that_are_not_personal(name: str) -> None:
    assert looks_by_name(name, TEXT) is None


def test_the_type_counts() -> None:
    assert looks_by_name("mobile_phone", ColumnContract(type="integer")) == "a telephone number"
    assert looks_by_name("phone_share_x", ColumnContract(type="number")) is None
    assert looks_by_name("birth", ColumnContract(type="date")) == "a date of birth"


def sample(kind: str, chance: random.Random) -> str:
    n = chance.randrange
    first, last = (
        chance.choice(["Maria", "JOÃO", "James", "Lucía"]),
        chance.choice(["Pérez", "Silva", "Smith"]),
    )
    return {
        "an e-mail address": f"{first}.{n(99)}@example.org",
        "a telephone number": chance.choice(
            [f"({n(200, 999)}) 555-{n(1000, 9999)}", f"+52 662 {n(100, 999)} {n(1000, 9999)}"]
        ),
        "an address": chance.choice(
            [f"{n(1, 9999)} Main St", f"Calle {n(1, 99)} #{n(99)}", f"Rua das Flores, {n(999)}"]
        ),
        "an identity number": chance.choice(
            [
                f"{n(100, 999)}-{n(10, 99)}-{n(1000, 9999)}",
                f"{n(100, 999)}.{n(100, 999)}.{n(100, 999)}-{n(10, 99)}",
            ]
        ),
        "a person": f"{first} {last}{chr(97 + n(26))}",
        "free text": f"there is a big hole near number {n(9999)} and cars cannot pass",
        "place": chance.choice(
            ["SAN JOSE", "Santa Maria", "Villa Juan", "GREATER HEIGHTS", "Vila Ana", "NEARTOWN - MONTROSE"]
        ),
        "number": f"HOU{n(10**6):06d}",
        "moment": f"2021-{n(1, 13):02d}-{n(1, 29):02d} {n(24):02d}:{n(60):02d}",
        "service": chance.choice(
            [
                "Solicitar limpeza de bueiros, boca de lobo e poços de visita",
                "Recolha de lixo em via pública na rua",
            ]
        ),
        "coordinate": f"{n(90)}.{n(10**5):05d}",
    }[kind]


@pytest.mark.parametrize(
    "kind",
    ["an e-mail address", "a telephone number", "an address", "an identity number", "a person", "free text"],
)
def test_content_gives_it_away_among_harmless_cells(kind: str) -> None:
    chance = random.Random(kind)
    values = sorted({sample(kind if i % 2 else "number", chance) for i in range(300)})
    assert looks_by_content(values, len(values), 300) == kind


@pytest.mark.parametrize("kind", ["place", "number", "moment", "service", "coordinate"])
def test_harmless_content_passes(kind: str) -> None:
    chance = random.Random(kind)
    values = sorted({sample(kind, chance) for _ in range(300)})
    assert looks_by_content(values, len(values), 300) is None


def asked(columns: dict[str, Any], line: str, folder: Path) -> dict[str, str]:
    promise = contract(columns)
    content = ",".join(columns) + "\n" + "".join(line.replace("$", str(i)) + "\n" for i in range(100, 130))
    with open_scratch(Blobs(folder / "blobs")) as (backend, _):
        text = read_text_table(backend, [written(folder, content.encode())], promise, "t")
        return {name: str(says) for name, says, _ in undeclared_personal(backend, text, promise)}


def test_all_columns_that_look_personal_are_asked_about_at_once(tmp_path: Path) -> None:
    columns = {"kind": "text", "phone": "text", "x": "text", "area_id": "integer"}
    assert asked(columns, "hole,5,a$@b.org,1", tmp_path) == {
        "phone": "looks personal: a telephone number",
        "x": "looks personal: an e-mail address",
    }


@pytest.mark.parametrize(
    "said", [{"drop": True}, {"personal": "identifier"}, {"personal": "none", "why": "public"}]
)
def test_a_column_that_is_declared_is_not_asked_about(said: dict[str, Any], tmp_path: Path) -> None:
    assert asked({"kind": "text", "x": {"type": "text", **said}}, "hole,a$@b.org", tmp_path) == {}


def test_the_name_in_the_file_counts_too(tmp_path: Path) -> None:
    columns = {"e": {"type": "text"}}
    promise = contract({"e": {"type": "text", "header": "EMAIL"}})
    with open_scratch(Blobs(tmp_path / "blobs")) as (backend, _):
        text = read_text_table(backend, [written(tmp_path, b"EMAIL\nx\n")], promise, "t")
        assert [name for name, _, _ in undeclared_personal(backend, text, promise)] == list(columns)
