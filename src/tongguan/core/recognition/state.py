"""What is recognised at an instant: a pure function of signed lists and signed statements."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from tongguan.core.credentials.keys import KeyUse
from tongguan.core.identifiers import AuthorityId
from tongguan.core.recognition.references import (
    RecognisedUse,
    RecognitionStatement,
    Reference,
    StatementKind,
)
from tongguan.core.recognition.trust_lists import TrustList, trust_list_digest

KEY_USES: Final[Mapping[RecognisedUse, KeyUse]] = MappingProxyType(
    {
        RecognisedUse.CONVERSION: KeyUse.FACTS,
        RecognisedUse.HEALTH_CODE: KeyUse.HEALTH_CODE,
    }
)
"""Which keys of a list a usage is about."""


class RecognitionState(StrEnum):
    """Where a reference stands at an instant."""

    ENDED = "ended"
    IN_FORCE = "in_force"
    LIST_UNKNOWN = "list_unknown"
    """Both signed, but no list here has this number and digest."""
    ONE_SIGNATURE = "one_signature"
    TO_COME = "to_come"
    """Both signed; its day has not come."""
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, kw_only=True, slots=True)
class Recognitions:
    """All lists and statements that are known, each found to be signed by its authority."""

    lists: tuple[TrustList, ...] = ()
    statements: tuple[RecognitionStatement, ...] = ()

    def references(self) -> tuple[Reference, ...]:
        """Every text that somebody signed or withdrew, the one told first at the head."""
        return tuple(self._by_reference())

    def keys_for(
        self, by: AuthorityId, usage: RecognisedUse, now: datetime
    ) -> Mapping[AuthorityId, frozenset[bytes]]:
        """The key ids that an authority recognises for a usage, by whose they are."""
        found: dict[AuthorityId, frozenset[bytes]] = {}
        for reference, said in self._by_reference().items():
            if reference.by != by or usage not in reference.usages:
                continue
            if state_of(reference, said, self.lists, now) is RecognitionState.IN_FORCE:
                trust_list = list_of(reference, self.lists)
                if trust_list is not None:
                    key_ids = trust_list.key_ids(KEY_USES[usage])
                    found[reference.of] = found.get(reference.of, frozenset()) | key_ids
        return found

    def _by_reference(self) -> Mapping[Reference, Sequence[RecognitionStatement]]:
        found: dict[Reference, list[RecognitionStatement]] = {}
        for each in self.statements:
            found.setdefault(each.reference, []).append(each)
        return found


def recognised(
    statements: Iterable[RecognitionStatement],
    lists: Iterable[TrustList],
    *,
    by: AuthorityId,
    issuer: AuthorityId,
    usage: RecognisedUse,
    key_id: bytes,
    now: datetime,
) -> bool:
    """Whether an authority recognises a key of an issuer for a usage at an instant."""
    known = Recognitions(lists=tuple(lists), statements=tuple(statements))
    return key_id in known.keys_for(by, usage, now).get(issuer, frozenset())


def state_of(
    reference: Reference,
    statements: Iterable[RecognitionStatement],
    lists: Iterable[TrustList],
    now: datetime,
) -> RecognitionState:
    """Where a reference stands; statements dated later than ``now`` have not been made yet."""
    signed_by: set[AuthorityId] = set()
    for each in statements:
        if each.at > now or each.reference != reference:
            continue
        if each.kind is StatementKind.WITHDRAW:
            return RecognitionState.WITHDRAWN
        signed_by.add(each.authority)
    if now >= reference.ends:
        return RecognitionState.ENDED
    if signed_by != {reference.by, reference.of}:
        return RecognitionState.ONE_SIGNATURE
    if list_of(reference, lists) is None:
        return RecognitionState.LIST_UNKNOWN
    return RecognitionState.TO_COME if now < reference.begins else RecognitionState.IN_FORCE


def list_of(reference: Reference, lists: Iterable[TrustList]) -> TrustList | None:
    """The very list that a reference names, by whose it is, its number and its digest."""
    return next(
        (
            each
            for each in lists
            if (each.authority, each.version) == (reference.of, reference.list_version)
            and trust_list_digest(each) == reference.list_digest
        ),
        None,
    )
