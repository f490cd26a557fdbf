"""Conformance vectors of passes: good ones in every allowed form, one for each defect."""

import zlib
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from credential_examples import (
    NOW,
    PASS_KEY,
    message_of,
    pass_claims,
    text_of,
    text_of_stream,
    values_of,
)
from credential_test_keys import signing_test_key
from own_code_defects import Sample, defects, twin_of
from own_vector import Vector, bad, good
from vector_gate import CODE, HOLDER_TAG, OTHER_HOLDER_TAG, PASS, REVOKED_INDEX

from tongguan.core.credentials.faults import ReadFault
from tongguan.core.credentials.keys import KeyUse
from tongguan.core.credentials.status_list import CAPACITY_MAX
from tongguan.core.identifiers import DirectionId, SchemeId
from tongguan.core.passes.code import MEDIA_TYPE, encode_pass
from tongguan.core.reasons import ReasonCode

KIND = "pass"
SAMPLE = Sample(kind=KIND, text=PASS, key=PASS_KEY, media_type=MEDIA_TYPE, other=CODE)
_SECOND = timedelta(seconds=1)
_BEGINS = NOW - timedelta(minutes=30)
_ENDS = NOW + timedelta(minutes=30)


def pass_vectors() -> Iterator[Vector]:
    """Every vector that is read as a pass."""
    yield from _good()
    yield from defects(SAMPLE)
    yield from _bad_claims()
    yield from _refused()


def _text(**changes: Any) -> str:
    return encode_pass(pass_claims(holder_tag=HOLDER_TAG, **changes), PASS_KEY)


def _good() -> Iterator[Vector]:
    message = message_of(PASS)
    claims = pass_claims(holder_tag=HOLDER_TAG)
    for name, about, text in (
        ("plain", "a pass in our own form", PASS),
        ("cwt_tag", "the CWT tag 61 around the message", text_of(b"\xd8\x3d" + message)),
        (
            "stored",
            "a zlib stream of level 0: another text, the same pass",
            text_of_stream(zlib.compress(message, 0)),
        ),
        (
            "twin_signature",
            "the signature (r, n - s): another text, the same pass",
            twin_of(PASS),
        ),
        (
            "key_retired",
            "under a key that signs no more, but did",
            SAMPLE.signed(values_of(PASS), key=signing_test_key(KeyUse.PASS, label="retired")),
        ),
    ):
        yield good(KIND, name, about, text, claims=claims)
    changes: dict[str, Any] = {"name": "買買提艾力克孜阿卜杜熱依木圖爾蓀尼牙孜汗汗x"}
    longest = pass_claims(holder_tag=HOLDER_TAG, **changes)
    yield good(KIND, "longest_name", "64 bytes in UTF-8", _text(**changes), claims=longest)
    bounds = {"not_before": _BEGINS, "expires_at": _ENDS}
    text, claims = _text(**bounds), pass_claims(holder_tag=HOLDER_TAG, **bounds)
    about = "the first second from which it counts"
    yield good(KIND, "first_second", about, text, claims=claims, at=_BEGINS)
    about = "the second before its end"
    yield good(KIND, "last_second", about, text, claims=claims, at=_ENDS - _SECOND)


def _bad_claims() -> Iterator[Vector]:
    for name, about, number, value in (
        ("identifier_with_space", "a category of two words", 5, "two words"),
        ("identifier_too_long", "a scheme of 41 characters", 1, "x" * 41),
        ("leg_unknown", "a third leg", 4, 2),
        ("day_text", "a day as text", 6, "2021-12-13"),
        ("slot_empty", "a slot of no minutes", 8, 0),
        ("slot_of_another_day", "a slot three days later", 7, 3 * 1440),
        ("name_empty", "an empty name", 10, ""),
        ("name_too_long", "a name of 65 bytes", 10, "x" * 65),
        ("name_with_line_break", "a line break in the name", 10, "a\nb"),
        ("holder_tag_cut", "a holder tag of eleven bytes", 11, bytes(11)),
        ("status_index_too_high", "an index of no list", 13, CAPACITY_MAX),
        ("own_one_too_many", "a claim of ours that there is not", 15, 0),
    ):
        text = SAMPLE.own_changed(number, value)
        yield bad(KIND, ReadFault.UNREADABLE_CLAIMS, f"claims_{name}", about, text)


def _refused() -> Iterator[Vector]:
    """Well signed, and still of no use here and now."""
    bounded = _text(not_before=_BEGINS, expires_at=_ENDS)
    early, reason = _BEGINS - _SECOND, ReasonCode.TOO_EARLY
    yield bad(KIND, reason, "not_yet_valid", "a second before it counts", bounded, at=early)
    about = "its end, which is excluded"
    yield bad(KIND, ReasonCode.PASS_EXPIRED, "expired", about, bounded, at=_ENDS)
    about = "an index that is set in the status list"
    text = _text(status_index=REVOKED_INDEX)
    yield bad(KIND, ReasonCode.PASS_REVOKED, "revoked", about, text)
    about = "a status list that the gate does not have"
    text = _text(status_list="pass-2")
    yield bad(KIND, ReasonCode.STATUS_LIST_MISSING, "status_list_unknown", about, text)
    reason, about = ReasonCode.PASS_ALREADY_USED, "the first is let through, its twin is not"
    yield bad(KIND, reason, "twin_after_use", about, PASS, twin_of(PASS))
    about = "the same text once more"
    yield bad(KIND, reason, "twice", about, PASS, PASS)
    about = "the tag of another document"
    text = encode_pass(pass_claims(holder_tag=OTHER_HOLDER_TAG), PASS_KEY)
    yield bad(KIND, ReasonCode.PASS_OTHER_HOLDER, "of_another_holder", about, text)
    text = _text(scheme_id=SchemeId("hk-mainland-2023"))
    yield bad(KIND, ReasonCode.PASS_OTHER_SCHEME, "of_another_scheme", "in another scheme", text)
    text = _text(version_digest=bytes(8))
    about = "under a text of the scheme that nobody knows"
    yield bad(KIND, ReasonCode.PASS_TEXT_UNKNOWN, "of_an_unknown_text", about, text)
    text = _text(direction=DirectionId("GD-HK"))
    yield bad(KIND, ReasonCode.WRONG_DIRECTION, "of_another_direction", "the other way", text)
