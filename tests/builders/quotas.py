"""Builders of quotas beyond a plain cap: reserves, other limits, sponsors."""

from dataclasses import replace
from datetime import date, time
from typing import Any

from tests.builders.schemes import basis, quota, text
from tongguan.core.identifiers import QuotaId, SponsorId
from tongguan.core.scheme.model import (
    Deadline,
    LimitException,
    OrderOfUse,
    Quota,
    QuotaKind,
    QuotaPer,
    Reserve,
    Sponsor,
)

EVE_NOON = Deadline(days_before=1, at=time(12))


def reserve(
    id_: str,
    limit: int | None,
    *,
    inside: str = "day",
    order: OrderOfUse | None = OrderOfUse.RESERVE_FIRST,
    released: Deadline | None = None,
    per: QuotaPer = QuotaPer.DAY,
    **counts: str | None,
) -> Quota:
    """So many places of a cap for the crossings that it counts."""
    kept = Reserve(inside=QuotaId(inside), order_of_use=order, released=released)
    whole = quota(id_, per=per, limit=limit, **counts)
    return replace(whole, kind=QuotaKind.RESERVE, reserve=kept)


def exception(limit: int | None, id_: str = "other", **changes: Any) -> LimitException:
    """Another limit, for all windows unless it is said for which."""
    values: dict[str, Any] = {
        "id": id_,
        "where": {},
        "first": None,
        "last": None,
        "weekdays": None,
        "limit": limit,
        "basis": basis(),
    }
    return LimitException(**values | changes)


def on(first: str, last: str | None = None) -> dict[str, date]:
    """The days of an exception."""
    return {"first": date.fromisoformat(first), "last": date.fromisoformat(last or first)}


def sponsor(id_: str) -> Sponsor:
    return Sponsor(id=SponsorId(id_), name=text(id_), basis=basis())
