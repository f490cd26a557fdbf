"""What is asked for in a benchmark: made-up people, on one hot day or on many."""

import random
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from tongguan.app.ledger_port import AskedAlike, AskedLeg, PlaceRequest
from tongguan.core.identifiers import (
    ApplicationId,
    CategoryId,
    ControlPointId,
    DirectionId,
    JourneyId,
    PersonKey,
    PhaseId,
    QuotaId,
    SchemeId,
    SlotId,
    VersionDigest,
)
from tongguan.core.quota.windows import Window
from tongguan.core.scheme.model import Leg

GROUP: Final = 500
"""Parties in one call."""
LIMIT: Final = 1_000_000_000
"""Room for everyone."""
FIRST_DAY: Final = date(2021, 12, 13)
"""A Monday, on which the quota week begins."""
NOW: Final = datetime(2021, 12, 13, 9, tzinfo=ZoneInfo("Asia/Hong_Kong"))
LIVE_UNTIL: Final = NOW + timedelta(days=1000)
LEDGER: Final = SchemeId("benchmark")
DIRECTION: Final = DirectionId("HK-GD")
CATEGORY: Final = CategoryId("business")
CONTROL_POINT: Final = ControlPointId("SZB")
SLOT: Final = SlotId("day")
PHASE: Final = PhaseId("pilot")
VERSION: Final = VersionDigest("0" * 64)
DAY_QUOTA: Final = QuotaId("day")
QUOTAS: Final = (
    (DAY_QUOTA, 1, (("direction", str(DIRECTION)),)),
    (
        QuotaId("port-day"),
        1,
        (("control_point", str(CONTROL_POINT)), ("direction", str(DIRECTION))),
    ),
    (QuotaId("week"), 7, (("category", str(CATEGORY)), ("direction", str(DIRECTION)))),
)
"""What counts each crossing: the whole day, the day at one port, the week of one category."""


def week_of(day: date) -> date:
    """The Monday of its week."""
    return day - timedelta(days=day.weekday())


def asked_on(day: date, *, scheme: SchemeId = LEDGER, day_limit: int = LIMIT) -> AskedAlike:
    """One way on a day, counted by three windows, of which the day's may be scarce."""
    week = week_of(day)
    leg = AskedLeg(
        leg=Leg.OUT,
        direction=DIRECTION,
        control_point=CONTROL_POINT,
        slot=SLOT,
        day=day,
        cell_week=week,
    )
    windows = tuple(
        Window(
            scheme=scheme,
            cell_week=week,
            quota=quota,
            starts=week if days == 7 else day,
            dimensions=dimensions,
            days=days,
            limit=day_limit if quota == DAY_QUOTA else LIMIT,
        )
        for quota, days, dimensions in QUOTAS
    )
    return AskedAlike(
        scheme=scheme,
        version=VERSION,
        phase=PHASE,
        category=CATEGORY,
        sponsor=None,
        legs=(leg,),
        windows=tuple((window, 1) for window in windows),
        live_until=LIVE_UNTIL,
        live_journeys_per_person_max=1,
    )


class People:
    """Parties that nobody has met before; the same seed makes the same ones.

    Ids, person keys and hashes are as random as real ones: where a row falls into an index is part
    of what it costs.
    """

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - made-up people need no secrecy

    def party(self, asked: AskedAlike, size: int = 1) -> PlaceRequest:
        """A party of this many that asks for this."""
        return PlaceRequest(
            journey=JourneyId(self._id()),
            application=ApplicationId(self._id()),
            request_hash=self._random.randbytes(32),
            persons=tuple(PersonKey(self._random.randbytes(16)) for _ in range(size)),
            asked=asked,
        )

    def singles(self, asked: AskedAlike, count: int) -> list[PlaceRequest]:
        """Single travellers who all ask for the same."""
        return [self.party(asked) for _ in range(count)]

    def singles_over(self, kinds: Sequence[AskedAlike], count: int) -> list[PlaceRequest]:
        """Single travellers who each ask for one of these, at random."""
        return [self.party(self._random.choice(kinds)) for _ in range(count)]

    def mixed(self, asked: AskedAlike, count: int) -> list[PlaceRequest]:
        """Parties of four and single travellers, mixed at random, half of each."""
        return [self.party(asked, self._random.choice((1, 4))) for _ in range(count)]

    def _id(self) -> str:
        return str(UUID(int=self._random.getrandbits(128), version=4))
