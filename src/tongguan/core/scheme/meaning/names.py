"""Names: nothing twice, and everything that is named exists."""

from collections.abc import Callable
from itertools import chain
from typing import Final

from tongguan.core.scheme.faults import FaultCode
from tongguan.core.scheme.language.forms import Parsed
from tongguan.core.scheme.language.reader import Reader
from tongguan.core.scheme.meaning.nodes import (
    control_points,
    expect,
    expect_all,
    ids,
    mapping,
    name_of,
    node,
    nodes,
    string,
    strings,
    walk,
)
from tongguan.core.scheme.model import EACH, AllocationMethod, Leg

_IDENTITIES: Final = ("id", "issuer", "party", "claim", "direction")
_PARTY_KEYS: Final = ("party", "origin", "destination", "booking_authority")


def _check_duplicates(version: Parsed, reader: Reader) -> None:
    for parent in walk(version):
        for key in parent.values:
            seen: set[str] = set()
            for item in nodes(parent, key):
                identity = next(filter(None, (string(item, name) for name in _IDENTITIES)), None)
                if identity is not None and identity in seen:
                    reader.fault(FaultCode.DUPLICATE_ID, item.path, value=identity)
                seen.add(identity or "")


def _check_follows(version: Parsed, reader: Reader) -> None:
    identity = string(version, "id")
    if identity is not None and identity == string(version, "follows"):
        reader.fault(FaultCode.VERSION_FOLLOWS_ITSELF, (*version.path, "follows"), value=identity)


def _check_claims(version: Parsed, reader: Reader) -> None:
    claims = ids(nodes(version, "claims"))
    sources = ids(nodes(version, "sources"))
    for claim in nodes(version, "claims"):
        path = (*claim.path, "source")
        expect(string(claim, "source"), sources, path, FaultCode.SOURCE_UNKNOWN, reader)
    for clause in walk(version):
        if clause.form.clause:
            expect_all(clause, "claims", claims, FaultCode.CLAIM_UNKNOWN, reader)
            _check_set_aside(clause, claims, reader)


def _check_set_aside(clause: Parsed, claims: tuple[str, ...], reader: Reader) -> None:
    cited = [name for _, name in strings(clause, "claims")]
    for rival in nodes(clause, "set_aside"):
        name, path = string(rival, "claim"), (*rival.path, "claim")
        expect(name, claims, path, FaultCode.CLAIM_UNKNOWN, reader)
        if name is not None and name in cited:
            reader.fault(FaultCode.SET_ASIDE_CITED, path, value=name)


def _check_parties(version: Parsed, reader: Reader) -> None:
    parties = ids(nodes(version, "parties"))
    for item in walk(version):
        for name in mapping(item, "names"):
            path = (*item.path, "names", name)
            expect(name, parties, path, FaultCode.PARTY_UNKNOWN, reader)
        for key in _PARTY_KEYS:
            path = (*item.path, key)
            expect(string(item, key), parties, path, FaultCode.PARTY_UNKNOWN, reader)
        expect_all(item, "reported_by", parties, FaultCode.PARTY_UNKNOWN, reader)
        path = (*item.path, "issuer")
        expect(string(item, "issuer"), parties, path, FaultCode.ISSUER_NO_PARTY, reader)


def _check_fallbacks(_: Parsed, phase: Parsed, reader: Reader) -> None:
    categories = nodes(phase, "categories")
    known = ids(categories)
    ways: dict[str, tuple[str, ...]] = {}
    for category in categories:
        expect_all(category, "fallback", known, FaultCode.CATEGORY_UNKNOWN, reader)
        fallbacks = strings(category, "fallback")
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
        precedence = category.values.get("precedence")
        if isinstance(precedence, int):
            if precedence in seen:
                path = (*category.path, "precedence")
                facts = {"value": name_of(category), "other": seen[precedence]}
                reader.fault(FaultCode.PRECEDENCE_TWICE, path, **facts)
            seen.setdefault(precedence, name_of(category))


def _check_sponsors(_: Parsed, phase: Parsed, reader: Reader) -> None:
    """Said once, at the first clause that asks for sponsors where there are none."""
    by_list = (
        (*category.path, "allocation")
        for category in nodes(phase, "categories")
        if category.values.get("allocation") is AllocationMethod.SPONSOR_LIST
    )
    by_quota = (
        (*quota.path, "counts", "sponsor")
        for quota in nodes(phase, "quotas")
        if mapping(quota, "counts").get("sponsor") == EACH
    )
    asked = next(chain(by_list, by_quota), None)
    if asked is not None and phase.values.get("sponsors") == ():
        reader.fault(FaultCode.SPONSORS_MISSING, asked)


def _check_named_within_phase(_: Parsed, phase: Parsed, reader: Reader) -> None:
    """Directions and control points that clauses of the phase name."""
    directions, points = ids(nodes(phase, "directions")), ids(control_points(phase))
    health = node(phase, "health")
    breakers = nodes(phase, "breakers")
    holders = (
        *nodes(health, "codes"),
        *nodes(health, "tests"),
        *nodes(health, "requirements"),
        *nodes(health, "admitted_under"),
        *nodes(phase, "exemptions"),
        *breakers,
    )
    for holder in holders:
        expect_all(holder, "directions", directions, FaultCode.DIRECTION_UNKNOWN, reader)
    for breaker in breakers:
        expect_all(breaker, "control_points", points, FaultCode.CONTROL_POINT_UNKNOWN, reader)


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


def _check_keepers(version: Parsed, phase: Parsed, reader: Reader) -> None:
    """Places that must be booked together must be booked with one authority."""
    clause, own = node(phase, "return"), node(version, "booking_authority")
    if clause is None or clause.values.get("place_required") is not True:
        return
    default = None if own is None else string(own, "party")
    kept = {
        direction.values.get("leg"): string(direction, "booking_authority") or default
        for direction in nodes(phase, "directions")
    }
    out, home = kept.get(Leg.OUT), kept.get(Leg.HOME)
    if out is not None and home is not None and out != home:
        path = (*clause.path, "place_required")
        reader.fault(FaultCode.KEEPERS_DIFFER, path, value=out, other=home)


CHECKS_OF_ANY_TEXT: Final[tuple[Callable[[Parsed, Reader], None], ...]] = (
    _check_duplicates,
    _check_claims,
)
"""Those that hold for an annex as for a version."""

CHECKS_OF_VERSION: Final[tuple[Callable[[Parsed, Reader], None], ...]] = (
    *CHECKS_OF_ANY_TEXT,
    _check_follows,
    _check_parties,
)

CHECKS_OF_PHASE: Final[tuple[Callable[[Parsed, Parsed, Reader], None], ...]] = (
    _check_fallbacks,
    _check_precedence,
    _check_sponsors,
    _check_named_within_phase,
    _check_directions,
    _check_home,
    _check_keepers,
)
