"""Columns that look personal: by their names in English, Spanish and Portuguese, and by what they hold.

A guess that errs towards asking: a city answers each column once, in its contract. No name list is
complete, so a column that passes here is not proved to be harmless.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

from civic_ai.core.messages import Message, say
from civic_ai.data.engine import quoted, rows_of
from civic_ai.data.tables import TextTable
from civic_ai.records.contract import ColumnContract, Contract

SAMPLE_VALUES = 1000


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_NAME_WORDS = {
    "an address": _set("address addr direccion domicilio endereco logradouro"),
    "a telephone number": _set("phone tel telephone telefono telefone celular whatsapp fax"),
    "an e-mail address": _set("email mail correo"),
    "an identity number": _set(
        "ssn dni curp cpf rfc nif nie cedula passport pasaporte passaporte plate placa matricula ip"
    ),
    "a date of birth": _set("birth birthdate dob birthday nacimiento nascimento"),
    "free text": _set(
        "comment comments note notes description descripcion descricao remark remarks observaciones "
        "observacion observacao observacoes comentario comentarios message mensaje mensagem texto "
        "narrative detalle detalles detalhe detalhes"
    ),
    "a person": _set(
        "surname firstname lastname fullname apellido apellidos sobrenome customer citizen resident caller "
        "requester requestor complainant applicant owner tenant solicitante ciudadano ciudadana cidadao "
        "municipe morador propietario proprietario denunciante reclamante requerente inquilino contact "
        "contacto contato reporter"
    ),
}
_BARE_NAMES = frozenset({"name", "names", "nombre", "nombres", "nome", "nomes"})
_THINGS = _set(
    "area district street neighborhood neighbourhood colonia barrio bairro distrito zone zona ward council "
    "type service department agency facility business dba school park station file column group category "
    "unit city county state country queue servicio servico tipo municipio region road calle rua subject "
    "sector seccion setor asset site"
)
_HARMLESS_ENDS = _set(
    "type kind method channel count n at status flag days tipo canal share km pct hours category"
)
_FIRST_NAMES = _set(
    "james mary john robert michael david william richard joseph thomas charles jennifer linda elizabeth "
    "barbara susan jessica sarah karen nancy lisa daniel matthew anthony mark paul steven andrew kenneth "
    "jose juan luis carlos jorge miguel pedro manuel francisco antonio jesus javier rafael fernando ricardo "
    "roberto sergio alejandro eduardo mario maria ana rosa carmen guadalupe laura martha patricia gabriela "
    "claudia lucia sofia isabel teresa adriana joao paulo lucas marcos gabriel bruno felipe gustavo rodrigo "
    "diego leonardo mariana juliana fernanda camila amanda bruna leticia beatriz vanessa renata sandra "
    "antonia francisca adriano marcelo emily emma olivia sophia jacob ethan kevin brian laura ruth angela "
    "raquel silvia elena pablo andres hector raul oscar victor alberto ramon alfredo enrique"
)
_PLACE_STARTS = _set(
    "san santa santo sao st saint vila villa jardim parque cidade colonia fraccionamiento barrio"
)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[a-z]{2,}", re.IGNORECASE)
_PHONE = re.compile(r"\+?\d{0,3}[ .-]?\(?\d{2,4}\)?[ .-]\d{3,5}[ .-]?\d{3,4}")
_ADDRESS = re.compile(
    r"\d{1,6}\s+\S.*\b(st|street|ave?|avenue|rd|road|blvd|dr|drive|ln|lane|ct|court|hwy|pkwy|pl|way)\b.*"
    r"|(calle|av|avenida|blvd|bulevar|rua|r|travessa|carrera|cra|alameda|privada|calzada|diagonal)\b\.?\s.*\d.*",
    re.IGNORECASE,
)
_IDENTITY = re.compile(
    r"\d{3}-\d{2}-\d{4}|\d{3}\.\d{3}\.\d{3}-\d{2}|[A-Z]{4}\d{6}[HM][A-Z]{5}[A-Z0-9]\d|\d{8}-?[A-Z]"
)


def undeclared_personal(
    backend: Any, text: TextTable, contract: Contract
) -> Iterator[tuple[str, Message, Message]]:
    """Columns that look personal and are neither declared nor dropped: name, sentence, remedy."""
    for name, column in contract.columns.items():
        if column.drop or column.personal is not None:
            continue
        looks = looks_by_name(column.header or name, column) or looks_by_name(name, column)
        if looks is None and column.type == "text" and not column.allowed:
            looks = looks_by_content(*_sample(backend, text, name))
        if looks is not None:
            yield name, say("looks personal: {looks}", looks=say(looks)), _REMEDY


_REMEDY = say(
    "Write 'drop: true', or 'personal: identifier' (kept as a code), or 'personal: none' with 'why'."
)


def looks_by_name(name: str, column: ColumnContract) -> str | None:
    """What kind of personal data the name of a column suggests; None for nothing."""
    words = _words(name)
    for looks, known in _NAME_WORDS.items():
        if looks == "a date of birth":
            hit = column.type in ("text", "date", "timestamp") and bool(known & set(words))
        else:
            fits = column.type == "text" or (column.type == "integer" and looks != "free text")
            hit = fits and bool(known & set(words)) and words[-1] not in _HARMLESS_ENDS
        if hit:
            return looks
    if column.type == "text" and words and words[-1] in _BARE_NAMES and not _THINGS & set(words):
        return "a person"
    return None


def looks_by_content(values: Sequence[str], distinct: int, filled: int) -> str | None:
    """What kind of personal data a sample of different values suggests; None for nothing.

    ``distinct`` of the ``filled`` cells of the column are different.
    """
    if not values:
        return None
    for looks, pattern, share in _PATTERNS:
        if sum(pattern.fullmatch(value.strip()) is not None for value in values) >= share * len(values):
            return looks
    if len(values) >= 10 and sum(map(_is_person, values)) >= 0.25 * len(values):
        return "a person"
    is_long = sum(len(value.split()) >= 6 for value in values) >= 0.3 * len(values)
    return "free text" if is_long and len(values) >= 10 and distinct > 0.2 * filled else None


_PATTERNS: tuple[tuple[str, re.Pattern[str], float], ...] = (
    ("an e-mail address", _EMAIL, 0.01),
    ("an identity number", _IDENTITY, 0.05),
    ("a telephone number", _PHONE, 0.1),
    ("an address", _ADDRESS, 0.1),
)


def _sample(backend: Any, text: TextTable, name: str) -> tuple[list[str], int, int]:
    """Different values of a column (chosen by hash, so not by the order of rows), and two counts."""
    cell, table = quoted(name), quoted(text.name)
    values = rows_of(
        backend,
        f"""SELECT v FROM (SELECT DISTINCT {cell} AS v FROM {table} WHERE {cell} IS NOT NULL)
        ORDER BY hash(v), v LIMIT {SAMPLE_VALUES}""",
    )
    distinct, filled = rows_of(backend, f"SELECT approx_count_distinct({cell}), count({cell}) FROM {table}")[
        0
    ]
    return [str(row[0]) for row in values], int(distinct), int(filled)


def _is_person(value: str) -> bool:
    words = _words(value)
    if not 2 <= len(words) <= 4 or words[0] in _PLACE_STARTS or any(not word.isalpha() for word in words):
        return False
    return bool(_FIRST_NAMES & set(words))


def _words(text: str) -> list[str]:
    """The words of a text or of a column's name, small and without accents."""
    split = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    plain = "".join(c for c in unicodedata.normalize("NFKD", split) if not unicodedata.combining(c))
    return re.findall(r"[a-z0-9]+", plain.casefold().replace("e-mail", "email").replace("e_mail", "email"))
