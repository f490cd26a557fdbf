"""Trust lists: what follows from keys, signed by their authority alone, read back as they were."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders.gate import hong_kong
from tests.builders.gate_bundle import GD, HK, authority
from tongguan.core.credentials.faults import ReadFault, Unreadable
from tongguan.core.credentials.keys import KeySet, KeyState, KeyUse
from tongguan.core.recognition.trust_lists import (
    LISTED,
    TrustList,
    read_kept_trust_list,
    read_received_trust_list,
    read_signed_trust_list,
    says_the_same,
    sign_trust_list,
    trust_list_digest,
    trust_list_of,
)

AT = hong_kong(12, "08:00")
KEYS = KeySet(keys=tuple(each.public for each in authority(GD).signing.values()))


def test_trust_list__names__the_keys_of_its_uses_and_no_others() -> None:
    made = trust_list_of(GD, KEYS, ("gd-1",), version=1, at=AT)

    for use in LISTED:
        assert made.key_ids(use) == {authority(GD).signing[use].public.key_id}
    for use in set(KeyUse) - set(LISTED):
        assert made.key_ids(use) == frozenset()
    assert trust_list_of(HK, KEYS, (), version=1, at=AT).health_code == ()


@pytest.mark.parametrize(
    ("state", "is_listed"), [(each, each is not KeyState.REVOKED) for each in KeyState]
)
def test_trust_list__leaves_out__revoked_keys_alone(state: KeyState, is_listed: bool) -> None:
    key = replace(authority(GD).signing[KeyUse.HEALTH_CODE].public, state=state)

    made = trust_list_of(GD, KeySet(keys=(key,)), (), version=1, at=AT)

    assert bool(made.health_code) is is_listed


def test_trust_list__signed__is_read_as_it_was() -> None:
    made = authority(GD).trust_list()

    message = authority(GD).signed_list()

    for read in (read_signed_trust_list, read_received_trust_list):
        found = read(message, KEYS)
        assert not isinstance(found, Unreadable)
        assert found.statement == made
        assert trust_list_digest(found.statement) == trust_list_digest(made)
    assert read_kept_trust_list(message).statement == made


def test_trust_list__is_refused__from_any_other_hand() -> None:
    message = authority(GD).signed_list()
    others = KeySet(keys=tuple(each.public for each in authority(HK).signing.values()))

    unknown = read_signed_trust_list(message, others)
    assert isinstance(unknown, Unreadable)
    assert unknown.code is ReadFault.UNKNOWN_KEY
    with pytest.raises(ValueError, match="its own statements only"):
        sign_trust_list(authority(GD).trust_list(), authority(HK).signing[KeyUse.SCHEME])
    revoked = replace(authority(GD).signing[KeyUse.SCHEME].public, state=KeyState.REVOKED)
    told = KeySet(keys=(revoked,))
    assert isinstance(read_signed_trust_list(message, told), Unreadable)
    assert not isinstance(read_received_trust_list(message, told), Unreadable)


def test_trust_list__of_other_keys_or_rules__says_something_else() -> None:
    made = authority(GD).trust_list()

    assert says_the_same(made, replace(made, version=2, at=AT + timedelta(days=1)))
    for changed in ({"facts": ()}, {"health_code": ()}, {"status_list": ()}, {"rules": ()}):
        other = replace(made, **changed)  # type: ignore[arg-type]
        assert not says_the_same(made, other)
        assert trust_list_digest(made) != trust_list_digest(other)


@pytest.mark.parametrize(
    "wrong",
    [
        {"at": AT.replace(tzinfo=None)},
        {"at": AT.replace(microsecond=1)},
        {"facts": ("b" * 64, "a" * 64)},
        {"health_code": ("a" * 64, "a" * 64)},
        {"rules": ("b", "a")},
    ],
)
def test_trust_list__that_could_not_be_read_back__is_not_made(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="trust list"):
        replace(authority(GD).trust_list(), **wrong)  # type: ignore[arg-type]


fingerprints = st.lists(
    st.binary(min_size=32, max_size=32).map(bytes.hex), max_size=5, unique=True
).map(lambda each: tuple(sorted(each)))
lists = st.builds(
    TrustList,
    authority=st.just(GD),
    version=st.integers(1, 1_000_000),
    at=st.just(AT),
    facts=fingerprints,
    health_code=fingerprints,
    status_list=fingerprints,
    rules=st.lists(st.text("abc-19", min_size=1, max_size=40), max_size=4, unique=True).map(
        lambda each: tuple(sorted(each))
    ),
)


@given(made=lists)
def test_any_trust_list__comes_back__from_its_message(made: TrustList) -> None:
    signed = sign_trust_list(made, authority(GD).signing[KeyUse.SCHEME])

    read = read_signed_trust_list(signed.message, KEYS)

    assert not isinstance(read, Unreadable)
    assert read.statement == made


@given(data=st.binary(max_size=60))
def test_reading__never_raises__whatever_the_bytes(data: bytes) -> None:
    assert isinstance(read_signed_trust_list(data, KEYS), Unreadable)
