"""Versions from the canonical texts in which they are kept, each read once a process."""

import json

from tongguan.core.identifiers import VersionDigest
from tongguan.core.scheme.canonical import canonical_text
from tongguan.core.scheme.model import Version
from tongguan.core.scheme.reading import read_version

_PARSED: dict[VersionDigest, Version] = {}
"""By the digest of their text: the same for every authority, never stale."""


class VersionRefusedError(ValueError):
    """A text that is no canonical version of a scheme."""


def parsed_version(digest: VersionDigest) -> Version | None:
    """The version of this text, if it was read before; it need not be adopted by anyone."""
    return _PARSED.get(digest)


def parse_version(digest: VersionDigest, canonical: bytes) -> Version:
    """The version in a canonical text of this digest; ``VersionRefusedError`` for another text."""
    try:
        data = json.loads(canonical)
    except (ValueError, RecursionError) as malformed:
        raise VersionRefusedError("not JSON") from malformed
    version = read_version(data, {})
    if isinstance(version, tuple):
        raise VersionRefusedError(f"{version[0].path}: {version[0].code}")
    if canonical_text(version) != canonical:
        raise VersionRefusedError("not the canonical text")
    _PARSED[digest] = version
    return version
