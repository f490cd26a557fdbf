"""Issuers of cards: read from what they publish, and from nothing else."""

import base64
import json
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from tests.builders.cards import (
    ISSUER,
    KEY,
    OTHER_ISSUER,
    OTHER_KEY,
    base64url,
    certificate,
    jwk,
    key_id,
    key_set,
    key_set_path,
    revocation_list,
)
from tongguan.core.certificates.card_issuers import (
    CardIssuers,
    card_issuers_from,
    read_revocation_list,
    thumbprint,
)

PATH = key_set_path()


def chain_of(pem: bytes) -> list[str]:
    der = x509.load_pem_x509_certificate(pem).public_bytes(serialization.Encoding.DER)
    return [base64.b64encode(der).decode()]


def key_ids(files: dict[str, bytes]) -> list[str]:
    return [key.key_id for key in card_issuers_from(files).keys]


def test_thumbprint__is__that_of_the_published_example() -> None:
    """The key and its id stand in the specification of SMART Health Cards."""
    x, y = (
        base64.urlsafe_b64decode(each + "=")
        for each in (
            "11XvRWy1I2S0EyJlyf_bWfw_TQ5CJJNLw78bHXNxcgw",
            "eZXwxvO1hvCY0KucrPfKo7yAyMT6Ajc3N7OkAB6VYy8",
        )
    )
    assert thumbprint(x, y) == "3Kfdg-XwP-7gXyywtUfUADwBumDOPKMQx-iELL11W9s"


def test_issuers__hold__the_keys_of_a_published_set() -> None:
    issuers = card_issuers_from({PATH: key_set(jwk(KEY, crlVersion=2), jwk(OTHER_KEY))})
    key, other = issuers.keys
    assert (key.key_id, other.key_id) == (key_id(KEY), key_id(OTHER_KEY))
    assert (key.addresses, key.owner, key.list_counter) == (frozenset({ISSUER}), ISSUER, 2)
    assert other.list_counter is None
    assert issuers.owners_of(key.key_id, ISSUER) == (key,)
    assert issuers.owners_of(key.key_id, OTHER_ISSUER) == ()
    assert issuers.find("x") == ()


x, y = jwk(KEY)["x"], jwk(KEY)["y"]
BAD_KEYS: list[Any] = [
    7,
    jwk(KEY, kty="RSA"),
    jwk(KEY, kty=None),
    jwk(KEY, crv="P-384"),
    jwk(KEY, use="enc"),
    jwk(KEY, use=None),
    jwk(KEY, alg="ES384"),
    jwk(KEY, kid=key_id(OTHER_KEY)),
    jwk(KEY, kid=None),
    jwk(KEY, d=base64url(bytes(32))),
    jwk(KEY, x=y),
    jwk(KEY, x=None),
    jwk(KEY, x=7),
    jwk(KEY, x=x + "="),
    jwk(KEY, x="AA" + x),
    jwk(KEY, x=x[:-1] + "é"),
    jwk(KEY, y=base64url(bytes(32))),
    jwk(KEY, x5c=[]),
    jwk(KEY, x5c=7),
    jwk(KEY, x5c=["é"]),
    jwk(KEY, x5c=["AAAA"]),
    jwk(KEY, x5c=chain_of(certificate(OTHER_KEY))),
    jwk(ec.derive_private_key(7, ec.SECP384R1()), kid=key_id(KEY)),
]


@pytest.mark.parametrize("bad", BAD_KEYS)
def test_issuers__leave_out__a_key_that_signs_no_cards(bad: Any) -> None:
    document = json.dumps({"keys": [bad, jwk(OTHER_KEY)]}).encode()
    assert key_ids({PATH: document}) == [key_id(OTHER_KEY)]


def test_set__belongs__to_whom_its_path_or_a_certificate_in_it_names() -> None:
    bare, with_chain = jwk(KEY), jwk(OTHER_KEY, x5c=chain_of(certificate(OTHER_KEY)))
    by_path = card_issuers_from({key_set_path(OTHER_ISSUER): key_set(bare)})
    assert by_path.keys[0].addresses == {OTHER_ISSUER}
    by_certificate = card_issuers_from({"any.json": key_set(bare, with_chain)})
    assert [key.addresses for key in by_certificate.keys] == [{ISSUER}, {ISSUER}]
    assert by_certificate.keys[1].certificate is None, "the issuer itself publishes the key"
    assert key_ids({"any.json": key_set(bare)}) == []
    assert key_ids({"issuer/.well-known/jwks.json": key_set(bare)}) == []
    assert key_ids({"../a.example/.well-known/jwks.json": key_set(bare)}) == []


def test_certificate__gives__its_key_with_its_addresses() -> None:
    (key,) = card_issuers_from({"a.pem": b"text\n" + certificate() + b"\n"}).keys
    assert (key.key_id, key.owner, key.addresses) == (key_id(KEY), ISSUER, {ISSUER})
    assert key.certificate is not None
    (unnamed,) = card_issuers_from({"a.pem": certificate(address=None)}).keys
    assert (unnamed.owner, unnamed.addresses) == ("Example clinic", frozenset())
    assert key_ids({"a.pem": certificate(ec.derive_private_key(7, ec.SECP384R1()))}) == []


def test_certificate_without_address__speaks__for_nobody_known() -> None:
    issuers = card_issuers_from({"a.pem": certificate(address=None), PATH: key_set(jwk(OTHER_KEY))})
    assert issuers.owners_of(key_id(KEY), ISSUER) == ()
    assert len(issuers.owners_of(key_id(KEY), "https://nobody.example")) == 1
    assert issuers.owners_of(key_id(OTHER_KEY), "https://nobody.example") == ()


def test_key__may_have__several_owners() -> None:
    files = {PATH: key_set(jwk(KEY)), key_set_path(OTHER_ISSUER): key_set(jwk(KEY))}
    issuers = card_issuers_from(files)
    owners = [issuers.owners_of(key_id(KEY), each)[0].owner for each in (ISSUER, OTHER_ISSUER)]
    assert owners == [ISSUER, OTHER_ISSUER]


def test_list__is_the_newest__of_its_key() -> None:
    files = {"a": revocation_list("old", counter=1), "b": revocation_list("new", counter=2)}
    for order in (files, {"a": files["b"], "b": files["a"]}):
        known = card_issuers_from(order).list_of(key_id(KEY))
        assert known is not None
        assert set(known.revoked_before) == {"new"}
    assert card_issuers_from(files).list_of(key_id(OTHER_KEY)) is None


@pytest.mark.parametrize(
    "changes",
    [{"kid": 7}, {"method": "x"}, {"ctr": "1"}, {"ctr": True}, {"ctr": -1}, {"rids": {}}],
)
def test_list__is_none__in_another_form(changes: dict[str, Any]) -> None:
    sound = json.loads(revocation_list("abc"))
    assert read_revocation_list(sound) is not None
    assert read_revocation_list({**sound, **changes}) is None


@given(st.dictionaries(st.text(max_size=5), st.binary(max_size=60), max_size=3))
def test_issuers__are_none__in_rubbish(files: dict[str, bytes]) -> None:
    assert card_issuers_from(files) == CardIssuers()


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["keys", "kid", "x5c", "x", "kty", "rids", "ctr"]),
                inner,
                max_size=4,
            )
        ),
    )
)
def test_issuers__are_none__in_rubbish_of_the_right_names(value: object) -> None:
    assert card_issuers_from({PATH: json.dumps(value).encode()}).keys == ()
