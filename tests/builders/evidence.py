"""Sources of evidence in tests: their keys, what they say, and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric import ec

from tests.builders.authorities import START, person
from tongguan.app.authorities import Authority
from tongguan.app.evidence.batches import BatchReceipt, receive_batch
from tongguan.app.evidence.sources import SourceToEnrol, enrol_source
from tongguan.core.calendar import local_day
from tongguan.core.credentials.keys import (
    KeyState,
    KeyUse,
    PublicKey,
    SigningKey,
    public_half,
)
from tongguan.core.evidence.batch import sign_batch
from tongguan.core.evidence.batch_content import Batch, Withdrawal, WithdrawalReason
from tongguan.core.evidence.batch_facts import BatchEntry, written_instant
from tongguan.core.evidence.limits import causers_of_two
from tongguan.core.evidence.records import Evidence, EvidenceKind, KeptEvidence, Route
from tongguan.core.evidence.sources import SourceKind
from tongguan.core.health.grounds import HealthReason
from tongguan.core.identifiers import (
    AuthorityId,
    EvidenceId,
    EvidenceSourceId,
    PersonKey,
    UnitId,
)
from tongguan.core.people import Person

ZONE = "Asia/Hong_Kong"
YEAR = timedelta(days=365)


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """An enrolled source with the key that it keeps to itself."""

    authority: Authority
    id: EvidenceSourceId
    key: SigningKey = field(repr=False)

    def message(self, *entries: BatchEntry, **said: Any) -> bytes:
        """A signed batch of these entries."""
        return sign_batch(batch(self.id, *entries, authority=self.authority.id, **said), self.key)

    def says(self, *entries: BatchEntry, **said: Any) -> BatchReceipt:
        """The same, sent to the authority."""
        return receive_batch(self.authority, self.message(*entries, **said))

    def takes_back(self, *ids: EvidenceId, **said: Any) -> BatchReceipt:
        """Withdraw what it said."""
        withdrawals = tuple(
            Withdrawal(id=each, reason=WithdrawalReason.CLERICAL_ERROR) for each in ids
        )
        return self.says(withdrawals=withdrawals, **said)


def source_signing_key(
    source: str, *, begins: datetime = START - YEAR, ends: datetime = START + YEAR
) -> SigningKey:
    """A new key of a source."""
    private = ec.generate_private_key(ec.SECP256R1())
    public = PublicKey(
        authority=AuthorityId(source),
        use=KeyUse.EVIDENCE,
        state=KeyState.ACTIVE,
        not_before=begins,
        not_after=ends,
        public=public_half(private),
    )
    return SigningKey(public=public, private=private)


def enrolled(
    authority: Authority,
    kind: SourceKind = SourceKind.LABORATORY,
    name: str = "lab-kowloon",
    unit: str | None = None,
) -> Source:
    """A source that the authority has enrolled for a year; an order office has its unit."""
    if unit is None and kind is SourceKind.ORDER_OFFICE:
        unit = f"unit-of-{name}"
    key = source_signing_key(name)
    to_enrol = SourceToEnrol(
        id=name,
        kind=kind,
        name=name,
        public=key.public.public,
        not_before=key.public.not_before,
        not_after=key.public.not_after,
        unit=unit,
    )
    source = enrol_source(authority, to_enrol, by="console")
    return Source(authority=authority, id=source.id, key=key)


def batch(
    source: str, *entries: BatchEntry, authority: str = "HK", at: datetime = START, **said: Any
) -> Batch:
    """A batch of a source, unsigned."""
    return Batch(
        authority=AuthorityId(authority),
        source=EvidenceSourceId(source),
        id=str(uuid4()),
        issued_at=at,
        entries=entries,
        **said,
    )


def a_test(
    who: Person | None = None, *, result: str = "positive", at: datetime = START, **changed: Any
) -> BatchEntry:
    """A laboratory's result, sampled six hours before it was reported."""
    sampled_at = at - timedelta(hours=6)
    facts = {
        "method": "rt-pcr",
        "reported_at": written_instant(at - timedelta(hours=1)),
        "result": result,
        "sampled_at": written_instant(sampled_at),
        "specimen": "nasopharyngeal_swab",
    }
    return entry(who, EvidenceKind.TEST_RESULT, facts, on=local_day(sampled_at, ZONE), **changed)


def a_contact(
    who: Person | None = None, *, reference: str = "CASE-1", **changed: Any
) -> BatchEntry:
    """An order of an office that somebody is a close contact, for two weeks."""
    facts = {"reference": reference, "relation": "contact"}
    return entry(
        who, EvidenceKind.CONTACT_ORDER, facts, ends_at=START + timedelta(days=14), **changed
    )


def an_arrival(who: Person | None = None, **changed: Any) -> BatchEntry:
    """An arrival from outside, under no scheme."""
    return entry(who, EvidenceKind.ARRIVAL, {}, **changed)


def entry(
    who: Person | None,
    kind: EvidenceKind,
    facts: dict[str, str],
    *,
    on: date = date(2021, 12, 13),
    ends_at: datetime | None = None,
    id: str | None = None,  # noqa: A002 - as the record names it
) -> BatchEntry:
    """An entry under a new id."""
    return BatchEntry(
        id=EvidenceId(id or str(uuid4())),
        document=(who or person()).document,
        kind=kind,
        on=on,
        ends_at=ends_at,
        facts=facts,
    )


def kept_of(authority: Authority, who: Person) -> Sequence[KeptEvidence]:
    """All evidence of a person."""
    with authority.database.transaction() as transaction:
        return transaction.evidence.of_person(authority.index.person(who.document))


def by_officers(**changed: object) -> Evidence:
    """A finding of two officers for a week."""
    made = Evidence(
        id=EvidenceId(str(uuid4())),
        person=PersonKey(bytes(16)),
        registration=None,
        route=Route.OFFICERS,
        kind=EvidenceKind.CONTACT_ORDER,
        ground=HealthReason.CLOSE_CONTACT,
        source="contact-tracing, case-management",
        causers=causers_of_two(("ho", "lam"), (UnitId("tracing"), UnitId("cases"))),
        on=START.date(),
        facts={},
        issued_at=START,
        received_at=START,
        ends_at=START + timedelta(days=7),
    )
    return replace(made, **changed)  # type: ignore[arg-type]
