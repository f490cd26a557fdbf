"""The plain facts in certificates that others issue: results of tests, doses, and whose they are.

Nothing is guessed. What is about another disease, what was not given or not finished, a day or an
instant that is none, and whatever is not in the form of the format is no fact. Recoveries are left
out: no rule of colours asks for one.

Sources: EU DCC schema 1.3.0; SMART Health Cards: Vaccination and Testing Implementation Guide 1.0;
ICAO's guidelines "Visible Digital Seals for travel-related public health proofs".
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Any, Final

from tongguan.core.calendar import whole_second
from tongguan.core.certificates.eu_dcc import certificate_ids
from tongguan.core.certificates.seal_claims import TEST, VACCINATION
from tongguan.core.certificates.verdict import CertificateKind, Verified
from tongguan.core.evidence.batch_facts import TestOutcome
from tongguan.core.evidence.statement import StatedDose, StatedTest
from tongguan.core.health.dcc_facts import facts_of_eu_dcc, positive_tests_of_eu_dcc

FACTS_MAX: Final = 32
"""Of one certificate; more are in none that a person carries."""
CertifiedFact = StatedTest | StatedDose
_CVX: Final = "http://hl7.org/fhir/sid/cvx"
_LOINC: Final = "http://loinc.org"
_COVID_19_VACCINES: Final = frozenset(
    map(
        str,
        (
            *(207, 208, 210, 211, 212, 213, 217, 218, 219, 221, 225, 226, 227, 228, 229, 230),
            *(300, 301, 302, *range(308, 314), *range(500, 522)),
        ),
    )
)
_COVID_19_TESTS: Final = frozenset(
    {
        *("94309-2", "94316-7", "94500-6", "94558-4", "94565-9", "94640-0"),
        *("94759-8", "94845-5", "95406-5", "95608-6", "96119-3", "97097-0"),
    }
)
_OUTCOMES: Final[Mapping[tuple[str, str], TestOutcome]] = MappingProxyType(
    {
        ("http://snomed.info/sct", "260373001"): TestOutcome.POSITIVE,
        ("http://snomed.info/sct", "10828004"): TestOutcome.POSITIVE,
        ("http://snomed.info/sct", "260415000"): TestOutcome.NEGATIVE,
        ("http://snomed.info/sct", "260385009"): TestOutcome.NEGATIVE,
    }
)
_OF_COVID_19: Final = "RA01"
"""The disease in ICD-11; ``RA01.0`` where the virus was identified."""
_COUNT: Final = re.compile(r"[0-9]{1,2}")
_DAY_CHARACTERS: Final = 10
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class CertifiedName:
    """Whom a certificate is about, as it names them; personal data, hidden when printed."""

    surname: str
    given_names: str
    born: date | None
    """``None`` where it says no day, or a year alone."""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Certified:
    """What a verified certificate says; personal data, hidden when printed."""

    name: CertifiedName
    facts: tuple[CertifiedFact, ...]
    """Empty where it says nothing that is kept."""
    identity: bytes
    """What stands for it: the same in every copy of it, under whatever signature or compression."""


def read_certified(verified: Verified) -> Certified:
    """The facts of a certificate whose issuer vouches for them."""
    reader = _READERS[verified.kind]
    name, facts, named = reader(verified.claims, verified.issuer)
    return Certified(
        name=name,
        facts=tuple(dict.fromkeys(facts))[:FACTS_MAX],
        identity=_identity(verified, named),
    )


_Read = tuple[CertifiedName, list[CertifiedFact], object]
"""Whose it is, what it says, and what tells it from others."""


def _identity(verified: Verified, named: object) -> bytes:
    # Names of members sorted: the same claims may be written in any order.
    return json.dumps([verified.kind.value, named], sort_keys=True).encode("ascii")


def _of_eu_dcc(claims: Mapping[str, Any], issuer: str) -> _Read:
    told = facts_of_eu_dcc(claims)
    outcomes = {
        TestOutcome.NEGATIVE: told.tests,
        TestOutcome.POSITIVE: positive_tests_of_eu_dcc(claims),
    }
    facts: list[CertifiedFact | None] = [
        _test(each.sampled_at, outcome, each.specimen)
        for outcome, tests in outcomes.items()
        for each in tests
    ]
    facts += [_dose(each.given_on, each.number, each.product) for each in told.doses]
    names = _object(claims.get("nam"))
    name = CertifiedName(
        surname=_text(names.get("fnt")), given_names=_text(names.get("gnt")), born=told.born_on
    )
    # An identifier is its issuer's own, and an empty one none. A certificate without any is known
    # by everything that it says.
    identifiers = sorted(each for each in certificate_ids(claims) if each.strip())
    return name, _found(facts), [issuer, identifiers or dict(claims)]


def _of_card(claims: Mapping[str, Any], _issuer: str) -> _Read:
    bundle = _object(_object(_object(claims.get("vc")).get("credentialSubject")).get("fhirBundle"))
    resources = [_object(_object(each).get("resource")) for each in _list(bundle.get("entry"))]
    patients = [each for each in resources if each.get("resourceType") == "Patient"]
    doses = sorted({dose for each in resources if (dose := _given(each)) is not None})
    # A card does not count doses. What it vouches for as the second was the second at least.
    facts: list[CertifiedFact | None] = [
        _dose(on, number, product) for number, (on, product) in enumerate(doses, 1)
    ]
    facts += [_observed(each) for each in resources]
    # A card about several people is about nobody in particular.
    patient = patients[0] if len(patients) == 1 else {}
    named = _object(next(iter(_list(patient.get("name"))), None))
    name = CertifiedName(
        surname=_text(named.get("family")),
        given_names=" ".join(_text(each) for each in _list(named.get("given"))),
        born=_day(patient.get("birthDate")),
    )
    return name, _found(facts), [claims.get("iss"), dict(bundle)]


def _given(resource: Mapping[str, Any]) -> tuple[date, str] | None:
    """Day and product of a dose that was given."""
    if resource.get("resourceType") != "Immunization" or resource.get("status") != "completed":
        return None
    on = _day(resource.get("occurrenceDateTime"))
    codes = _codes(resource.get("vaccineCode"), _CVX) & _COVID_19_VACCINES
    return None if on is None or not codes else (on, f"CVX-{min(codes)}")


def _observed(resource: Mapping[str, Any]) -> CertifiedFact | None:
    """A test with its result; one without an instant of its own is none."""
    if (
        resource.get("resourceType") != "Observation"
        or _text(resource.get("status")) not in _FINISHED
    ):
        return None
    tests = _codes(resource.get("code"), _LOINC) & _COVID_19_TESTS
    result = resource.get("valueCodeableConcept")
    outcomes = {
        outcome for (system, code), outcome in _OUTCOMES.items() if code in _codes(result, system)
    }
    sampled_at = _instant(resource.get("effectiveDateTime"))
    if not tests or len(outcomes) != 1 or sampled_at is None:
        return None
    return _test(sampled_at, outcomes.pop(), f"LOINC-{min(tests)}")


_FINISHED: Final = frozenset({"amended", "corrected", "final"})


def _of_seal(claims: Mapping[str, Any], _issuer: str) -> _Read:
    header, message = _object(claims.get("hdr")), _object(claims.get("msg"))
    person = _object(message.get("pid"))
    # Two spaces stand between the surname and the others, as two fillers do in a passport.
    surname, _, given_names = _text(person.get("n")).partition("  ")
    name = CertifiedName(surname=surname, given_names=given_names, born=_day(person.get("dob")))
    kind = header.get("t")
    facts: list[CertifiedFact | None] = []
    if kind == VACCINATION:
        facts = list(_sealed_doses(message))
    elif kind == TEST:
        facts = [_sealed_test(message)]
    number = message.get("uvci") if kind == VACCINATION else message.get("utci")
    return name, _found(facts), [header.get("is"), kind, number]


def _sealed_doses(message: Mapping[str, Any]) -> Iterator[CertifiedFact | None]:
    for event in map(_object, _list(message.get("ve"))):
        if not _text(event.get("dis")).startswith(_OF_COVID_19):
            continue
        for dose in map(_object, _list(event.get("vd"))):
            on, number = _day(dose.get("dvc")), str(dose.get("seq"))
            if on is not None and _COUNT.fullmatch(number):
                yield _dose(on, int(number), _word(event.get("nam")))


def _sealed_test(message: Mapping[str, Any]) -> CertifiedFact | None:
    test, sampled_at = _object(message.get("tr")), _instant(_object(message.get("dat")).get("sc"))
    outcome = _SEALED_OUTCOMES.get(_text(test.get("r")).strip().casefold())
    if outcome is None or sampled_at is None:
        return None
    return _test(sampled_at, outcome, _word(test.get("tc")))


_SEALED_OUTCOMES: Final = MappingProxyType(
    {
        "detected": TestOutcome.POSITIVE,
        "negative": TestOutcome.NEGATIVE,
        "not detected": TestOutcome.NEGATIVE,
        "positive": TestOutcome.POSITIVE,
    }
)
_READERS: Final = MappingProxyType(
    {
        CertificateKind.EU_DCC: _of_eu_dcc,
        CertificateKind.SMART_HEALTH_CARD: _of_card,
        CertificateKind.VDS_NC: _of_seal,
    }
)


def _test(sampled_at: datetime, outcome: TestOutcome, specimen: str) -> StatedTest | None:
    """The test; ``None`` for what no statement could hold."""
    if sampled_at < _EPOCH:
        return None
    try:
        return StatedTest(sampled_at=whole_second(sampled_at), outcome=outcome, specimen=specimen)
    except (ValueError, OverflowError):
        return None


def _dose(on: date, number: int, product: str) -> StatedDose | None:
    """The dose; ``None`` for what no statement could hold."""
    try:
        return StatedDose(on=on, number=number, product=product)
    except ValueError:
        return None


def _found(facts: list[CertifiedFact | None]) -> list[CertifiedFact]:
    return [each for each in facts if each is not None]


def _codes(concept: object, system: str) -> frozenset[str]:
    """The codes of one system in a concept of FHIR."""
    listed = map(_object, _list(_object(concept).get("coding")))
    return frozenset(_text(each.get("code")) for each in listed if each.get("system") == system)


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _word(value: object) -> str:
    """A text as an identifier has it: spaces are no part of one."""
    return "_".join(_text(value).split())


def _day(value: object) -> date | None:
    """The day, of an instant its own; ``None`` for a month or a year alone."""
    text = _text(value)
    day, rest = text[:_DAY_CHARACTERS], text[_DAY_CHARACTERS:]
    # A week of a year has as many characters, and its separators elsewhere.
    if (rest and rest[0] != "T") or (day[4:5], day[7:8]) != ("-", "-"):
        return None
    try:
        return date.fromisoformat(day)
    except ValueError:
        return None


def _instant(value: object) -> datetime | None:
    """The instant; ``None`` for a day, and for a time without a zone, which could be any."""
    text = _text(value)
    try:
        instant = datetime.fromisoformat(text) if len(text) > _DAY_CHARACTERS else None
    except ValueError:
        return None
    return instant if instant is not None and instant.utcoffset() is not None else None
