"""Numbers of documents: check digits find slips of the pen, forms refuse nothing real."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongguan.core.documents import (
    NumberFault,
    hkid_check_digit,
    mainland_check_digit,
    number_fault,
)
from tongguan.core.people import Document, DocumentType

TODAY = date(2021, 12, 13)
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
DIGITS = "0123456789"


def fault(kind: DocumentType, number: str, today: date | None = None) -> NumberFault | None:
    return number_fault(Document(type=kind, number=number, issuer="GBR"), today=today)


@pytest.mark.parametrize(
    "number",
    [
        "A123456(3)", "a123456 (3)", "A1234563", "AB123456(9)", "D288754(2)", "G123456(A)",
    ],
)  # fmt: skip
def test_hkid__published_examples__are_right(number: str) -> None:
    assert fault(DocumentType.HKID, number) is None


@pytest.mark.parametrize("number", ["A123456(4)", "AB123456(3)", "B123456(3)", "A123465(3)"])
def test_hkid__wrong_check_digit__is_found(number: str) -> None:
    assert fault(DocumentType.HKID, number) is NumberFault.CHECK_DIGIT


@pytest.mark.parametrize(
    "number", ["A123456", "ABC123456(9)", "A12345(6)", "A123456(B)", "1234567"]
)
def test_hkid__other_form__is_found(number: str) -> None:
    assert fault(DocumentType.HKID, number) is NumberFault.FORM


@pytest.mark.parametrize(
    "number", ["11010519491231002X", "11010519491231002x", "440524188001010014"]
)
def test_mainland_id__published_examples__are_right(number: str) -> None:
    assert fault(DocumentType.MAINLAND_ID, number) is None


def test_mainland_id__day_of_birth__must_be_one_on_which_somebody_living_was_born() -> None:
    for born in ("19490230", "19491301", "00000101"):
        first = f"110105{born}002"
        number = first + mainland_check_digit(first)
        assert fault(DocumentType.MAINLAND_ID, number) is NumberFault.BIRTH_DATE
    for born, found in (
        ("20211213", None),
        ("20211214", NumberFault.BIRTH_DATE),
        ("18910101", None),
        ("18901231", NumberFault.BIRTH_DATE),
    ):
        first = f"110105{born}002"
        number = first + mainland_check_digit(first)
        assert fault(DocumentType.MAINLAND_ID, number, TODAY) is found, born


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        (DocumentType.HOME_RETURN_PERMIT, "H12345678"),
        (DocumentType.HOME_RETURN_PERMIT, "H 1234567800"),
        (DocumentType.HOME_RETURN_PERMIT, "m12345678"),
        (DocumentType.EXIT_ENTRY_PERMIT, "C12345678"),
        (DocumentType.EXIT_ENTRY_PERMIT, "CA0000001"),
        (DocumentType.EXIT_ENTRY_PERMIT, "W12345678"),
        (DocumentType.PASSPORT, "K12345678"),
        (DocumentType.PASSPORT, "123456"),
        (DocumentType.PASSPORT, "EA1234567"),
        (DocumentType.PASSPORT, "C01X00T47"),
    ],
)
def test_number__of_a_form_that_was_issued__is_right(kind: DocumentType, number: str) -> None:
    assert fault(kind, number) is None


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        (DocumentType.HOME_RETURN_PERMIT, "H1234567"),
        (DocumentType.HOME_RETURN_PERMIT, "H123456789"),
        (DocumentType.HOME_RETURN_PERMIT, "K12345678"),
        (DocumentType.EXIT_ENTRY_PERMIT, "C1234567"),
        (DocumentType.EXIT_ENTRY_PERMIT, "123456789"),
        (DocumentType.PASSPORT, "K1234"),
        (DocumentType.PASSPORT, "K123456789"),
        (DocumentType.PASSPORT, "護照一二三四五"),
        (DocumentType.MAINLAND_ID, "110105491231002"),
    ],
)
def test_number__of_another_form__is_found(kind: DocumentType, number: str) -> None:
    assert fault(kind, number) is NumberFault.FORM


HKIDS = st.builds(
    str.__add__,
    st.text(LETTERS, min_size=1, max_size=2),
    st.text(DIGITS, min_size=6, max_size=6),
)
BIRTHS = st.dates(date(1900, 1, 1), date(2021, 12, 13)).map(lambda born: f"{born:%Y%m%d}")
CITIZENS = st.builds(
    lambda division, born, serial: division + born + serial,
    st.text(DIGITS, min_size=6, max_size=6),
    BIRTHS,
    st.text(DIGITS, min_size=3, max_size=3),
)


@given(number=HKIDS, data=st.data())
def test_hkid__one_wrong_character_or_two_exchanged__is_always_found(
    number: str, data: st.DataObject
) -> None:
    full = number + hkid_check_digit(number)
    assert fault(DocumentType.HKID, full) is None
    place = data.draw(st.integers(0, len(full) - 1))
    # Letters that lie eleven apart count alike: so the card's own rule has it.
    others = DIGITS if full[place].isdigit() else LETTERS
    wrong = data.draw(
        st.sampled_from(others).filter(lambda each: (int(each, 36) - int(full[place], 36)) % 11)
    )
    assert fault(DocumentType.HKID, full[:place] + wrong + full[place + 1 :]) is not None
    first, second = full[len(number) - 2 : len(number)]
    if first != second:
        swapped = full[: len(number) - 2] + second + first + full[-1]
        assert fault(DocumentType.HKID, swapped) is NumberFault.CHECK_DIGIT


@given(number=CITIZENS, data=st.data())
def test_mainland_id__one_wrong_digit__is_always_found(number: str, data: st.DataObject) -> None:
    full = number + mainland_check_digit(number)
    assert fault(DocumentType.MAINLAND_ID, full, TODAY) is None
    place = data.draw(st.integers(0, 16))
    wrong = data.draw(st.sampled_from(DIGITS).filter(lambda each: each != full[place]))
    changed = full[:place] + wrong + full[place + 1 :]
    assert fault(DocumentType.MAINLAND_ID, changed) is NumberFault.CHECK_DIGIT


@given(kind=st.sampled_from(DocumentType), number=st.text(max_size=30))
def test_number__any_text__is_judged_without_an_exception(kind: DocumentType, number: str) -> None:
    fault(kind, number, TODAY)
