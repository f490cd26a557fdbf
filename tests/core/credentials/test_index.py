"""Keyed digests find the same person however written, and slips are derived, never stored."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongguan.core.credentials.index import IndexKeys, normalised_reference
from tongguan.core.identifiers import ApplicationId, RegistrationId
from tongguan.core.people import Document, DocumentType

KEYS = IndexKeys(root=bytes(range(32)))
OTHER = IndexKeys(root=bytes(32))
MINE = ApplicationId("2f1c3a52-1111-4222-8333-444455556666")


def hkid(number: str, issuer: str = "HKG") -> Document:
    return Document(type=DocumentType.HKID, number=number, issuer=issuer)


@pytest.mark.parametrize("written", ["A123456(7)", "a1234567", " A-123 456 7 "])
def test_person__index__the_same_however_written(written: str) -> None:
    assert KEYS.person(hkid(written)) == KEYS.person(hkid("A1234567"))


def test_person__index__the_one_issuer_of_a_type_whatever_was_written() -> None:
    assert KEYS.person(hkid("A1234567", "CHN")) == KEYS.person(hkid("A1234567"))


def test_person__index__the_same_on_every_card_of_a_home_return_permit() -> None:
    def card(number: str) -> Document:
        return Document(type=DocumentType.HOME_RETURN_PERMIT, number=number, issuer="CHN")

    numbers = ("H12345678", "H1234567800", "H 12345678 01")
    assert len({KEYS.person(card(each)) for each in numbers}) == 1
    assert KEYS.person(card("M12345678")) != KEYS.person(card("H12345678"))


def test_person__index__differs_by_number_issuer_type_and_key() -> None:
    passport = Document(type=DocumentType.PASSPORT, number="A1234567", issuer="HKG")
    found = {
        KEYS.person(hkid("A1234567")),
        KEYS.person(hkid("A1234568")),
        KEYS.person(replace(passport, issuer="CHN")),
        KEYS.person(passport),
        OTHER.person(hkid("A1234567")),
    }
    assert len(found) == 5


def test_slip__derive__opens_its_own_application_only() -> None:
    slip = KEYS.slip(MINE)
    assert KEYS.slip(MINE) == slip
    assert KEYS.opens(MINE, slip.secret)
    assert not KEYS.opens(ApplicationId(MINE[:-1] + "7"), slip.secret)
    assert not OTHER.opens(MINE, slip.secret)
    assert slip.secret not in repr(slip)


@given(typed=st.text(max_size=40))
def test_slip__open__refuses_anything_else(typed: str) -> None:
    assert not KEYS.opens(MINE, typed)


@pytest.mark.parametrize("change", [str.lower, lambda text: text.replace("-", ""), str.strip])
def test_reference__normalise__as_people_type_it(change: object) -> None:
    reference = KEYS.slip(MINE).reference
    assert normalised_reference(change(reference)) == reference  # type: ignore[operator]


def test_slip__misread__zero_one_and_eight_are_letters() -> None:
    slips = [KEYS.slip(ApplicationId(f"{number:032x}")) for number in range(200)]
    assert not set("0189") & set("".join(each.reference + each.secret for each in slips))
    application = ApplicationId(f"{3:032x}")
    slip = KEYS.slip(application)
    misread = str.maketrans("OIB", "018")
    assert KEYS.opens(application, slip.secret.translate(misread))
    assert normalised_reference(slip.reference.translate(misread)) == slip.reference


def test_slip_of_a_registration__is_another__than_that_of_an_application_of_the_same_id() -> None:
    identifier = "5f0c9d1e-6a43-4a8f-9a53-0f6c7d1f2a10"
    application, registration = ApplicationId(identifier), RegistrationId(identifier)
    mine, theirs = KEYS.registration_slip(registration), KEYS.slip(application)

    assert mine.reference.startswith("HC-")
    assert mine.reference[3:] != theirs.reference[3:]
    assert KEYS.opens_registration(registration, mine.secret.lower().replace("-", " "))
    assert not KEYS.opens_registration(registration, theirs.secret)
    assert not KEYS.opens(application, mine.secret)
    assert normalised_reference(mine.reference.lower().replace("-", "")) == mine.reference
