"""Numbers of identity documents: their forms, and the check digits of those that have one.

What a number looks like is said as widely as it was ever issued: a real document is never refused
for its number, and what can be told from a slip of the pen is.
"""

import re
from datetime import date
from enum import StrEnum

from tongguan.core.credentials.holder import normalised_document_number
from tongguan.core.people import Document, DocumentType


class NumberFault(StrEnum):
    """What is wrong with a number."""

    BIRTH_DATE = "birth_date"
    """The day of birth in it is no day, or not one on which a living person was born."""
    CHECK_DIGIT = "check_digit"
    FORM = "form"
    """No document of this type has a number of this form."""


_FORMS = {
    # One letter or two, six digits, and the check digit, which is printed in brackets.
    DocumentType.HKID: re.compile(r"([A-Z]{1,2})([0-9]{6})([0-9A])"),
    # GB 11643: division, day of birth, serial number, check digit.
    DocumentType.MAINLAND_ID: re.compile(r"([0-9]{6})([0-9]{8})([0-9]{3})([0-9X])"),
    # Eight digits for life; on cards made before 2013 two more that count the replacements, and
    # by which nobody is another person (``lasting_number``).
    # http://lhoil.com/law/law_view.asp?id=324224 (Ministry of Public Security, 10 March 2010)
    DocumentType.HOME_RETURN_PERMIT: re.compile(r"[HM][0-9]{8}([0-9]{2})?"),
    # C with eight digits, and when those had run out, another letter in place of the first digit;
    # booklets of before 2014 begin with other letters.
    # http://www.afdelivr.top/fuwu/2018-12/10/content_5347351.htm (a copy of the National
    # Immigration Administration's notice of 10 December 2018)
    DocumentType.EXIT_ENTRY_PERMIT: re.compile(r"[A-Z][A-Z0-9][0-9]{7}"),
    # Nine characters fit in the zone that machines read (ICAO 9303, part 4).
    DocumentType.PASSPORT: re.compile(r"[A-Z0-9]{6,9}"),
}
_HKID_WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2)
_HKID_DIGITS = "0123456789A"
_HKID_SPACE = 36
_MAINLAND_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_MAINLAND_DIGITS = "10X98765432"
_AGE_MAX = 130


def number_fault(document: Document, *, today: date | None = None) -> NumberFault | None:
    """What is wrong with a document's number, however it is spaced; ``None`` when nothing is.

    With ``today`` a day of birth must lie before it, within the age that anyone has reached.
    """
    number = normalised_document_number(document.number)
    if _FORMS[document.type].fullmatch(number) is None:
        return NumberFault.FORM
    match document.type:
        case DocumentType.HKID:
            is_right = number[-1] == hkid_check_digit(number[:-1])
            return None if is_right else NumberFault.CHECK_DIGIT
        case DocumentType.MAINLAND_ID:
            if number[-1] != mainland_check_digit(number[:-1]):
                return NumberFault.CHECK_DIGIT
            return None if _is_birth(number[6:14], today) else NumberFault.BIRTH_DATE
    return None


def hkid_check_digit(number: str) -> str:
    """The check digit of a Hong Kong identity card number without it, such as ``3`` of ``A123456``.

    With its weight of 1 it makes the weighted sum a multiple of 11; a letter counts from A = 10,
    and the place of a letter that is not there counts as 36.
    http://hong.ddns.net/index.php/2019/05/20/hong-kong-id
    """
    values = [int(each, 36) for each in number]
    if len(values) < len(_HKID_WEIGHTS):
        values.insert(0, _HKID_SPACE)
    total = sum(value * weight for value, weight in zip(values, _HKID_WEIGHTS, strict=True))
    return _HKID_DIGITS[-total % 11]


def mainland_check_digit(number: str) -> str:
    """The check digit of the first 17 digits of a citizen's number (GB 11643-1999, mod 11-2)."""
    digits = [int(each) for each in number]
    total = sum(digit * weight for digit, weight in zip(digits, _MAINLAND_WEIGHTS, strict=True))
    return _MAINLAND_DIGITS[total % 11]


def _is_birth(digits: str, today: date | None) -> bool:
    try:
        born = date.fromisoformat(f"{digits[:4]}-{digits[4:6]}-{digits[6:]}")
    except ValueError:
        return False
    return today is None or (born <= today and today.year - born.year <= _AGE_MAX)
