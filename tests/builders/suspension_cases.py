"""The kind of case that asks whom a suspension stops, beside the bundled schemes.

A case states the orders in force and crossings by name, each at an instant or by its slot::

    suspension:
      phase: "entry"
      orders:
        - by: "HK"
          at: "2022-01-17T23:22:00+08:00"
          effective_at: "2022-01-18T00:00:00+08:00"
          control_points: ["HZB"]
      crossings:
        over the bridge: {direction: "GD-HK", control_point: "HZB", at: "2022-01-18T00:00:00+08:00"}
        at the bay: {direction: "GD-HK", control_point: "SZB", day: "2022-01-18", slot: "morning"}
    expect: {stopped: ["over the bridge"], open: ["at the bay"]}

An order may have ``directions``, ``until`` and ``breaker`` too; ``{by, at, lifts: true}`` lifts all
of its authority. A crossing by its slot is judged when the slot begins, as booking does.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from tongguan.adapters.scheme_files import LoadedScheme
from tongguan.core.calendar import slot_interval
from tongguan.core.scheme.acts import Act, ActKind
from tongguan.core.scheme.model import Direction, Phase
from tongguan.core.scheme.state import acts_in_order, find_phase, standing_after
from tongguan.core.scheme.suspensions import suspension_at
from tongguan.core.texts import Text

_WHY = Text(zh_hant="防疫", zh_hans="防疫", en="Epidemic control")


def check_suspension(loaded: LoadedScheme, situation: dict[str, Any], expected: Any) -> None:
    """Which crossings are stopped by the orders known at their instant or when they are booked."""
    phase = find_phase(loaded.version, situation["phase"])
    assert phase is not None
    orders = [_act(loaded, phase, each) for each in situation["orders"]]
    found: dict[str, list[str]] = {"stopped": [], "open": []}
    for name, crossing in situation["crossings"].items():
        is_stopped = _is_stopped(loaded, phase, orders, crossing)
        found["stopped" if is_stopped else "open"].append(name)
    assert found == {"stopped": expected.get("stopped", []), "open": expected.get("open", [])}


def _is_stopped(
    loaded: LoadedScheme, phase: Phase, orders: list[Act], crossing: dict[str, Any]
) -> bool:
    direction = next(each for each in phase.directions if each.id == crossing["direction"])
    at = _instant(loaded, direction, crossing)
    begun = min(act.at for act in orders) - timedelta(days=1)
    activation = _signed(loaded, phase, ActKind.ACTIVATE_PHASE, by=orders[0].authority, at=begun)
    acts = acts_in_order(orders, at)
    standing = standing_after(loaded.version, phase, activation, acts, at)
    return (
        suspension_at(
            standing.suspensions,
            direction=direction,
            control_point=crossing["control_point"],
            at=at,
        )
        is not None
    )


def _instant(loaded: LoadedScheme, direction: Direction, crossing: dict[str, Any]) -> datetime:
    if "at" in crossing:
        return datetime.fromisoformat(crossing["at"])
    slot = next(each for each in direction.slots or () if each.id == crossing["slot"])
    return slot_interval(date.fromisoformat(crossing["day"]), slot, loaded.version.zone).start


def _act(loaded: LoadedScheme, phase: Phase, said: dict[str, Any]) -> Act:
    at = datetime.fromisoformat(said["at"]).astimezone(UTC)
    if said.get("lifts"):
        return _signed(loaded, phase, ActKind.RESUME, by=said["by"], at=at)
    return _signed(
        loaded,
        phase,
        ActKind.SUSPEND,
        by=said["by"],
        at=at,
        reason=_WHY,
        control_points=tuple(said["control_points"]) if "control_points" in said else None,
        directions=tuple(said["directions"]) if "directions" in said else None,
        effective_at=_when(said, "effective_at"),
        until=_when(said, "until"),
        breaker=said.get("breaker"),
    )


def _when(said: dict[str, Any], name: str) -> datetime | None:
    return datetime.fromisoformat(said[name]).astimezone(UTC) if name in said else None


def _signed(
    loaded: LoadedScheme,
    phase: Phase,
    kind: ActKind,
    *,
    by: str,
    at: datetime,
    **facts: Any,
) -> Act:
    return Act(
        kind=kind,
        authority=by,  # type: ignore[arg-type]
        scheme=loaded.version.scheme,
        version=loaded.version.id,
        digest=loaded.digest,
        phase=phase.id,
        at=at,
        **facts,
    )
