"""Builders of scheme values: a small pilot of two authorities, changed by keyword."""

from datetime import UTC, date, datetime, time
from typing import Any

from tongguan.core.identifiers import (
    AuthorityId,
    CategoryId,
    ClaimId,
    ControlPointId,
    DirectionId,
    DivisionCode,
    PhaseId,
    QuotaId,
    SchemeId,
    SlotId,
    SourceId,
    VersionId,
)
from tongguan.core.people import Assurance, DocumentType
from tongguan.core.scheme.model import (
    AgeAnchor,
    AllocationMethod,
    Area,
    Basis,
    Booking,
    Category,
    Certainty,
    Claim,
    ConditionalAdmission,
    ControlPoint,
    Credentials,
    DataProtection,
    DateInterval,
    Deadline,
    Direction,
    Entry,
    Evidence,
    Exemption,
    Health,
    HealthCodeRequirement,
    HealthFinding,
    HealthRequirement,
    HealthTestRequirement,
    JudgedAt,
    Leg,
    Participation,
    Party,
    PartyRule,
    Phase,
    Quota,
    QuotaKind,
    QuotaPer,
    Release,
    ReleaseDaily,
    Return,
    RightOfEntry,
    Slot,
    Source,
    Version,
    Way,
    Weekday,
    Witness,
)
from tongguan.core.texts import Language, Text

HK, GD = AuthorityId("HK"), AuthorityId("GD")
OUT, HOME = DirectionId("HK-GD"), DirectionId("GD-HK")
PILOT = PhaseId("pilot")
SZB = ControlPointId("SZB")
ZONE = "Asia/Hong_Kong"


def text(words: str) -> Text:
    """The same words in all three languages."""
    return Text(zh_hant=words, zh_hans=words, en=words)


def basis(*claims: str) -> Basis:
    return Basis(claims=tuple(ClaimId(claim) for claim in claims))


def slot(id_: str, starts: str, ends: str) -> Slot:
    return Slot(id=SlotId(id_), starts=time.fromisoformat(starts), ends=time.fromisoformat(ends))


DAY_SLOT = slot("day", "10:00", "14:00")
LATE_SLOT = slot("late", "14:00", "20:00")


def control_point(
    id_: str = SZB, *, opens: str | None = "10:00", closes: str | None = "20:00", **changes: Any
) -> ControlPoint:
    return ControlPoint(
        id=ControlPointId(id_),
        names={HK: text("Shenzhen Bay Port"), GD: text("Shenzhen Bay Port")},
        opens=None if opens is None else time.fromisoformat(opens),
        closes=None if closes is None else time.fromisoformat(closes),
        basis=basis("hours"),
        **changes,
    )


def entry(*control_points: ControlPoint) -> Entry:
    return Entry(
        divisions=(DivisionCode("440300"),),
        control_points=control_points or (control_point(),),
        basis=basis("only-port"),
    )


def released_daily(days_ahead: int, at: str = "00:00") -> Release:
    return Release(
        daily=ReleaseDaily(days_ahead=days_ahead, at=time.fromisoformat(at), first=None, last=None)
    )


def booking(**changes: Any) -> Booking:
    values: dict[str, Any] = {
        "releases": (released_daily(7),),
        "hours": None,
        "closes": Deadline(minutes_before=60),
        "cancel_until": Deadline(minutes_before=120),
        "party": PartyRule(size_max=4),
        "live_journeys_per_person_max": 1,
        "basis": basis(),
    }
    return Booking(**values | changes)


def direction(id_: DirectionId = OUT, leg: Leg = Leg.OUT, **changes: Any) -> Direction:
    origin, _, destination = id_.partition("-")
    values: dict[str, Any] = {
        "id": id_,
        "origin": AuthorityId(origin),
        "destination": AuthorityId(destination),
        "leg": leg,
        "weekdays": tuple(Weekday),
        "closed_days": (),
        "slots": (DAY_SLOT, LATE_SLOT),
        "booking": booking(),
        "basis": basis(f"direction-{leg.value}"),
    }
    return Direction(**values | changes)


def category(id_: str = "family", **changes: Any) -> Category:
    values: dict[str, Any] = {
        "id": CategoryId(id_),
        "name": text(id_),
        "precedence": 1,
        "fallback": (),
        "allocation": AllocationMethod.FIRST_COME,
        "evidence": (Evidence(id="proof", name=text("proof"), required=True),),
        "assurance": Assurance.ASSERTED,
        "basis": basis("categories"),
    }
    return Category(**values | changes)


def quota(id_: str, *, per: QuotaPer, limit: int | None, **counts: str | None) -> Quota:
    return Quota(
        id=QuotaId(id_),
        name=text(id_),
        kind=QuotaKind.CAP,
        per=per,
        limit=limit,
        counts=counts,
        basis=basis("quotas"),
    )


def health(**changes: Any) -> Health:
    values: dict[str, Any] = {
        "codes": tuple(
            HealthCodeRequirement(
                issuer=issuer, directions=(OUT, HOME), basis=basis(f"code-{issuer}")
            )
            for issuer in (HK, GD)
        ),
        "care": text("the port health post"),
        "basis": basis("health"),
    }
    return Health(**values | changes)


def return_(**changes: Any) -> Return:
    values: dict[str, Any] = {
        "place_required": True,
        "stay_days_max": None,
        "same_control_point": None,
        "basis": basis("return"),
    }
    return Return(**values | changes)


def right_of_entry(party: AuthorityId, *document_types: DocumentType) -> RightOfEntry:
    return RightOfEntry(party=party, document_types=document_types, basis=basis(f"right-{party}"))


def exemption(
    id_: str, *document_types: DocumentType, on: tuple[DirectionId, ...], **changes: Any
) -> Exemption:
    return Exemption(
        id=id_,
        name=text(id_),
        document_types=document_types,
        directions=on,
        basis=basis(),
        **changes,
    )


def health_test(id_: str = "pcr", **changes: Any) -> HealthTestRequirement:
    """A test by nasal swab within 48 hours of sampling, judged at the gate, on the way out."""
    values: dict[str, Any] = {
        "id": id_,
        "name": text(id_),
        "within_hours": 48,
        "within_days": None,
        "anchor": AgeAnchor.SAMPLING,
        "judged_at": JudgedAt.GATE,
        "specimens": ("nasal-swab",),
        "directions": (OUT,),
        "basis": basis(f"test-{id_}"),
    }
    return HealthTestRequirement(**values | changes)


def health_requirement(id_: str, *ways: Way, **changes: Any) -> HealthRequirement:
    """To be met at the gate on the way out, in any of the ways."""
    values: dict[str, Any] = {
        "id": id_,
        "name": text(id_),
        "directions": (OUT,),
        "ways": ways,
        "basis": basis(f"requirement-{id_}"),
    }
    return HealthRequirement(**values | changes)


def admitted_under(id_: str, *findings: HealthFinding, **changes: Any) -> ConditionalAdmission:
    """An admission on the way out under a condition of the same words as its id."""
    values: dict[str, Any] = {
        "id": id_,
        "findings": findings,
        "directions": (OUT,),
        "condition": text(f"the condition of {id_}"),
        "basis": basis(f"under-{id_}"),
    }
    return ConditionalAdmission(**values | changes)


def credentials(age_minutes: int = 60) -> Credentials:
    return Credentials(status_list_age_minutes_max=age_minutes, basis=basis("credentials"))


def phase(**changes: Any) -> Phase:
    """A pilot of two directions through one control point, both codes asked for."""
    values: dict[str, Any] = {
        "id": PILOT,
        "name": text("Pilot"),
        "not_before": DateInterval(first=date(2021, 12, 11), last=date(2021, 12, 20)),
        "hoped_for": None,
        "ends": date(2022, 1, 31),
        "entry": entry(),
        "participation": Participation(
            divisions=(DivisionCode("810000"),),
            document_types=tuple(DocumentType),
            basis=basis(),
        ),
        "area": Area(allow=(DivisionCode("44"),), deny=(), basis=basis("area")),
        "categories": (category(),),
        "quotas": (quota("all-day", per=QuotaPer.DAY, limit=100, direction=OUT),),
        "directions": (direction(), direction(HOME, Leg.HOME)),
        "health": health(),
        "return_": return_(),
        "rights_of_entry": (
            right_of_entry(HK, DocumentType.HKID),
            right_of_entry(GD, DocumentType.MAINLAND_ID, DocumentType.EXIT_ENTRY_PERMIT),
        ),
        "exemptions": (),
        "credentials": credentials(),
        "basis": basis("phase"),
    }
    return Phase(**values | changes)


def version(*phases: Phase, **changes: Any) -> Version:
    """A version that holds the phases, or the pilot."""
    values: dict[str, Any] = {
        "id": VersionId("test-pilot-1"),
        "scheme": SchemeId("test-pilot"),
        "number": 1,
        "follows": None,
        "title": text("Test pilot"),
        "summary": text("A pilot for tests"),
        "zone": ZONE,
        "week_starts_on": Weekday.MONDAY,
        "week_basis": basis(),
        "languages": tuple(Language),
        "parties": (
            Party(id=HK, name=text("Hong Kong"), division=DivisionCode("810000")),
            Party(id=GD, name=text("Guangdong"), division=DivisionCode("440000")),
        ),
        "booking_authority": HK,
        "booking_authority_basis": basis(),
        "sources": (
            Source(
                id=SourceId("paper"),
                title="A paper",
                publisher="A publisher",
                url="https://example.org/paper",
                published=datetime(2021, 11, 5, tzinfo=UTC),
                language="en",
            ),
        ),
        "claims": (
            Claim(
                id=ClaimId("phase"),
                fact=text("a first stage on trial"),
                source=SourceId("paper"),
                certainty=Certainty.REPORTED,
                witnesses=(Witness(who=text("an official"), on=date(2021, 11, 4)),),
            ),
        ),
        "milestones": (),
        "phases": phases or (phase(),),
        "data": DataProtection(
            legal_basis=text("law"),
            controller=text("authority"),
            purpose=text("crossing"),
            retention_days=31,
            ends=date(2022, 6, 30),
            basis=basis(),
        ),
    }
    return Version(**values | changes)
