"""The canonical text of a version: what is signed, byte for byte the same for everyone."""

import hashlib

import rfc8785

from tongguan.core.identifiers import VersionDigest
from tongguan.core.scheme.model import Version
from tongguan.core.scheme.reading import version_as_data


def canonical_text(version: Version) -> bytes:
    """The version as canonical JSON (RFC 8785), defaults written out but for later keys."""
    return rfc8785.dumps(version_as_data(version))  # type: ignore[arg-type]


def digest_of(canonical: bytes) -> VersionDigest:
    """SHA-256 of a canonical text, in lower-case hexadecimal."""
    return VersionDigest(hashlib.sha256(canonical).hexdigest())
