"""Private keys of an authority as files that only its own account can read; never logged.

``keys.json`` says of each key what it is for, its state and dates, in the words in which key sets
are published; beside it stands one PEM file (PKCS #8) for each key, named by its id. Every change
replaces ``keys.json`` in one step and is on the disk before it is answered.
"""

import fcntl
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tongguan.app.authorities import KeyUnavailableError
from tongguan.core.credentials.holder import HolderKey, agreement_key_of, holder_key
from tongguan.core.credentials.keys import (
    AgreementKey,
    KeySet,
    KeyState,
    KeyUse,
    PublicKey,
    SigningKey,
    public_half,
)
from tongguan.core.credentials.published import (
    MalformedKeySet,
    PublishedKeySet,
    key_set_text,
    read_key_set_text,
    sign_key_set,
)
from tongguan.core.identifiers import AuthorityId, SchemeId

RENEWAL_AHEAD = timedelta(days=60)
"""Longer than the horizon of booking and the month of a holder key together."""
_KNOWN_FIRST = frozenset({KeyUse.FACTS, KeyUse.HEALTH_CODE, KeyUse.SCHEME})
"""Uses whose keys count on the other side only once it has pinned or recognised them."""
_OWNER_ONLY = 0o600
_INDEX = "keys.json"
_LOCK = "keys.lock"


class KeyStoreError(KeyUnavailableError, RuntimeError):
    """The key store cannot do what was asked; says which key and why, never what is in it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyStore:
    """The keys of one authority under ``<data>/keys/<authority>/``.

    Several processes may use one store: changes are made under a lock and seen by all at once.
    """

    data: Path
    authority: AuthorityId
    _seen: dict[str, tuple[tuple[int, int, int], PublishedKeySet]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _private: dict[bytes, ec.EllipticCurvePrivateKey] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @property
    def directory(self) -> Path:
        """Where the store lies."""
        return self.data / "keys" / self.authority

    def prepare(
        self, use: KeyUse, *, at: datetime, not_before: datetime, not_after: datetime
    ) -> PublicKey:
        """Make a key; it is published from now on and used once it is activated."""
        private = ec.generate_private_key(ec.SECP256R1())
        key = PublicKey(
            authority=self.authority,
            use=use,
            state=KeyState.PREPARED,
            not_before=not_before,
            not_after=not_after,
            public=public_half(private),
        )
        with self._changing(at) as keys:
            _write_new(self._private_path(key.key_id), _pem(private))
            keys.append(key)
        return key

    def activate(self, key_id: bytes, *, at: datetime) -> PublicKey:
        """Let a prepared key sign, within its dates; of several active ones the newest signs."""
        return self._change(key_id, at, _activated)

    def retire(self, key_id: bytes, *, at: datetime) -> PublicKey:
        """Let an active key sign no more; what it signed before the instant still verifies.

        The instant may lie ahead: an agreement key is retired at the end of the last month that
        has been booked under it, or the holder tags of that month would change.
        """
        return self._change(key_id, at, _retired)

    def revoke(self, key_id: bytes, *, at: datetime) -> PublicKey:
        """Let nothing that a key ever signed count any more."""
        return self._change(key_id, at, _revoked)

    def make_missing(self, *, at: datetime, not_before: datetime, not_after: datetime) -> None:
        """Prepare and activate a key for each use that has none active, or soon has none.

        A key is renewed ``RENEWAL_AHEAD`` before its end, so that the other side has long had the
        new one when it is needed. A second agreement key changes no holder tag of its first month:
        the oldest counts.
        """
        have = {
            key.use
            for key in self.key_set().keys
            if key.state is KeyState.ACTIVE and key.covers(at) and key.covers(at + RENEWAL_AHEAD)
        }
        for use in KeyUse:
            if use not in have and use is not KeyUse.EVIDENCE:
                made = self.prepare(use, at=at, not_before=not_before, not_after=not_after)
                self.activate(made.key_id, at=at)

    def key_set(self) -> KeySet:
        """Every public key of the authority, in every state."""
        return self._index().keys if self._index_path.exists() else KeySet()

    def signing_key(self, use: KeyUse, at: datetime) -> SigningKey:
        """The newest active key for a use at this instant; ``KeyStoreError`` when there is none.

        The oldest where the other side has to know it first: scheme keys are pinned there, keys
        for health codes and facts recognised. Each is used to its end, and by then the next is
        known.
        """
        usable = [
            key
            for key in self.key_set().for_(self.authority, use, at)
            if key.state is KeyState.ACTIVE
        ]
        if not usable:
            raise KeyStoreError(f"{self.authority} has no active key for {use} at this time")
        usable.sort(key=lambda each: (each.not_before, each.key_id))
        key = usable[0] if use in _KNOWN_FIRST else usable[-1]
        return SigningKey(public=key, private=self._load(key.key_id))

    def holder_key(self, other: PublicKey, scheme: SchemeId, period: str) -> HolderKey:
        """The holder key of a month that this authority and the other both derive."""
        own = agreement_key_of(self.key_set(), self.authority, period)
        if own is None:
            raise KeyStoreError(f"{self.authority} has no agreement key for {period}")
        private = AgreementKey(public=own, private=self._load(own.key_id))
        return holder_key(private, other, scheme_id=scheme, period=period)

    def signed_key_set(self, at: datetime) -> bytes:
        """The key set as it is published, signed by the active scheme key.

        By the one the other side has pinned, as long as it lasts; in the set it vouches for its
        successor.
        """
        published = PublishedKeySet(authority=self.authority, issued_at=at, keys=self.key_set())
        return sign_key_set(published, self.signing_key(KeyUse.SCHEME, at))

    @property
    def _index_path(self) -> Path:
        return self.directory / _INDEX

    def _private_path(self, key_id: bytes) -> Path:
        return self.directory / f"{key_id.hex()}.pem"

    def _change(
        self, key_id: bytes, at: datetime, changed: Callable[[PublicKey, datetime], PublicKey]
    ) -> PublicKey:
        with self._changing(at) as keys:
            for number, key in enumerate(keys):
                if key.key_id == key_id:
                    keys[number] = changed(key, at)
                    return keys[number]
            raise KeyStoreError(f"{self.authority} has no key {key_id.hex()}")

    @contextmanager
    def _changing(self, at: datetime) -> Iterator[list[PublicKey]]:
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(self.directory / _LOCK, os.O_RDWR | os.O_CREAT, _OWNER_ONLY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            keys = list(self.key_set().keys)
            yield keys
            index = PublishedKeySet(
                authority=self.authority, issued_at=at, keys=KeySet(keys=tuple(keys))
            )
            _replace(self._index_path, key_set_text(index))
        finally:
            os.close(lock)

    def _index(self) -> PublishedKeySet:
        status = self._index_path.stat()
        mark = (status.st_ino, status.st_mtime_ns, status.st_size)
        seen = self._seen.get(_INDEX)
        if seen is not None and seen[0] == mark:
            return seen[1]
        index = read_key_set_text(_read(self._index_path))
        if isinstance(index, MalformedKeySet):
            raise KeyStoreError(f"{self._index_path}: {index.fault} at /{index.path}")
        if index.authority != self.authority:
            raise KeyStoreError(f"{self._index_path} is of another authority")
        self._seen[_INDEX] = (mark, index)
        return index

    def _load(self, key_id: bytes) -> ec.EllipticCurvePrivateKey:
        if key_id in self._private:
            return self._private[key_id]
        path = self._private_path(key_id)
        try:
            private = serialization.load_pem_private_key(_read(path), password=None)
        except (OSError, ValueError, TypeError) as error:
            raise KeyStoreError(f"{path} cannot be read as a private key") from error
        if not isinstance(private, ec.EllipticCurvePrivateKey):
            raise KeyStoreError(f"{path} is no key of an elliptic curve")
        self._private[key_id] = private
        return private


def _activated(key: PublicKey, at: datetime) -> PublicKey:  # noqa: ARG001 - one shape for changes
    if key.state is not KeyState.PREPARED:
        raise KeyStoreError(f"a {key.state} key cannot be activated")
    return replace(key, state=KeyState.ACTIVE)


def _retired(key: PublicKey, at: datetime) -> PublicKey:
    if key.state is not KeyState.ACTIVE:
        raise KeyStoreError(f"a {key.state} key cannot be retired")
    if at <= key.not_before:
        raise KeyStoreError("a key cannot be retired before it begins; revoke it")
    return replace(key, state=KeyState.RETIRED, not_after=min(at, key.not_after))


def _revoked(key: PublicKey, at: datetime) -> PublicKey:  # noqa: ARG001 - one shape for changes
    return replace(key, state=KeyState.REVOKED)


def _pem(private: ec.EllipticCurvePrivateKey) -> bytes:
    return private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
            raise KeyStoreError(f"{path} can be read or written by others; make it 0600")
        return file.read()


def _replace(path: Path, content: bytes) -> None:
    temporary = path.with_suffix(".new")
    temporary.unlink(missing_ok=True)
    _write_new(temporary, content)
    temporary.replace(path)
    _sync_directory(path.parent)


def _write_new(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    _sync_directory(path.parent)


def _sync_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
