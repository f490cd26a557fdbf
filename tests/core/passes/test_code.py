"""The pass as a code: small enough to scan, sound under its key, and nothing else ever."""

import random
import zlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import zxingcpp
from credential_examples import (
    HEALTH_CODE_KEY,
    PASS_KEY,
    health_code_claims,
    message_from,
    message_of,
    parts_of,
    pass_claims,
    signed_by_hand,
    stream_of,
    text_of,
    text_of_stream,
    values_of,
)
from credential_test_keys import (
    GD,
    HK,
    NOT_AFTER,
    NOT_BEFORE,
    authority_test_keys,
    public_test_key,
    signing_test_key,
    trusted_test_keys,
)
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tongguan.adapters.barcode import qr_version
from tongguan.core.credentials import container
from tongguan.core.credentials.cwt import CODE_ID, ISSUED_AT, ISSUER, OWN_CLAIMS
from tongguan.core.credentials.faults import ReadFault, Unreadable
from tongguan.core.credentials.keys import KeyNotUsableError, KeySet, KeyState, KeyUse
from tongguan.core.health.code import encode_health_code
from tongguan.core.identifiers import PassId
from tongguan.core.passes.claims import PassClaims, name_on_pass
from tongguan.core.passes.code import (
    COMPRESSED_BYTES_MAX,
    MEDIA_TYPE,
    PassTooLargeError,
    encode_pass,
    read_pass,
)
from tongguan.core.scheme.model import Leg

KEYS = trusted_test_keys()
GROUP_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
LATIN_NAME = "WOLFESCHLEGELSTEINHAUSENBERGERDORFF J Q"
CHINESE_NAME = "買買提艾力克孜阿卜杜熱依木圖爾蓀尼牙孜汗"
INSTANTS = st.integers(0, 2**32 - 1).map(lambda s: datetime.fromtimestamp(s, UTC))
IDENTIFIERS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=40)
NAMES = st.text(max_size=40).map(name_on_pass).filter(bool)


@st.composite
def any_claims(draw: st.DrawFn) -> PassClaims:
    day = draw(st.dates(date(1971, 1, 1), date(2100, 1, 1)))
    midnight = datetime.combine(day, datetime.min.time(), UTC)
    start = midnight + timedelta(minutes=draw(st.integers(-2880, 2880)))
    leg = draw(st.sampled_from(Leg))
    home_days = st.none() | st.dates(date(1971, 1, 1), date(2100, 1, 1))
    return pass_claims(
        pass_id=PassId(draw(st.binary(min_size=16, max_size=16))),
        version_digest=draw(st.binary(min_size=8, max_size=8)),
        holder_tag=draw(st.binary(min_size=12, max_size=12)),
        scheme_id=draw(IDENTIFIERS),
        category=draw(IDENTIFIERS),
        leg=leg,
        home_day=None if leg is Leg.HOME else draw(home_days),
        service_day=day,
        slot_start=start,
        slot_end=start + timedelta(minutes=draw(st.integers(1, 1440))),
        name=draw(NAMES),
        status_index=draw(st.integers(0, 2**20 - 1)),
        issued_at=draw(
            INSTANTS.filter(lambda at: NOT_BEFORE <= at < NOT_AFTER) | st.just(NOT_BEFORE)
        ),
        not_before=draw(st.none() | INSTANTS),
        expires_at=draw(INSTANTS),
    )


def code_of(read: object) -> ReadFault | None:
    return read.code if isinstance(read, Unreadable) else None


def changed(**own: Any) -> str:
    """A pass signed over claims of which some were changed: ``own_3`` in the inner map."""
    values = values_of(encode_pass(pass_claims(), PASS_KEY))
    for name, value in own.items():
        place = values[OWN_CLAIMS] if name.startswith("own_") else values
        number = int(name.rpartition("_")[2])
        if value is None:
            del place[number]
        else:
            place[number] = value
    return text_of(signed_by_hand(values, media_type=MEDIA_TYPE))


@given(any_claims())
@settings(max_examples=60)
def test_pass__round_trips(claims: PassClaims) -> None:
    read = read_pass(encode_pass(claims, PASS_KEY), KEYS)
    assert isinstance(read, PassClaims)
    assert claims.name.startswith(read.name)
    assert replace(read, name=claims.name) == claims


@pytest.mark.parametrize("name", [LATIN_NAME, CHINESE_NAME + "汗x"], ids=["latin", "chinese"])
def test_pass__fits__with_the_longest_names_whole(name: str) -> None:
    claims = pass_claims(
        name=name,
        scheme_id="hk-gd-2021-assumed",
        control_point="SZBCODE8",
        category="non-business",
        direction="GUANGDON-HONGKONG",
        status_list="pass",
        status_index=2**20 - 1,
        not_before=pass_claims().slot_start,
    )
    text = encode_pass(claims, PASS_KEY)
    assert len(stream_of(text)) <= COMPRESSED_BYTES_MAX
    assert qr_version(text) <= 15
    assert read_pass(text, KEYS) == claims


def longest(name: str, seed: int) -> PassClaims:
    random_ = random.Random(seed)

    def identifier(length: int) -> str:
        return "".join(random_.choices("abcdefghijklmnopqrstuvwxyz0123456789-", k=length))

    return pass_claims(
        pass_id=PassId(random_.randbytes(16)),
        version_digest=random_.randbytes(8),
        holder_tag=random_.randbytes(12),
        scheme_id=identifier(40),
        category=identifier(40),
        control_point=identifier(40),
        status_index=2**20 - 1,
        name=name,
    )


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("name", [LATIN_NAME, CHINESE_NAME + "汗x"], ids=["latin", "chinese"])
def test_pass__fits__with_random_identifiers_of_forty(name: str, seed: int) -> None:
    claims = longest(name, seed)
    text = encode_pass(claims, PASS_KEY)
    assert len(stream_of(text)) <= COMPRESSED_BYTES_MAX
    assert qr_version(text) <= 15
    read = read_pass(text, KEYS)
    assert isinstance(read, PassClaims)
    assert name.startswith(read.name)
    assert len(read.name.encode()) >= 30
    assert replace(read, name=name) == claims


@pytest.mark.parametrize("name", [LATIN_NAME, CHINESE_NAME], ids=["latin", "chinese"])
def test_pass__scans__from_a_picture_of_its_code(name: str) -> None:
    text = encode_pass(longest(name, 1), PASS_KEY)
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    read = zxingcpp.read_barcode(code.to_image(scale=4))
    assert read is not None
    assert (read.text, read.ec_level) == (text, "M")


def test_pass__is_too_large__when_identifiers_leave_no_room_for_a_name() -> None:
    with pytest.raises(PassTooLargeError):
        encode_pass(
            replace(longest("陳大文", 1), status_list="".join(map(chr, range(40, 80)))), PASS_KEY
        )


def twin_of(text: str) -> str:
    """The same pass under the other signature that every ECDSA signature has."""
    *others, signature = parts_of(text)
    s = GROUP_ORDER - int.from_bytes(signature[32:])
    return text_of(message_from([*others, signature[:32] + s.to_bytes(32)]))


def test_pass__is_the_same_pass__in_each_of_its_texts() -> None:
    text = encode_pass(pass_claims(), PASS_KEY)
    message = message_of(text)
    texts = {text, twin_of(text), text_of(b"\xd8\x3d" + message)}
    texts |= {text_of_stream(zlib.compress(message, level)) for level in range(10)}
    assert len(texts) > 4
    assert {read_pass(each, KEYS) for each in texts} == {pass_claims()}


def test_pass__is_signed__with_the_same_text_again() -> None:
    assert encode_pass(pass_claims(), PASS_KEY) == encode_pass(pass_claims(), PASS_KEY)


TEXT = encode_pass(pass_claims(), PASS_KEY)


@given(st.integers(0, len(TEXT) - 1), st.characters(min_codepoint=32, max_codepoint=126))
@settings(max_examples=300)
def test_pass__says_nothing_else__with_any_character_changed(at: int, character: str) -> None:
    assume(TEXT[at] != character)
    read = read_pass(TEXT[:at] + character + TEXT[at + 1 :], KEYS)
    assert isinstance(read, Unreadable) or read == pass_claims()


@given(st.data())
@settings(max_examples=300)
def test_pass__says_nothing_else__with_any_byte_of_the_message_changed(data: st.DataObject) -> None:
    message = bytearray(message_of(TEXT))
    at = data.draw(st.integers(0, len(message) - 1))
    message[at] ^= data.draw(st.integers(1, 255))
    read = read_pass(text_of(bytes(message)), KEYS)
    assert code_of(read) in {
        ReadFault.UNREADABLE_COSE,
        ReadFault.WRONG_TYPE,
        ReadFault.UNKNOWN_KEY,
        ReadFault.BAD_SIGNATURE,
    }


@given(st.text(max_size=200), st.binary(max_size=200))
def test_pass__answers_any_text(text: str, data: bytes) -> None:
    for each in (text, "TG1:" + text, text_of_stream(data), text_of(data), text_of(b"\xd2" + data)):
        assert isinstance(read_pass(each, KEYS), Unreadable)


@pytest.mark.parametrize(
    "change",
    [
        {"_5": "now"},
        {"_4": -1},
        {"_4": 2**32},
        {"_6": None},
        {"_6": 1.5},
        {"_7": b"short"},
        {"_7": None},
        {"_8": 1},
        {"_1": ""},
        {"_1": 7},
        {"_65537": []},
        {"own_2": bytes(9)},
        {"own_3": ""},
        {"own_4": 2},
        {"own_4": "home"},
        {"own_6": -1},
        {"own_6": 2**40},
        {"own_7": 5000},
        {"own_7": 100_000},
        {"own_8": 0},
        {"own_8": 1441},
        {"own_9": "two words"},
        {"own_10": ""},
        {"own_10": "x" * 65},
        {"own_10": "a\nb"},
        {"own_10": b"bytes"},
        {"own_11": bytes(13)},
        {"own_12": "x" * 41},
        {"own_13": 2**20},
        {"own_14": "tomorrow"},
        {"own_15": 1},
        {"own_1": None},
    ],
    ids=str,
)
def test_pass__is_refused__with_claims_of_another_kind(change: dict[str, Any]) -> None:
    if "_65537" in change:
        values = values_of(TEXT) | {OWN_CLAIMS: change["_65537"]}
        read = read_pass(text_of(signed_by_hand(values, media_type=MEDIA_TYPE)), KEYS)
    else:
        read = read_pass(changed(**change), KEYS)
    assert code_of(read) is ReadFault.UNREADABLE_CLAIMS


@pytest.mark.parametrize(
    "payload", [b"", b"\x80", b"\xa0", b"\xc1\xa0", b"\xa1\x01\x01\x00", b"\xff"]
)
def test_pass__is_refused__with_a_payload_that_is_none(payload: bytes) -> None:
    text = text_of(signed_by_hand(payload, media_type=MEDIA_TYPE))
    assert code_of(read_pass(text, KEYS)) is ReadFault.UNREADABLE_CLAIMS


def test_pass__is_refused__under_a_key_nobody_knows() -> None:
    assert code_of(read_pass(TEXT, KeySet())) is ReadFault.UNKNOWN_KEY
    assert code_of(read_pass(TEXT, authority_test_keys(GD))) is ReadFault.UNKNOWN_KEY


@pytest.mark.parametrize("state", [KeyState.PREPARED, KeyState.REVOKED])
def test_pass__is_refused__under_a_key_that_does_not_count(state: KeyState) -> None:
    keys = KeySet(keys=(replace(PASS_KEY.public, state=state),))
    assert code_of(read_pass(TEXT, keys)) is ReadFault.KEY_NOT_VALID


def test_pass__is_read__under_a_retired_key_when_issued_before() -> None:
    retired = replace(
        PASS_KEY.public, state=KeyState.RETIRED, not_after=datetime(2021, 12, 11, tzinfo=UTC)
    )
    assert read_pass(TEXT, KeySet(keys=(retired,))) == pass_claims()
    earlier = replace(retired, not_after=pass_claims().issued_at)
    assert code_of(read_pass(TEXT, KeySet(keys=(earlier,)))) is ReadFault.KEY_NOT_VALID
    later = replace(retired, not_before=pass_claims().issued_at + timedelta(seconds=1))
    assert code_of(read_pass(TEXT, KeySet(keys=(later,)))) is ReadFault.KEY_NOT_VALID


@pytest.mark.parametrize(
    "use", [use for use in KeyUse if use not in (KeyUse.PASS, KeyUse.AGREEMENT)]
)
def test_pass__is_refused__under_a_key_for_another_use(use: KeyUse) -> None:
    key = signing_test_key(use)
    text = text_of(signed_by_hand(values_of(TEXT), media_type=MEDIA_TYPE, key=key))
    assert code_of(read_pass(text, KEYS)) is ReadFault.KEY_NOT_VALID
    with pytest.raises(KeyNotUsableError):
        encode_pass(pass_claims(), key)


def test_pass__is_refused__under_the_key_of_another_authority() -> None:
    key = signing_test_key(KeyUse.PASS, GD)
    text = text_of(signed_by_hand(values_of(TEXT), media_type=MEDIA_TYPE, key=key))
    assert code_of(read_pass(text, KEYS)) is ReadFault.KEY_NOT_VALID
    with pytest.raises(KeyNotUsableError):
        encode_pass(pass_claims(), key)


def test_pass__is_refused__under_the_signature_of_another_key() -> None:
    other = replace(signing_test_key(KeyUse.PASS, label="forged"))
    header = {1: -7, 4: PASS_KEY.public.key_id, 16: MEDIA_TYPE}
    message = signed_by_hand(values_of(TEXT), media_type=MEDIA_TYPE, key=other, header=header)
    assert code_of(read_pass(text_of(message), KEYS)) is ReadFault.BAD_SIGNATURE


def test_pass__is_not_read__from_a_health_code() -> None:
    text = encode_health_code(health_code_claims(), HEALTH_CODE_KEY)
    assert code_of(read_pass(text, KEYS)) is ReadFault.WRONG_TYPE


def test_pass__is_not_signed__by_a_key_that_may_not() -> None:
    retired = replace(PASS_KEY, public=replace(PASS_KEY.public, state=KeyState.RETIRED))
    with pytest.raises(KeyNotUsableError):
        encode_pass(pass_claims(), retired)
    with pytest.raises(KeyNotUsableError):
        encode_pass(pass_claims(issued_at=NOT_AFTER), PASS_KEY)


def test_pass__carries__the_names_of_its_format() -> None:
    values = values_of(TEXT)
    assert values[ISSUER] == HK
    assert values[CODE_ID] == pass_claims().pass_id
    assert values[ISSUED_AT] == int(pass_claims().issued_at.timestamp())
    assert MEDIA_TYPE.encode() in message_of(TEXT)
    assert public_test_key(KeyUse.PASS).key_id in message_of(TEXT)
    assert TEXT.startswith(container.PREFIX)
