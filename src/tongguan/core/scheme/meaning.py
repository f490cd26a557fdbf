"""What a file must say beyond its form: names that exist, days in order, nothing twice.

Every check reads what could be read and passes over the rest, which has its own fault already.
"""

from collections.abc import Callable, Iterator
from datetime import date, time, timedelta
from typing import Final

from tongguan.core.scheme.faults import FaultCode, Path
from tongguan.core.scheme.language.forms import Parsed
from tongguan.core.scheme.language.reader import Reader
from tongguan.core.scheme.model import EACH, Leg, QuotaPer


def check_meaning(version: Parsed, reader: Reader) -> None:
    """Reports every fault of meaning in a version."""
    for check in _CHECKS_OF_VERSION:
        check(version, reader)
    for phase in nodes(version, "phases"):
        for check_phase in _CHECKS_OF_PHASE:
            check_phase(version, phase, reader)


def nodes(parent: Parsed | None, key: str) -> tuple[Parsed, ...]:
    """The mappings in a list, those that could be read."""
    items = parent.values.get(key) if parent is not None else None
    return tuple(i for i in items if isinstance(i, Parsed)) if isinstance(items, tuple) else ()


def node(parent: Parsed, key: str) -> Parsed | None:
    """The mapping at a key, when it could be read."""
    value = parent.values.get(key)
    return value if isinstance(value, Parsed) else None


def strings(parent: Parsed | None, key: str) -> tuple[tuple[Path, str], ...]:
    """The strings in a list, each with its path."""
    items = parent.values.get(key) if parent is not None else None
    if parent is None or not isinstance(items, tuple):
        return ()
    return tuple(
        ((*parent.path, key, index), item) for index, item in enumerate(items) if type(item) is str
    )


def string(parent: Parsed, key: str) -> str | None:
    """The string at a key, when it could be read."""
    value = parent.values.get(key)
    return value if isinstance(value, str) else None


def _ids(items: tuple[Parsed, ...]) -> tuple[str, ...]:
    return tuple(identifier for item in items if (identifier := string(item, "id")) is not None)


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(sorted(set(names))[:12]) or "—"


def _walk(value: object) -> Iterator[Parsed]:
    if isinstance(value, Parsed):
        yield value
        for item in value.values.values():
            yield from _walk(item)
    elif isinstance(value, tuple):
        for item in value:
            yield from _walk(item)


def _expect(
    name: str | None, known: tuple[str, ...], path: Path, code: FaultCode, reader: Reader
) -> None:
    if name is not None and name not in known:
        reader.fault(code, path, value=name, allowed=_listed(known))


def _check_duplicates(version: Parsed, reader: Reader) -> None:
    for parent in _walk(version):
        for key in parent.values:
            seen: set[str] = set()
            for item in nodes(parent, key):
                identity = string(item, "id") or string(item, "issuer") or string(item, "party")
                if identity is not None and identity in seen:
                    reader.fault(FaultCode.DUPLICATE_ID, item.path, value=identity)
                seen.add(identity or "")


def _check_claims(version: Parsed, reader: Reader) -> None:
    claims = _ids(nodes(version, "claims"))
    sources = _ids(nodes(version, "sources"))
    for claim in nodes(version, "claims"):
        path = (*claim.path, "source")
        _expect(string(claim, "source"), sources, path, FaultCode.SOURCE_UNKNOWN, reader)
    for clause in _walk(version):
        if clause.form.clause:
            for path, name in strings(clause, "claims"):
                _expect(name, claims, path, FaultCode.CLAIM_UNKNOWN, reader)


def _check_parties(version: Parsed, reader: Reader) -> None:
    parties = _ids(nodes(version, "parties"))
    for item in _walk(version):
        names = item.values.get("names")
        for name in names if isinstance(names, dict) else ():
            path = (*item.path, "names", name)
            _expect(name, parties, path, FaultCode.PARTY_UNKNOWN, reader)
        for key in ("party", "origin", "destination"):
            path = (*item.path, key)
            _expect(string(item, key), parties, path, FaultCode.PARTY_UNKNOWN, reader)
        path = (*item.path, "issuer")
        _expect(string(item, "issuer"), parties, path, FaultCode.ISSUER_NO_PARTY, reader)


def _check_interval_order(version: Parsed, reader: Reader) -> None:
    for item in _walk(version):
        first, last = item.values.get("first"), item.values.get("last")
        if isinstance(first, date) and isinstance(last, date) and last < first:
            _report_order(reader, (*item.path, "last"), first, last)


def _report_order(reader: Reader, path: Path, earlier: date, later: date) -> None:
    facts = {"earlier": earlier.isoformat(), "later": later.isoformat()}
    reader.fault(FaultCode.DATES_OUT_OF_ORDER, path, **facts)


def _check_follows(version: Parsed, reader: Reader) -> None:
    identity = string(version, "id")
    if identity is not None and identity == string(version, "follows"):
        reader.fault(FaultCode.VERSION_FOLLOWS_ITSELF, (*version.path, "follows"), value=identity)


def _check_week(version: Parsed, reader: Reader) -> None:
    written = isinstance(reader.data, dict) and "week" in reader.data
    quotas = [quota for phase in nodes(version, "phases") for quota in nodes(phase, "quotas")]
    weekly = [quota for quota in quotas if quota.values.get("per") is QuotaPer.WEEK]
    if weekly and not written:
        reader.fault(FaultCode.WEEK_WITHOUT_START, (*weekly[0].path, "per"))


def _first_day(phase: Parsed) -> date | None:
    interval = node(phase, "not_before")
    first = interval.values.get("first") if interval is not None else None
    return first if isinstance(first, date) else None


def _last_day_that_is_sure(phase: Parsed) -> date | None:
    """The day until which the phase may hold, or may at least begin."""
    interval = node(phase, "not_before")
    last = interval.values.get("last") if interval is not None else None
    ends = phase.values.get("ends")
    days = [day for day in (ends, last) if isinstance(day, date)]
    return days[0] if days else None


def _check_phases_overlap(version: Parsed, reader: Reader) -> None:
    dated = [
        (first, phase)
        for phase in nodes(version, "phases")
        if (first := _first_day(phase)) is not None
    ]
    dated.sort(key=lambda pair: pair[0])
    for index, (_, earlier) in enumerate(dated):
        last = _last_day_that_is_sure(earlier)
        for first, later in dated[index + 1 :]:
            if last is not None and first <= last:
                names = {"value": string(later, "id") or "—", "other": string(earlier, "id") or "—"}
                reader.fault(FaultCode.PHASES_OVERLAP, (*later.path, "not_before"), **names)


def _check_phase_ends(_: Parsed, phase: Parsed, reader: Reader) -> None:
    first, ends = _first_day(phase), phase.values.get("ends")
    if first is not None and isinstance(ends, date) and ends < first:
        _report_order(reader, (*phase.path, "ends"), first, ends)


def _check_data_ends(version: Parsed, phase: Parsed, reader: Reader) -> None:
    """Nothing of a journey may be deleted before its last slot is over."""
    data = node(version, "data")
    data_ends = data.values.get("ends") if data is not None else None
    last = phase.values.get("ends")
    if data is None or not isinstance(data_ends, date) or not isinstance(last, date):
        return
    spans = (_minutes(slot, "starts", "ends") for slot in _slots(phase))
    if any(span is not None and span[1] > _DAY_MINUTES for span in spans):
        last += timedelta(days=1)
    if data_ends < last:
        facts = {
            "value": data_ends.isoformat(),
            "later": last.isoformat(),
            "other": string(phase, "id") or "—",
        }
        reader.fault(FaultCode.DATA_ENDS_TOO_EARLY, (*data.path, "ends"), **facts)


def _check_quotas(_: Parsed, phase: Parsed, reader: Reader) -> None:
    points, slots = _control_points(phase), _slots(phase)
    known: dict[str, tuple[FaultCode, tuple[str, ...] | None]] = {
        "category": (FaultCode.CATEGORY_UNKNOWN, _ids(nodes(phase, "categories"))),
        "direction": (FaultCode.DIRECTION_UNKNOWN, _ids(nodes(phase, "directions"))),
        "control_point": (FaultCode.CONTROL_POINT_UNKNOWN, _ids(points)),
        "slot": (FaultCode.SLOT_UNKNOWN, _ids(slots)),
    }
    for quota in nodes(phase, "quotas"):
        counts = quota.values.get("counts")
        for dimension, name in counts.items() if isinstance(counts, dict) else ():
            if dimension in known and isinstance(name, str) and name != EACH:
                code, names = known[dimension]
                _expect(name, names or (), (*quota.path, "counts", dimension), code, reader)


def _control_points(phase: Parsed) -> tuple[Parsed, ...]:
    return nodes(node(phase, "entry"), "control_points")


def _slots(phase: Parsed) -> tuple[Parsed, ...]:
    return tuple(
        slot for direction in nodes(phase, "directions") for slot in nodes(direction, "slots")
    )


def _check_fallbacks(_: Parsed, phase: Parsed, reader: Reader) -> None:
    categories = nodes(phase, "categories")
    known = _ids(categories)
    ways: dict[str, tuple[str, ...]] = {}
    for category in categories:
        fallbacks = strings(category, "fallback")
        for path, name in fallbacks:
            _expect(name, known, path, FaultCode.CATEGORY_UNKNOWN, reader)
        ways[string(category, "id") or ""] = tuple(name for _, name in fallbacks)
    reported: set[str] = set()
    for category in categories:
        circle = _circle_from(string(category, "id") or "", ways)
        if circle and not reported & set(circle):
            reported.update(circle)
            path = (*category.path, "fallback")
            reader.fault(FaultCode.FALLBACK_CYCLE, path, value=" → ".join(circle))


def _circle_from(start: str, ways: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The way from a category back to itself, or nothing."""
    reached: dict[str, tuple[str, ...]] = {start: (start,)}
    waiting = [start]
    while waiting:
        here = waiting.pop()
        for name in ways.get(here, ()):
            if name == start:
                return (*reached[here], start)
            if name not in reached:
                reached[name] = (*reached[here], name)
                waiting.append(name)
    return ()


def _check_precedence(_: Parsed, phase: Parsed, reader: Reader) -> None:
    seen: dict[int, str] = {}
    for category in nodes(phase, "categories"):
        precedence, name = category.values.get("precedence"), string(category, "id") or "—"
        if isinstance(precedence, int):
            if precedence in seen:
                path = (*category.path, "precedence")
                facts = {"value": name, "other": seen[precedence]}
                reader.fault(FaultCode.PRECEDENCE_TWICE, path, **facts)
            seen.setdefault(precedence, name)


def _check_directions_named(_: Parsed, phase: Parsed, reader: Reader) -> None:
    known = _ids(nodes(phase, "directions"))
    health = node(phase, "health")
    for holder in (*nodes(health, "codes"), *nodes(phase, "exemptions")):
        for path, name in strings(holder, "directions"):
            _expect(name, known, path, FaultCode.DIRECTION_UNKNOWN, reader)


def _check_directions(_: Parsed, phase: Parsed, reader: Reader) -> None:
    for direction in nodes(phase, "directions"):
        origin = string(direction, "origin")
        if origin is not None and origin == string(direction, "destination"):
            path = (*direction.path, "destination")
            reader.fault(FaultCode.DIRECTION_OF_ONE_PARTY, path, value=origin)


def _check_home(_: Parsed, phase: Parsed, reader: Reader) -> None:
    clause = node(phase, "return")
    legs = [direction.values.get("leg") for direction in nodes(phase, "directions")]
    required = clause is not None and clause.values.get("place_required") is True
    if clause is not None and required and Leg.HOME not in legs:
        reader.fault(FaultCode.HOME_DIRECTION_MISSING, (*clause.path, "place_required"))


_DAY_MINUTES: Final = 24 * 60


def _minutes(slot: Parsed, start_key: str, end_key: str) -> tuple[int, int] | None:
    start, end = slot.values.get(start_key), slot.values.get(end_key)
    if not isinstance(start, time) or not isinstance(end, time):
        return None
    first = start.hour * 60 + start.minute
    last = end.hour * 60 + end.minute
    return (first, last if last > first else last + _DAY_MINUTES)


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether two times of day share a minute, on the same day or over midnight."""
    return any(
        one[0] < other[1] + shift and other[0] + shift < one[1]
        for shift in (-_DAY_MINUTES, 0, _DAY_MINUTES)
    )


def _check_slots(_: Parsed, phase: Parsed, reader: Reader) -> None:
    for direction in nodes(phase, "directions"):
        seen: list[tuple[tuple[int, int], str]] = []
        for slot in nodes(direction, "slots"):
            span, name = _minutes(slot, "starts", "ends"), string(slot, "id") or "—"
            if span is None:
                continue
            for other_span, other in seen:
                if _overlap(span, other_span):
                    facts = {"value": name, "other": other}
                    reader.fault(FaultCode.SLOTS_OVERLAP, slot.path, **facts)
            seen.append((span, name))
        _check_slots_within_hours(direction, phase, reader)


def _check_slots_within_hours(direction: Parsed, phase: Parsed, reader: Reader) -> None:
    points = _control_points(phase)
    hours = [_minutes(point, "opens", "closes") for point in points]
    open_hours = [span for span in hours if span is not None]
    if not points or len(open_hours) < len(points):
        return
    for slot in nodes(direction, "slots"):
        span = _minutes(slot, "starts", "ends")
        if span is not None and not any(_holds(opening, span) for opening in open_hours):
            allowed = ", ".join(sorted({_clock(opening) for opening in open_hours}))
            facts = {"value": string(slot, "id") or "—", "allowed": allowed}
            reader.fault(FaultCode.SLOT_OUTSIDE_HOURS, slot.path, **facts)


def _holds(opening: tuple[int, int], span: tuple[int, int]) -> bool:
    if opening[1] - opening[0] == _DAY_MINUTES:
        return True
    return any(
        opening[0] <= span[0] + shift and span[1] + shift <= opening[1]
        for shift in (0, _DAY_MINUTES)
    )


def _clock(span: tuple[int, int]) -> str:
    start, end = (f"{minutes // 60 % 24:02}:{minutes % 60:02}" for minutes in span)
    return f"{start}–{end}"


_CHECKS_OF_VERSION: Final[tuple[Callable[[Parsed, Reader], None], ...]] = (
    _check_duplicates,
    _check_claims,
    _check_parties,
    _check_interval_order,
    _check_follows,
    _check_week,
    _check_phases_overlap,
)

_CHECKS_OF_PHASE: Final[tuple[Callable[[Parsed, Parsed, Reader], None], ...]] = (
    _check_phase_ends,
    _check_data_ends,
    _check_quotas,
    _check_fallbacks,
    _check_precedence,
    _check_directions_named,
    _check_directions,
    _check_home,
    _check_slots,
)
