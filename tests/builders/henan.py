"""June 2022 in Zhengzhou, as a test: 1,317 named people, and two insiders who want them red.

The insiders are officers of two units with every right such officers have. Whoever they ask acts
through the use cases, as the desk, the feeds and the pages do.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID, uuid4

from tests.builders.authorities import START, Pair
from tests.builders.evidence import Source, enrolled
from tests.builders.officers import with_units
from tests.builders.travel import ISSUED_ON, registration_request
from tongguan.app.authorities import Authority
from tongguan.app.control.units import put_in_unit
from tongguan.app.health.code_store import HealthCodeRecord
from tongguan.app.registration.registrations import Registered, claim_number
from tongguan.app.registration.requests import Shown, request_hash
from tongguan.app.registration.store import Registration, RegistrationRoute, RegistrationState
from tongguan.core.calendar import whole_second
from tongguan.core.evidence.controls import Controls
from tongguan.core.evidence.records import Evidence, EvidenceKind, Route
from tongguan.core.evidence.sources import SourceKind
from tongguan.core.health.colour_names import Colour
from tongguan.core.health.grounds import HealthReason
from tongguan.core.health.judgement import judge
from tongguan.core.identifiers import CaseId, EvidenceId, RegistrationId
from tongguan.core.people import Assurance, Document, DocumentType, Person

DEPOSITORS = 1317
A, B = "ho", "lam"
"""The two, of contact tracing and case management."""
HONEST = (("chan", "lee"), ("wu", "yip"))
"""Officers of four units more."""
_KEPT_UNTIL = date(2022, 3, 31)


@dataclass(frozen=True, kw_only=True, slots=True)
class World:
    """Hong Kong with its officers, and the depositors with their green codes."""

    pair: Pair
    hk: Authority
    people: Sequence[Person]
    office: Source = field(repr=False)
    """The order office that unit A runs, its key in the insiders' hands."""

    def now(self) -> datetime:
        """The second that it is."""
        with self.hk.database.transaction() as transaction:
            return whole_second(transaction.now)

    def red(self) -> list[Person]:
        """Who is red now, whoever holds their number."""
        with self.hk.database.transaction() as transaction:
            places = transaction.evidence_sources.risk_places()
            found = []
            for who in self.people:
                key = self.hk.index.person(who.document)
                kept = transaction.evidence.of_person(key)
                if not kept:
                    continue  # nothing was said of them
                present = transaction.registrations.open_of(key)
                assert self.hk.health_rules is not None
                judged = judge(
                    kept,
                    registration=None if present is None else present.id,
                    risk_places=places,
                    rules=self.hk.health_rules.colours,
                    now=transaction.now,
                )
                if judged.colour is Colour.RED:
                    found.append(who)
            return found

    def without_code(self) -> list[Person]:
        """Whose own code counts no more."""
        with self.hk.database.transaction() as transaction:
            return [
                who
                for who in self.people
                if not transaction.health_codes.live(self.hk.index.person(who.document))
            ]


def world(pair: Pair, people: int = DEPOSITORS, controls: Controls | None = None) -> World:
    """Everybody registered, everybody green; other controls where some are given."""
    hk = with_units(pair.hk)
    for officer, unit in (("wu", "records"), ("yip", "helpdesk")):
        put_in_unit(hk, officer, unit, by="console")
    if controls is not None:
        assert hk.health_rules is not None
        hk = replace(hk, health_rules=replace(hk.health_rules, controls=controls))
    depositors = [_depositor(number) for number in range(people)]
    _register_all(hk, depositors)
    office = enrolled(hk, SourceKind.ORDER_OFFICE, "orders-a", unit="contact-tracing")
    return World(pair=pair, hk=hk, people=depositors, office=office)


def no_limits(authority: Authority) -> Controls:
    """The same rules with every limit taken away."""
    assert authority.health_rules is not None
    controls = authority.health_rules.controls
    many = 10**6
    return replace(
        controls,
        unreviewed_max=dict.fromkeys(controls.unreviewed_max, many),
        batch_entries_max=dict.fromkeys(controls.batch_entries_max, many),
    )


def give_discharges(made: World, people: int) -> None:
    """So many were ill in autumn and were discharged, by the office that unit A runs."""
    with made.hk.database.transaction() as transaction:
        for who in made.people[:people]:
            for kind, ground, day in (
                (EvidenceKind.CASE_ORDER, HealthReason.CONFIRMED, date(2021, 10, 20)),
                (EvidenceKind.DISCHARGE, None, date(2021, 11, 5)),
            ):
                said = Evidence(
                    id=EvidenceId(str(uuid4())),
                    person=made.hk.index.person(who.document),
                    registration=None,
                    route=Route.ORDER_OFFICE,
                    kind=kind,
                    ground=ground,
                    source=made.office.id,
                    causers=("source:orders-a", "unit:contact-tracing"),
                    on=day,
                    facts={},
                    issued_at=START,
                    received_at=START,
                    ends_at=None,
                )
                transaction.evidence.add(said, b"hash", _KEPT_UNTIL)


def discharges(made: World) -> list[EvidenceId]:
    """The ids of all discharges."""
    with made.hk.database.transaction() as transaction:
        return [
            kept.evidence.id
            for who in made.people
            for kept in transaction.evidence.of_person(made.hk.index.person(who.document))
            if kept.evidence.kind is EvidenceKind.DISCHARGE
        ]


def claimed(made: World, who: Person) -> tuple[CaseId, RegistrationId]:
    """Somebody claims a depositor's number as their own: the claim, and what it would register."""
    claim, wanted = CaseId(str(uuid4())), RegistrationId(str(uuid4()))
    answer = claim_number(made.hk, claim, registration_request(who, id=wanted))
    assert not isinstance(answer, Registered)
    return claim, wanted


def _depositor(number: int) -> Person:
    document = Document(
        type=DocumentType.HOME_RETURN_PERMIT, number=f"H{10_000_000 + number}", issuer="CHN"
    )
    return Person(name=f"DEPOSITOR {number}", document=document, assurance=Assurance.ASSERTED)


def _register_all(authority: Authority, people: Sequence[Person]) -> None:
    """Register everybody with a green code of today; through the stores, for there are many."""
    assert authority.health_rules is not None
    with authority.database.transaction() as transaction:
        now = transaction.now
        for who in people:
            wanted = registration_request(who)
            registration = Registration(
                id=wanted.id,
                reference=authority.index.registration_slip(wanted.id).reference,
                person=authority.index.person(who.document),
                holder=replace(who, assurance=Assurance.DOCUMENT_READ),
                document_issued_on=ISSUED_ON,
                phone=None,
                address=None,
                route=RegistrationRoute.SELF,
                state=RegistrationState.OPEN,
                registered_at=now,
                registered_by=None,
            )
            hashed = request_hash(authority, wanted, Shown())
            assert transaction.registrations.add(registration, hashed, _KEPT_UNTIL)
            code = HealthCodeRecord(
                id=UUID(int=uuid4().int).bytes,
                registration=wanted.id,
                person=registration.person,
                colour=Colour.GREEN,
                reasons=(HealthReason.NOTHING_ADVERSE.value,),
                rule_version=authority.health_rules.colours.id,
                issued_at=now,
                valid_until=_tonight(now),
                status_index=transaction.health_codes.next_status_index(),
                revoked_at=None,
            )
            assert transaction.health_codes.add(code, b"hash", {}, _KEPT_UNTIL)


def _tonight(now: datetime) -> datetime:
    return now.replace(hour=15, minute=59, second=59, microsecond=0)
