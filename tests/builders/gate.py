"""Builders of gate situations: a traveller on the way out, all in order, changed by keyword."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.builders.schemes import GD, HK, HOME, OUT, PILOT, SZB, text, version
from tongguan.core.credentials.faults import ReadFault, Unreadable
from tongguan.core.credentials.status_list import StatusList, StatusPurpose
from tongguan.core.gate.situation import EarlierUse, GateSituation, Holder
from tongguan.core.health.code import HealthCodeClaims
from tongguan.core.health.colour_names import Colour
from tongguan.core.health.papers import PresentedPapers
from tongguan.core.health.tests import PresentedTest
from tongguan.core.identifiers import (
    AuthorityId,
    CategoryId,
    DirectionId,
    PassId,
    SchemeId,
    VersionDigest,
)
from tongguan.core.passes.claims import PassClaims
from tongguan.core.people import DocumentType
from tongguan.core.scheme.model import Leg
from tongguan.core.scheme.state import PhaseState
from tongguan.core.scheme.suspensions import Suspension

DAY = date(2021, 12, 13)
NOON = datetime(2021, 12, 13, 4, 0, tzinfo=UTC)
"""12:00 in Hong Kong, within the slot of the builder's passes."""
DIGEST = VersionDigest("ab" * 32)
TAG = bytes(range(12))
OTHER_TAG = bytes(12)
PERIOD = "2021-12"
PERMIT = DocumentType.HOME_RETURN_PERMIT
"""Gives a right of entry to neither side in the builder's scheme."""
UNREADABLE = Unreadable(code=ReadFault.BAD_SIGNATURE, detail="the signature is not the key's")


def hong_kong(day: int, clock: str) -> datetime:
    """A time of a day of December 2021 in Hong Kong, in UTC."""
    return datetime.fromisoformat(f"2021-12-{day:02d}T{clock}+08:00").astimezone(UTC)


def pass_claims(direction: DirectionId = OUT, **changes: Any) -> PassClaims:
    values: dict[str, Any] = {
        "pass_id": PassId(b"p" * 16),
        "issuer": HK,
        "scheme_id": SchemeId("test-pilot"),
        "version_digest": bytes.fromhex(DIGEST)[:8],
        "direction": direction,
        "leg": Leg.OUT if direction == OUT else Leg.HOME,
        "category": CategoryId("family"),
        "service_day": DAY,
        "slot_start": hong_kong(13, "10:00"),
        "slot_end": hong_kong(13, "14:00"),
        "control_point": SZB,
        "name": "CHAN Tai Man",
        "holder_tag": TAG,
        "home_day": date(2021, 12, 16) if direction == OUT else None,
        "status_list": "pass",
        "status_index": 7,
        "issued_at": hong_kong(10, "09:00"),
        "expires_at": hong_kong(13, "23:59"),
    }
    return PassClaims(**values | changes)


def health_code(issuer: AuthorityId = HK, **changes: Any) -> HealthCodeClaims:
    values: dict[str, Any] = {
        "code_id": b"c" * 16,
        "issuer": issuer,
        "colour": Colour.GREEN,
        "rule_version": "test-1",
        "holder_tag": TAG,
        "holder_period": PERIOD,
        "status_list": "health",
        "status_index": 3,
        "issued_at": hong_kong(13, "08:00"),
        "valid_until": hong_kong(13, "23:59:59"),
    }
    return HealthCodeClaims(**values | changes)


def paper(sampled: str = "12T09:00", reported: str | None = None, **changes: Any) -> PresentedTest:
    """A test by nasal swab of these local times of December 2021, such as ``12T09:00``."""
    values: dict[str, Any] = {
        "sampled_at": hong_kong(int(sampled[:2]), sampled[3:]),
        "reported_at": None if reported is None else hong_kong(int(reported[:2]), reported[3:]),
        "specimen": "nasal-swab",
        "read_by": "officer-7",
    }
    return PresentedTest(**values | changes)


def papers(**changes: Any) -> PresentedPapers:
    """Health papers as an officer read them, none of them unless named."""
    return PresentedPapers(**{"read_by": "officer-7"} | changes)


def status_list(
    issuer: AuthorityId,
    list_id: str,
    *set_indices: int,
    age_minutes: int = 5,
    purpose: StatusPurpose = StatusPurpose.REVOCATION,
    now: datetime = NOON,
) -> StatusList:
    return StatusList.of(
        set_indices,
        issuer=issuer,
        purpose=purpose,
        list_id=list_id,
        issued_at=now - timedelta(minutes=age_minutes),
        capacity=64,
    )


def status_lists(now: datetime = NOON) -> tuple[StatusList, ...]:
    """A fresh, empty list of every kind that the gate asks for."""
    kinds = ((HK, "pass"), (HK, "health"), (GD, "health"))
    return tuple(status_list(issuer, list_id, now=now) for issuer, list_id in kinds)


def holder(document_type: DocumentType = PERMIT, **tags: bytes) -> Holder:
    return Holder(document_type=document_type, tags=tags or {PERIOD: TAG})


def situation(direction: DirectionId = OUT, **changes: Any) -> GateSituation:
    """A traveller with everything in order at noon; status lists are as old as ``now`` asks."""
    now = changes.get("now", NOON)
    values: dict[str, Any] = {
        "version": version(),
        "version_digest": DIGEST,
        "phase_id": PILOT,
        "phase_state": PhaseState.ACTIVE,
        "direction": direction,
        "control_point": SZB,
        "now": now,
        "pass_": pass_claims(direction),
        "codes": (health_code(HK), health_code(GD)),
        "holder": holder(),
        "earlier_use": None,
        "status_lists": status_lists(now),
    }
    return GateSituation(**values | changes)


def suspension(**changes: Any) -> Suspension:
    """Everything is closed since 10:00 of the day, announced 38 minutes before."""
    values: dict[str, Any] = {
        "order": "ab" * 32,
        "authority": HK,
        "breaker": None,
        "control_points": None,
        "directions": None,
        "announced_at": hong_kong(13, "09:22"),
        "effective_at": hong_kong(13, "10:00"),
        "until": None,
        "reason": text(""),
    }
    return Suspension(**values | changes)


def going_home(**changes: Any) -> GateSituation:
    """A traveller on the way home with everything in order."""
    return situation(HOME, **changes)


def used(clock: str = "11:05") -> EarlierUse:
    return EarlierUse(used_at=hong_kong(13, clock), control_point=SZB)


def with_lists(base: GateSituation, *lists: StatusList) -> GateSituation:
    """The situation with these lists in place of those of the same issuer and list id."""
    names = {(each.issuer, each.list_id) for each in lists}
    kept = tuple(each for each in base.status_lists if (each.issuer, each.list_id) not in names)
    return replace(base, status_lists=(*kept, *lists))
