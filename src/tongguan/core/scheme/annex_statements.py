"""An authority's signature under its annex, and which annexes hold at an instant."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tongguan.core.credentials.faults import Unreadable
from tongguan.core.credentials.keys import KeySet, SigningKey
from tongguan.core.identifiers import AuthorityId, VersionDigest
from tongguan.core.scheme.annexes import AnnexKind, annex_digest, check_annex
from tongguan.core.scheme.language.scalars import Characters, Moment
from tongguan.core.scheme.language.words import PARTY_NAME
from tongguan.core.scheme.model import Annex, Version
from tongguan.core.scheme.statements import SignedStatement, StatementForm

MEDIA_TYPE: Final = "application/tongguan-annex+json"


@dataclass(frozen=True, kw_only=True, slots=True)
class AnnexSigned:
    """What an authority signs: its annex, under the text that the annex belongs to."""

    authority: AuthorityId
    at: datetime
    """When the authority says that it signed; whole seconds, aware. From then on it holds."""
    digest: VersionDigest
    """Of the agreement."""
    annex: Annex

    def __post_init__(self) -> None:
        """ValueError for an annex of another authority or a time that is no whole second."""
        if self.at.utcoffset() is None or self.at.microsecond:
            raise ValueError("an annex is signed at a whole second with a zone")
        if self.annex.party != self.authority:
            raise ValueError("an authority signs its own annex only")


SignedAnnex = SignedStatement[AnnexSigned]
"""An annex whose signature was verified, with the message that proves it to others."""


def sign_annex(statement: AnnexSigned, key: SigningKey) -> SignedAnnex:
    """The annex as a signed message of its authority, under a scheme key in use."""
    return _FORM.sign(statement, key)


def read_signed_annex(message: bytes, keys: KeySet) -> SignedAnnex | Unreadable:
    """The annex in a signed message, when a scheme key of its authority vouches for it now."""
    return _FORM.read_signed(message, keys)


def read_kept_annex(message: bytes) -> SignedAnnex:
    """The annex in a message that was found good before it was kept; ValueError if it is none."""
    return _FORM.read_kept(message)


def annexes_in_force(
    version: Version, digest: VersionDigest, signed: Iterable[AnnexSigned], at: datetime
) -> tuple[AnnexSigned, ...]:
    """Of each authority the annex with the highest number that was signed by then and is sound.

    Of two that bear the same number the one signed first counts.
    """
    found: dict[AuthorityId, AnnexSigned] = {}
    for each in sorted(signed, key=_highest_first):
        if each.digest != digest or each.at > at or each.authority in found:
            continue
        if not check_annex(version, each.annex, at=each.at):
            found[each.authority] = each
    return tuple(found[name] for name in sorted(found))


def _highest_first(signed: AnnexSigned) -> tuple[int, datetime, str]:
    return -signed.annex.number, signed.at, annex_digest(signed.annex)


_FORM: Final = StatementForm(
    media_type=MEDIA_TYPE,
    members={
        "annex": AnnexKind(),
        "at": Moment(),
        "authority": PARTY_NAME,
        "digest": Characters(pattern=r"[0-9a-f]{64}", hint="sha-256"),
    },
    build=AnnexSigned,
)
