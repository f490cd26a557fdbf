"""Signed acts: what an authority did, proven, and nothing else believed."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric import ec

from tongguan.core.credentials import cose
from tongguan.core.credentials.faults import ReadFault, Unreadable
from tongguan.core.credentials.keys import (
    KeyNotUsableError,
    KeySet,
    KeyState,
    KeyUse,
    PublicKey,
    SigningKey,
    public_half,
)
from tongguan.core.identifiers import AuthorityId, PhaseId, SchemeId, VersionDigest, VersionId
from tongguan.core.scheme.acts import (
    MEDIA_TYPE,
    Act,
    ActKind,
    SignedAct,
    act_as_data,
    read_kept_act,
    read_received_act,
    read_signed_act,
    sign_act,
)
from tongguan.core.scheme.statements import UnsayableError
from tongguan.core.texts import Text

NOW = datetime(2021, 12, 13, 1, 0, tzinfo=UTC)
WEST = timezone(timedelta(hours=-8))
WHY = Text(zh_hant="防疫", zh_hans="防疫", en="Epidemic control")
PRIVATE = {name: ec.derive_private_key(n, ec.SECP256R1()) for n, name in enumerate("AB", 7)}


def _key(
    authority: str = "HK",
    *,
    use: KeyUse = KeyUse.SCHEME,
    state: KeyState = KeyState.ACTIVE,
    private: str = "A",
) -> SigningKey:
    public = PublicKey(
        authority=AuthorityId(authority),
        use=use,
        state=state,
        not_before=NOW - timedelta(days=30),
        not_after=NOW + timedelta(days=30),
        public=public_half(PRIVATE[private]),
    )
    return SigningKey(public=public, private=PRIVATE[private])


def _act(**changes: Any) -> Act:
    facts: dict[str, Any] = {
        "kind": ActKind.SUSPEND,
        "authority": AuthorityId("HK"),
        "scheme": SchemeId("hk-gd-2021"),
        "version": VersionId("hk-gd-2021-assumed"),
        "digest": VersionDigest("ab" * 32),
        "phase": PhaseId("pilot"),
        "at": NOW,
        "reason": WHY,
    }
    return Act(**facts | changes)


def _trusting(key: SigningKey) -> KeySet:
    return KeySet(keys=(key.public,))


def _fault(message: bytes, keys: KeySet) -> ReadFault:
    read = read_signed_act(message, keys)
    assert isinstance(read, Unreadable)
    return read.code


@pytest.mark.parametrize(
    "act",
    [
        _act(),
        _act(kind=ActKind.SIGN_VERSION, phase=None, reason=None),
        _act(kind=ActKind.ACTIVATE_PHASE, reason=None),
        _act(kind=ActKind.RESUME),
        _act(kind=ActKind.END_PHASE, last_day=date(2021, 12, 31)),
    ],
    ids=lambda act: act.kind.value,
)
def test_act__reads_back__when_its_key_is_trusted(act: Act) -> None:
    key = _key()
    signed = sign_act(act, key)
    assert read_signed_act(signed.message, _trusting(key)) == signed
    assert signed.act == act


@pytest.mark.parametrize(
    "changes",
    [
        {"at": NOW.replace(tzinfo=None)},
        {"at": NOW.replace(microsecond=1)},
        {"phase": None},
        {"kind": ActKind.SIGN_VERSION},
        {"reason": None},
        {"last_day": date(2021, 12, 31)},
        {"kind": ActKind.END_PHASE},
    ],
)
def test_act__cannot_be__without_what_its_kind_needs(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"act|phase|end|suspension"):
        _act(**changes)


def test_act__is_signed__only_by_its_own_authority_with_an_active_scheme_key() -> None:
    with pytest.raises(ValueError, match="its own statements"):
        sign_act(_act(), _key("GD"))
    with pytest.raises(KeyNotUsableError):
        sign_act(_act(), _key(use=KeyUse.PASS))
    with pytest.raises(KeyNotUsableError):
        sign_act(_act(), _key(state=KeyState.RETIRED))


@pytest.mark.parametrize(
    ("changes", "member"),
    [
        ({"reason": replace(WHY, en="")}, "reason/en"),
        ({"reason": replace(WHY, zh_hant="a\x00b")}, "reason/zh-Hant"),
        ({"reason": replace(WHY, en="x" * 100_000)}, "reason/en"),
        ({"reason": replace(WHY, en="\ud800")}, "UTF-8"),
        ({"until": datetime(9998, 1, 1, tzinfo=UTC)}, "until"),
        ({"until": datetime.max.replace(microsecond=0, tzinfo=WEST)}, "range"),
        ({"kind": ActKind.END_PHASE, "last_day": date(1, 1, 1)}, "last_day"),
        ({"version": VersionId("No Name")}, "version"),
    ],
)
def test_act__is_not_signed__unless_everybody_can_read_it(
    changes: dict[str, Any], member: str
) -> None:
    """What is kept is kept for ever: one that nobody reads would stop its own authority."""
    with pytest.raises(UnsayableError, match=member):
        sign_act(_act(**changes), _key())


def test_message__is_refused__under_an_unknown_revoked_or_other_key() -> None:
    message = sign_act(_act(), _key()).message
    assert _fault(message, KeySet()) is ReadFault.UNKNOWN_KEY
    assert _fault(message, _trusting(_key(state=KeyState.REVOKED))) is ReadFault.KEY_NOT_VALID
    assert _fault(message, _trusting(_key(use=KeyUse.PASS))) is ReadFault.KEY_NOT_VALID
    retired = _trusting(_key(state=KeyState.RETIRED))
    assert isinstance(read_signed_act(message, retired), SignedAct)


def test_message__is_refused__when_another_authority_s_key_signed_it() -> None:
    text = rfc8785.dumps(act_as_data(_act()))
    guangdong = _key("GD")
    forged = cose.sign(text, media_type=MEDIA_TYPE, key=guangdong, use=KeyUse.SCHEME, at=NOW)
    assert _fault(forged, _trusting(guangdong)) is ReadFault.KEY_NOT_VALID


def test_message__is_refused__when_dated_outside_its_key() -> None:
    key = _key()
    text = rfc8785.dumps(act_as_data(_act(at=NOW + timedelta(days=31))))
    message = cose.sign(text, media_type=MEDIA_TYPE, key=key, use=KeyUse.SCHEME, at=NOW)
    assert _fault(message, _trusting(key)) is ReadFault.KEY_NOT_VALID


def test_message__is_refused__with_any_byte_changed() -> None:
    key = _key()
    message = sign_act(_act(), key).message
    keys = _trusting(key)
    for index in range(0, len(message), 3):
        changed = message[:index] + bytes([message[index] ^ 1]) + message[index + 1 :]
        assert isinstance(read_signed_act(changed, keys), Unreadable)


def test_message__of_another_type__is_no_act() -> None:
    key = _key()
    text = rfc8785.dumps(act_as_data(_act()))
    message = cose.sign(text, media_type="application/other", key=key, use=KeyUse.SCHEME, at=NOW)
    assert _fault(message, _trusting(key)) is ReadFault.WRONG_TYPE


def _payloads() -> list[bytes]:
    data = act_as_data(_act())
    return [
        b"",
        b"\xff",
        b"[]",
        b"[" * 100_000,
        rfc8785.dumps({}),
        rfc8785.dumps({**data, "more": 1}),
        rfc8785.dumps({**data, "digest": "AB" * 32}),
        rfc8785.dumps({**data, "at": "2021-12-13"}),
        rfc8785.dumps({**data, "kind": "open"}),
        rfc8785.dumps({**data, "phase": None}),
        rfc8785.dumps({**data, "reason": {"en": "only"}}),
        json.dumps(data).encode(),
    ]


@pytest.mark.parametrize("payload", _payloads(), ids=range(len(_payloads())))
def test_payload__is_refused__unless_it_is_an_act_in_canonical_json(payload: bytes) -> None:
    key = _key()
    message = cose.sign(payload, media_type=MEDIA_TYPE, key=key, use=KeyUse.SCHEME, at=NOW)
    assert _fault(message, _trusting(key)) in {
        ReadFault.UNREADABLE_CLAIMS,
        ReadFault.UNREADABLE_COSE,
    }


def test_act__received_before__outlives_the_revocation_of_its_key() -> None:
    signed = sign_act(_act(), _key())
    revoked = _trusting(_key(state=KeyState.REVOKED))
    assert _fault(signed.message, revoked) is ReadFault.KEY_NOT_VALID
    assert read_received_act(signed.message, revoked) == signed
    assert read_kept_act(signed.message) == signed


def test_act__received_before__still_needs_the_signature_of_its_authority() -> None:
    signed = sign_act(_act(), _key())
    forged = signed.message[:-1] + bytes([signed.message[-1] ^ 1])
    for message, keys, code in (
        (forged, _trusting(_key()), ReadFault.BAD_SIGNATURE),
        (signed.message, KeySet(), ReadFault.UNKNOWN_KEY),
        (signed.message, _trusting(_key(use=KeyUse.PASS)), ReadFault.KEY_NOT_VALID),
        (signed.message, _trusting(_key("GD")), ReadFault.KEY_NOT_VALID),
        (b"x", _trusting(_key()), ReadFault.UNREADABLE_COSE),
    ):
        read = read_received_act(message, keys)
        assert isinstance(read, Unreadable)
        assert read.code is code
    with pytest.raises(ValueError, match="no application/tongguan-act"):
        read_kept_act(b"x")
