"""Conformance vectors of health codes: good ones in every allowed form, one for each defect."""

import zlib
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from credential_examples import (
    HEALTH_CODE_KEY,
    NOW,
    health_code_claims,
    message_of,
    text_of,
    text_of_stream,
)
from own_code_defects import Sample, defects, twin_of
from own_vector import Vector, bad, good
from vector_gate import CODE, HOLDER_TAG, OTHER_HOLDER_TAG, PASS, REVOKED_INDEX, WITHDRAWN_AT

from tongguan.core.credentials.cwt import EXPIRES_AT
from tongguan.core.credentials.faults import ReadFault
from tongguan.core.credentials.status_list import CAPACITY_MAX
from tongguan.core.gate.health_checks import CLOCKS_DIFFER_MAX, NOT_YET_VALID
from tongguan.core.health.code import MEDIA_TYPE, encode_health_code
from tongguan.core.health.colour_names import Colour
from tongguan.core.reasons import ReasonCode

KIND = "code"
SAMPLE = Sample(kind=KIND, text=CODE, key=HEALTH_CODE_KEY, media_type=MEDIA_TYPE, other=PASS)
_SECOND = timedelta(seconds=1)


def health_code_vectors() -> Iterator[Vector]:
    """Every vector that is read as a health code."""
    yield from _good()
    yield from defects(SAMPLE)
    yield from _bad_claims()
    yield from _refused()


def _text(**changes: Any) -> str:
    claims = health_code_claims(**{"holder_tag": HOLDER_TAG, **changes})
    return encode_health_code(claims, HEALTH_CODE_KEY)


def _good() -> Iterator[Vector]:
    message, twin = message_of(CODE), twin_of(CODE)
    claims = health_code_claims(holder_tag=HOLDER_TAG)
    for name, about, *texts in (
        ("green", "a code that is green", CODE),
        ("cwt_tag", "the CWT tag 61 around the message", text_of(b"\xd8\x3d" + message)),
        (
            "stored",
            "a zlib stream of level 0: another text, the same code",
            text_of_stream(zlib.compress(message, 0)),
        ),
        ("twin_signature", "the signature (r, n - s): another text, the same code", twin),
        ("twin_after_it", "a code may be shown as often as one likes", CODE, twin),
    ):
        yield good(KIND, name, about, *texts, claims=claims)
    dates = {"issued_at": NOW + CLOCKS_DIFFER_MAX, "valid_until": NOW + timedelta(hours=1)}
    claims = health_code_claims(holder_tag=HOLDER_TAG, **dates)
    about = "dated as much later as clocks may differ"
    yield good(KIND, "by_a_clock_ahead", about, _text(**dates), claims=claims)
    ends = {"valid_until": NOW + _SECOND}
    claims = health_code_claims(holder_tag=HOLDER_TAG, **ends)
    yield good(KIND, "last_second", "the second before its end", _text(**ends), claims=claims)
    name, about = "last_second_of_recognition", "a second before its issuer is recognised no more"
    claims, at = health_code_claims(holder_tag=HOLDER_TAG), WITHDRAWN_AT - _SECOND
    yield good(KIND, name, about, CODE, claims=claims, at=at)


def _bad_claims() -> Iterator[Vector]:
    for name, about, number, value in (
        ("colour_unknown", "a fourth colour", 1, 3),
        ("colour_text", "a colour as text", 1, "green"),
        ("rule_version_empty", "no rule version", 2, ""),
        ("holder_tag_cut", "a holder tag of eleven bytes", 3, bytes(11)),
        ("month_unknown", "a thirteenth month", 4, "2021-13"),
        ("month_of_another_century", "a month of 1921", 4, "1921-12"),
        ("status_list_with_space", "a list of two words", 5, "two words"),
        ("status_index_too_high", "an index of no list", 6, CAPACITY_MAX),
        ("own_one_too_many", "a claim of ours that there is not", 7, 0),
    ):
        text = SAMPLE.own_changed(number, value)
        yield bad(KIND, ReadFault.UNREADABLE_CLAIMS, f"claims_{name}", about, text)
    issued = int(health_code_claims().issued_at.timestamp())
    text, about = SAMPLE.changed(EXPIRES_AT, issued), "ends when it is issued"
    yield bad(KIND, ReadFault.UNREADABLE_CLAIMS, "claims_reversed_dates", about, text)


def _refused() -> Iterator[Vector]:
    """Well signed, and still of no use here and now."""
    about = "its end, which is excluded"
    text = _text(valid_until=NOW)
    yield bad(KIND, ReasonCode.HEALTH_CODE_EXPIRED, "expired", about, text)
    about, later = "dated later than any clock may differ", NOW + CLOCKS_DIFFER_MAX + _SECOND
    text = _text(issued_at=later, valid_until=later + _SECOND)
    yield bad(KIND, NOT_YET_VALID, "not_yet_valid", about, text)
    about = "an index that is set in the status list"
    text = _text(status_index=REVOKED_INDEX)
    yield bad(KIND, ReasonCode.HEALTH_CODE_REVOKED, "revoked", about, text)
    about = "a status list that the gate does not have"
    text = _text(status_list="health-code-2")
    yield bad(KIND, ReasonCode.STATUS_LIST_MISSING, "status_list_unknown", about, text)
    about = "the tag of another document"
    text = _text(holder_tag=OTHER_HOLDER_TAG)
    yield bad(KIND, ReasonCode.HEALTH_CODE_OTHER_HOLDER, "of_another_holder", about, text)
    reason, about = ReasonCode.HEALTH_CODE_NOT_RECOGNISED, "the very text of good/green, later"
    yield bad(KIND, reason, "issuer_withdrawn", about, CODE, at=WITHDRAWN_AT)
    reason = ReasonCode.HEALTH_CODE_NOT_GREEN
    for colour in (Colour.AMBER, Colour.RED):
        yield bad(KIND, reason, colour.value, f"a code that is {colour}", _text(colour=colour))
    red = _text(colour=Colour.RED, issued_at=NOW - timedelta(hours=1), code_id=bytes(16))
    about = "an earlier green one beside a later red one"
    yield bad(KIND, reason, "green_beside_later_red", about, CODE, red)
