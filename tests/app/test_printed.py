"""No value prints what it knows of a person: logs and tracebacks show ids, never people."""

import dataclasses
import importlib
import pkgutil
import re
from collections.abc import Iterator
from types import ModuleType
from typing import Any
from unittest.mock import MagicMock

import pytest

import tongguan.app
import tongguan.core
from tests.builders.authorities import person
from tongguan.core.people import Document, DocumentType

SECRET = "PLANTED"
PERSONAL_NAMES = frozenset(
    (
        "address",
        "born_on",
        "by_number",
        "claims",
        "code_texts",
        "colour",
        "declaration",
        "document",
        "doses",
        "evidence",
        "holder_tag",
        "itinerary",
        "medical_exemptions",
        "name",
        "number",
        "papers",
        "pass_text",
        "payload",
        "people",
        "phone",
        "recoveries",
        "text",
        "texts",
        "to_be_signed",
    )
)
PERSONAL_TYPES = re.compile(
    r"\b(Document|Finding|HealthCodeClaims|HealthDeclaration|HealthReason|Judgement|PassClaims"
    r"|Person)\b"
)
WHOLLY_PERSONAL = frozenset(("Arrival", "DeclaredStay", "HealthDeclaration", "HighRiskStay"))
ALSO_PERSONAL = frozenset(
    (
        ("CrossingRecord", "decision"),
        ("HealthCodeRecord", "reasons"),
        ("Node", "value"),
    )
)
NOT_OF_A_PERSON = frozenset(
    (
        # An identifier alone, with which nobody can look anything up.
        ("AdverseAct", "evidence"),
        ("CorrectionCase", "evidence"),
        ("EvidenceEvent", "evidence"),
        ("Finding", "evidence"),
        # Hides itself when printed.
        ("KeptEvidence", "evidence"),
        ("ColourRule", "colour"),
        ("ColourRule", "reason"),
        ("DemandTotal", "name"),
        ("Difference", "number"),
        ("Division", "name"),
        ("EvidenceSource", "name"),
        ("ExpectedFalse", "by_ground"),
        ("ExpectedFalse", "not_stated"),
        ("Figure", "claims"),
        ("Gate", "name"),
        ("HealthRules", "expected_from"),
        ("Reason", "claims"),
        ("SourceToEnrol", "name"),
        ("SponsorCount", "people"),
        ("StatusPlace", "number"),
        ("StoredAnnex", "number"),
        ("_Code", "number"),
        ("_Judge", "rules"),
    )
)


def values_of(package: ModuleType) -> Iterator[type[Any]]:
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        # A scheme is public policy; its names and claims are nobody's.
        if found.name.startswith("tongguan.core.scheme"):
            continue
        for each in vars(importlib.import_module(found.name)).values():
            here = isinstance(each, type) and each.__module__ == found.name
            if here and dataclasses.is_dataclass(each):
                yield each


def personal_fields(value: type[Any]) -> tuple[str, ...]:
    return tuple(
        each.name
        for each in dataclasses.fields(value)
        if (value.__name__, each.name) not in NOT_OF_A_PERSON
        and (
            value.__name__ in WHOLLY_PERSONAL
            or each.name in PERSONAL_NAMES
            or (value.__name__, each.name) in ALSO_PERSONAL
            or PERSONAL_TYPES.search(str(each.type))
        )
    )


PERSONAL = {
    each: fields
    for package in (tongguan.app, tongguan.core)
    for each in values_of(package)
    if (fields := personal_fields(each))
}


def planted(field: dataclasses.Field[Any]) -> object:
    """Something secret: a person or document where that is the type, for those hide themselves."""
    document = Document(type=DocumentType.PASSPORT, number=SECRET, issuer=SECRET)
    kind = str(field.type)
    if "people.Document'" in kind:
        return document
    if "people.Person" in kind:
        return (dataclasses.replace(person(name=SECRET), document=document),)
    return SECRET


@pytest.mark.parametrize("value", PERSONAL, ids=lambda each: each.__qualname__)
def test_value__prints__nothing_of_a_person(value: type[Any]) -> None:
    made = object.__new__(value)
    for field in dataclasses.fields(value):
        content = planted(field) if field.name in PERSONAL[value] else MagicMock()
        object.__setattr__(made, field.name, content)

    assert SECRET not in repr(made)


def test_values_of_people__are_found__all_of_them() -> None:
    names = {each.__name__ for each in PERSONAL}
    assert {
        "Application",
        "ApplicationFacts",
        "ApplicationRequest",
        "CrossingRecord",
        "Document",
        "GateRequest",
        "GateSituation",
        "HealthAnswer",
        "HealthCodeClaims",
        "HealthCodeRecord",
        "HealthDeclaration",
        "HealthRequest",
        "PassClaims",
        "Person",
        "Presented",
        "ShownPass",
    } <= names
