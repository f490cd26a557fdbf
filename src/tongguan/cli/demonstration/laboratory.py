"""The laboratory of the demonstration: what it signs in the morning turns people away by noon."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric import ec

from tongguan.app.authorities import Authority
from tongguan.app.evidence.sources import SourceToEnrol, enrol_source
from tongguan.cli.demonstration.services import Services
from tongguan.cli.pair import until_answered
from tongguan.core.calendar import local_day, whole_second
from tongguan.core.credentials.keys import KeyState, KeyUse, PublicKey, SigningKey, public_half
from tongguan.core.evidence.batch import sign_batch
from tongguan.core.evidence.batch_content import Batch
from tongguan.core.evidence.batch_facts import BatchEntry, TestOutcome, written_instant
from tongguan.core.evidence.records import EvidenceKind
from tongguan.core.evidence.sources import SourceKind
from tongguan.core.identifiers import AuthorityId, EvidenceId, EvidenceSourceId
from tongguan.core.people import Document

_KEY_LASTS: Final = timedelta(days=400)
_SAMPLED_BEFORE: Final = timedelta(hours=8)
_REPORTED_BEFORE: Final = timedelta(minutes=10)


@dataclass(frozen=True, kw_only=True, slots=True)
class Laboratory:
    """A laboratory that one authority has enrolled; its key is its own."""

    authority: AuthorityId
    id: EvidenceSourceId
    zone: str
    services: Services
    now: Callable[[], datetime]
    key: SigningKey = field(repr=False)

    def report_positive(self, evidence: UUID, document: Document) -> None:
        """Sign and send that this person's specimen of the night was positive."""
        now = whole_second(self.now())
        sampled_at = now - _SAMPLED_BEFORE
        entry = BatchEntry(
            id=EvidenceId(str(evidence)),
            document=document,
            kind=EvidenceKind.TEST_RESULT,
            on=local_day(sampled_at, self.zone),
            ends_at=None,
            facts={
                "method": "rt-pcr",
                "reported_at": written_instant(now - _REPORTED_BEFORE),
                "result": TestOutcome.POSITIVE.value,
                "sampled_at": written_instant(sampled_at),
                "specimen": "nasopharyngeal_swab",
            },
        )
        batch = Batch(
            authority=self.authority,
            source=self.id,
            id=str(uuid4()),
            issued_at=now,
            entries=(entry,),
        )
        self.services.send_evidence(self.authority, sign_batch(batch, self.key))


def enrolled_laboratory(
    authority: Authority, services: Services, *, zone: str, now: Callable[[], datetime]
) -> Laboratory:
    """A laboratory with a new key, enrolled as at the authority's console."""
    private = ec.generate_private_key(ec.SECP256R1())
    name = f"demonstration-{secrets.token_hex(4)}"
    begins = whole_second(now())
    public = PublicKey(
        authority=AuthorityId(name),
        use=KeyUse.EVIDENCE,
        state=KeyState.ACTIVE,
        not_before=begins,
        not_after=begins + _KEY_LASTS,
        public=public_half(private),
    )
    to_enrol = SourceToEnrol(
        id=name,
        kind=SourceKind.LABORATORY,
        name="Laboratory of the demonstration",
        public=public.public,
        not_before=public.not_before,
        not_after=public.not_after,
    )
    source = until_answered(lambda: enrol_source(authority, to_enrol, by="demonstration"))
    return Laboratory(
        authority=authority.id,
        id=source.id,
        zone=zone,
        services=services,
        now=now,
        key=SigningKey(public=public, private=private),
    )
