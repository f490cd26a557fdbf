"""Whose SMART Health Cards are believed: issuers' keys, and what they revoked.

Keys come from what an issuer publishes (``.well-known/jwks.json``) or from certificates; lists of
what was revoked from ``.well-known/crl``. Both were fetched by whoever enrolled the issuer: neither
is signed, so where they come from is what makes them believed.
"""

import base64
import binascii
import hashlib
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeGuard

from cryptography.hazmat.primitives.asymmetric import ec

from tongguan.core.certificates.jws import ALGORITHM, from_base64url, to_base64url
from tongguan.core.certificates.strict_json import MalformedJsonError, read_strict_json
from tongguan.core.certificates.x509 import IssuerCertificate, read_certificate, read_pem

FILE_BYTES_MAX: Final = 16 * 1024 * 1024
_COORDINATE_BYTES: Final = 32
_CURVE: Final = "P-256"
_PEM_BEGINS: Final = b"-----BEGIN CERTIFICATE-----"
_REVOCATION_METHOD: Final = "rid"
_REVOKED = re.compile(r"([A-Za-z0-9_-]{1,24})(?:\.([0-9]{1,15}(?:\.[0-9]{1,9})?))?")
_MIRRORED = re.compile(r"([a-z0-9-]+(?:\.[a-z0-9-]+)+(?:/[^/]+)*)/\.well-known/jwks\.json")
"""A file that lies where a copy of the issuer's site has it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CardKey:
    """A P-256 key of an issuer of cards."""

    key_id: str
    """Its thumbprint (RFC 7638, SHA-256) in Base64 for URLs."""
    public_key: ec.EllipticCurvePublicKey = field(repr=False, compare=False)
    owner: str
    """The issuer's address, or the name in its certificate."""
    addresses: frozenset[str]
    """What its cards may name as their issuer; empty where the certificate says none."""
    certificate: IssuerCertificate | None = None
    """Where the key is believed because of it."""
    list_counter: int | None = None
    """How often the issuer has changed its list of revoked cards; None where it keeps none."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RevocationList:
    """The cards under one key that their issuer revoked."""

    key_id: str
    counter: int
    revoked_before: Mapping[str, float]
    """By revocation identifier; seconds since 1970, infinite where every card is revoked."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CardIssuers:
    """The keys and the lists that an authority enrolled; a key may have several owners."""

    keys: tuple[CardKey, ...] = ()
    lists: tuple[RevocationList, ...] = ()
    _keys: dict[str, tuple[CardKey, ...]] = field(init=False, repr=False, compare=False)
    _lists: dict[str, RevocationList] = field(init=False, repr=False, compare=False)
    _addresses: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        keys: dict[str, tuple[CardKey, ...]] = {}
        for key in dict.fromkeys(self.keys):
            keys[key.key_id] = (*keys.get(key.key_id, ()), key)
        lists: dict[str, RevocationList] = {}
        for each in self.lists:
            known = lists.get(each.key_id)
            if known is None or each.counter > known.counter:
                lists[each.key_id] = each
        object.__setattr__(self, "_keys", keys)
        object.__setattr__(self, "_lists", lists)
        addresses = frozenset(each for key in self.keys for each in key.addresses)
        object.__setattr__(self, "_addresses", addresses)

    def find(self, key_id: str) -> tuple[CardKey, ...]:
        """The key of this id, once for each of its owners."""
        return self._keys.get(key_id, ())

    def owners_of(self, key_id: str, address: str) -> tuple[CardKey, ...]:
        """The key of this id where it may speak for this address.

        A certificate without an address speaks for any that is not known to be somebody's: its
        owner is told by the certificate, not by the card.
        """
        keys = self.find(key_id)
        named = tuple(key for key in keys if address in key.addresses)
        if named or address in self._addresses:
            return named
        return tuple(key for key in keys if not key.addresses)

    def list_of(self, key_id: str) -> RevocationList | None:
        """The newest list of this key that is at hand."""
        return self._lists.get(key_id)


def card_issuers_from(files: Mapping[str, bytes]) -> CardIssuers:
    """The issuers in certificates (PEM), published key sets and lists of revoked cards.

    By path below the directory in which they lie; a file that is none of these is left out. A key
    set does not say whose it is: a certificate in it does, or its path in a copy of the issuer's
    site (``example.org/issuer/.well-known/jwks.json``).
    """
    keys: list[CardKey] = []
    lists: list[RevocationList] = []
    for path, content in sorted(files.items()):
        if len(content) > FILE_BYTES_MAX:
            continue
        if _PEM_BEGINS in content:
            read = (key_of_certificate(each) for each in read_pem(content))
            keys.extend(key for key in read if key is not None)
            continue
        document = _object_in(content)
        keys.extend(keys_of_set(document, address=_mirrored_address(path)))
        revoked = read_revocation_list(document)
        if revoked is not None:
            lists.append(revoked)
    return CardIssuers(keys=tuple(keys), lists=tuple(lists))


def key_of_certificate(certificate: IssuerCertificate) -> CardKey | None:
    """The key as its certificate gives it; None for a key that signs no cards."""
    key = certificate.public_key
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        return None
    numbers = key.public_numbers()
    return CardKey(
        key_id=thumbprint(
            numbers.x.to_bytes(_COORDINATE_BYTES), numbers.y.to_bytes(_COORDINATE_BYTES)
        ),
        public_key=key,
        owner=min(certificate.addresses, default=certificate.subject),
        addresses=certificate.addresses,
        certificate=certificate,
    )


def keys_of_set(document: Mapping[str, Any], *, address: str | None) -> tuple[CardKey, ...]:
    """The keys of an issuer's published set that sign cards and whose owner is known.

    The address is that under which the set was fetched, where that is known. A certificate beside
    a key must be of that key; its dates do not count, as the key is published by the issuer itself.
    """
    published = document.get("keys")
    if not isinstance(published, list):
        return ()
    read = [(jwk, _addresses_beside(jwk)) for jwk in published if _is_card_key(jwk)]
    of_all = frozenset([address]) if address else frozenset[str]().union(*(own for _, own in read))
    keys = (_key_of_jwk(jwk, addresses=own or of_all) for jwk, own in read)
    return tuple(key for key in keys if key is not None and key.addresses)


def read_revocation_list(document: Mapping[str, Any]) -> RevocationList | None:
    """The list of revoked cards; None for what is none. An entry that is none is left out."""
    key_id, rids = document.get("kid"), document.get("rids")
    counter = document.get("ctr")
    if not isinstance(key_id, str) or not isinstance(rids, list) or not _is_counter(counter):
        return None
    if document.get("method") != _REVOCATION_METHOD:
        return None
    revoked_before: dict[str, float] = {}
    for each in rids:
        match = _REVOKED.fullmatch(each) if isinstance(each, str) else None
        if match is not None:
            before = math.inf if match[2] is None else float(match[2])
            revoked_before[match[1]] = max(before, revoked_before.get(match[1], 0.0))
    return RevocationList(key_id=key_id, counter=counter, revoked_before=revoked_before)


def thumbprint(x: bytes, y: bytes) -> str:
    """The thumbprint of a P-256 key (RFC 7638, SHA-256), as cards name the key."""
    members = {"crv": _CURVE, "kty": "EC", "x": to_base64url(x), "y": to_base64url(y)}
    return to_base64url(
        hashlib.sha256(json.dumps(members, separators=(",", ":")).encode()).digest()
    )


def _is_card_key(jwk: Any) -> bool:
    """Whether it is marked for signing cards; a key whose private half was published is none."""
    if not isinstance(jwk, dict) or "d" in jwk:
        return False
    wanted = {"kty": "EC", "crv": _CURVE, "use": "sig", "alg": ALGORITHM}
    return all(jwk.get(name) == value for name, value in wanted.items())


def _key_of_jwk(jwk: Mapping[str, Any], *, addresses: frozenset[str]) -> CardKey | None:
    x, y = (from_base64url(jwk.get(name)) for name in ("x", "y"))
    if x is None or y is None or len(x) != _COORDINATE_BYTES or len(y) != _COORDINATE_BYTES:
        return None
    try:
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), b"\x04" + x + y)
    except ValueError:
        return None
    if jwk.get("kid") != thumbprint(x, y):
        return None
    if "x5c" in jwk:
        certificate = _certificate_beside(jwk)
        if certificate is None or certificate.public_key != key:
            return None
    counter = jwk.get("crlVersion")
    return CardKey(
        key_id=jwk["kid"],
        public_key=key,
        owner=min(addresses, default=""),
        addresses=addresses,
        list_counter=counter if _is_counter(counter) else None,
    )


def _addresses_beside(jwk: Mapping[str, Any]) -> frozenset[str]:
    certificate = _certificate_beside(jwk)
    return frozenset() if certificate is None else certificate.addresses


def _certificate_beside(jwk: Mapping[str, Any]) -> IssuerCertificate | None:
    chain = jwk.get("x5c")
    if not isinstance(chain, list) or not chain or not isinstance(chain[0], str):
        return None
    try:
        return read_certificate(base64.b64decode(chain[0], validate=True))
    except (binascii.Error, ValueError):
        return None


def _is_counter(value: Any) -> TypeGuard[int]:
    return type(value) is int and value >= 0


def _object_in(content: bytes) -> Mapping[str, Any]:
    """The JSON object that a file holds; empty where it holds none."""
    try:
        value = read_strict_json(content.decode("utf-8"))
    except (MalformedJsonError, UnicodeDecodeError):
        return {}
    return value if isinstance(value, dict) else {}


def _mirrored_address(path: str) -> str | None:
    match = _MIRRORED.fullmatch(path)
    return None if match is None else f"https://{match[1]}"
