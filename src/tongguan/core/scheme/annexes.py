"""Annexes: read, checked against the bounds of their agreement, and put to work.

One text is signed by all parties. Within the bounds that it sets, the authority that keeps the
places of a direction lays down their booking alone, in an annex under its own signature.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final, cast

import rfc8785

from tongguan.core.booking.keepers import keeper_of
from tongguan.core.calendar import local_day
from tongguan.core.identifiers import AuthorityId, ClaimId, SourceId
from tongguan.core.scheme.canonical import digest_of
from tongguan.core.scheme.faults import Fault, FaultCode, Path, Positions
from tongguan.core.scheme.horizon import Horizon, horizon_breach
from tongguan.core.scheme.language.annexes import ANNEX
from tongguan.core.scheme.language.forms import Node, Parsed, built
from tongguan.core.scheme.language.reader import WRONG, Reader
from tongguan.core.scheme.meaning import names, times
from tongguan.core.scheme.model import (
    Annex,
    AnnexDirection,
    Basis,
    BookingHours,
    Direction,
    Phase,
    Version,
)

_DAY_MINUTES: Final = 24 * 60
_NO_POSITIONS: Final[Positions] = {}


def read_annex(data: object, positions: Positions) -> Annex | tuple[Fault, ...]:
    """The annex that the data says, or its faults in the order of the file.

    What it says by itself; ``check_annex`` holds it against its agreement.
    """
    reader = Reader(data=data, positions=positions)
    annex = AnnexKind().read(data, (), reader)
    if annex is WRONG:
        return _in_file_order(reader)
    return cast("Annex", annex)


def annex_as_data(annex: Annex) -> dict[str, object]:
    """The plain data of an annex with every default written out; reads back as the annex."""
    return cast("dict[str, object]", Node(form=ANNEX).write(annex))


def annex_digest(annex: Annex) -> str:
    """SHA-256 of the annex as canonical JSON, in lower-case hexadecimal."""
    return digest_of(rfc8785.dumps(annex_as_data(annex)))  # type: ignore[arg-type]


def check_annex(
    version: Version,
    annex: Annex,
    positions: Positions = _NO_POSITIONS,
    *,
    at: datetime | None = None,
) -> tuple[Fault, ...]:
    """What in the annex its agreement does not allow, in the order of the file; nothing if sound.

    ``positions`` are those of the annex's own file, ``at`` is when it is signed: days that are
    over by then need no release. ``None`` = before its phase begins.
    """
    reader = Reader(data=annex_as_data(annex), positions=positions)
    _check_agreement(version, annex, reader)
    _check_names(version, annex, reader)
    since = None if at is None else local_day(at, version.zone)
    scope = _Scope(version=version, party=annex.party, since=since)
    for index, said in enumerate(annex.directions):
        _check_direction(scope, said, ("directions", index), reader)
    return _in_file_order(reader)


def with_annexes(version: Version, annexes: Iterable[Annex]) -> Version:
    """The version with booking as the annexes run it, their sources and claims beside its own.

    For annexes that ``check_annex`` finds sound; the text that was signed stays what it was, so
    that its digest is still the agreement's.
    """
    for annex in map(as_cited, annexes):
        said = {each.direction: each for each in annex.directions}
        version = replace(
            version,
            sources=(*version.sources, *annex.sources),
            claims=(*version.claims, *annex.claims),
            phases=tuple(
                replace(
                    phase,
                    directions=tuple(
                        _as_run(each, said[each.id]) if each.id in said else each
                        for each in phase.directions
                    ),
                )
                for phase in version.phases
            ),
        )
    return version


def as_cited(annex: Annex) -> Annex:
    """The annex with its sources and claims named as its party's own, such as ``HK.H1``.

    So they stand beside the agreement's and another party's, whatever each calls its own.
    """
    own = {each.id for each in annex.claims}

    def cited(claim: ClaimId) -> ClaimId:
        return ClaimId(f"{annex.party}.{claim}") if claim in own else claim

    def rests_on(basis: Basis) -> Basis:
        return replace(
            basis,
            claims=tuple(map(cited, basis.claims)),
            set_aside=tuple(replace(each, claim=cited(each.claim)) for each in basis.set_aside),
        )

    def source(name: SourceId) -> SourceId:
        return SourceId(f"{annex.party}.{name}")

    return replace(
        annex,
        sources=tuple(replace(each, id=source(each.id)) for each in annex.sources),
        claims=tuple(
            replace(each, id=cited(each.id), source=source(each.source)) for each in annex.claims
        ),
        forms=replace(annex.forms, basis=rests_on(annex.forms.basis)),
        directions=tuple(replace(each, basis=rests_on(each.basis)) for each in annex.directions),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class AnnexKind:
    """A whole annex as a value of its own, with the checks that need no agreement."""

    hint: str = "{id: …, agreement: …}"

    def read(self, value: object, path: Path, reader: Reader) -> object:
        """The annex, or ``WRONG`` after reporting why."""
        faults = len(reader.faults)
        parsed = Node(form=ANNEX).read(value, path, reader)
        if isinstance(parsed, Parsed):
            _check_meaning(parsed, reader)
        return WRONG if len(reader.faults) > faults else built(parsed)

    def write(self, value: object) -> object:
        """The annex as plain data."""
        return annex_as_data(cast("Annex", value))

    def schema(self) -> dict[str, object]:
        """A reference to the form's definition."""
        return Node(form=ANNEX).schema()


def _as_run(direction: Direction, said: AnnexDirection) -> Direction:
    booking = direction.booking
    if booking is None:
        return direction
    run = replace(
        booking,
        releases=booking.releases if said.releases is None else said.releases,
        hours=booking.hours if said.hours is None else said.hours,
        basis=_joined(booking.basis, said),
    )
    return replace(direction, booking=run)


def _joined(one: Basis, said: AnnexDirection) -> Basis:
    """Both grounds; of what the annex lays down, the agreement's assumption is none any more."""
    other = said.basis
    laid_down = {key for key in ("releases", "hours") if getattr(said, key) is not None}
    assumed = {
        name: why for name, why in one.assumed.items() if name.partition(".")[0] not in laid_down
    }
    return Basis(
        claims=tuple(dict.fromkeys((*one.claims, *other.claims))),
        assumed={**assumed, **other.assumed},
        set_aside=(*one.set_aside, *other.set_aside),
    )


def _in_file_order(reader: Reader) -> tuple[Fault, ...]:
    return tuple(
        sorted(set(reader.faults), key=lambda each: (each.line, each.column, each.path, each.code))
    )


def _check_meaning(annex: Parsed, reader: Reader) -> None:
    """What an annex must say beyond its form: names that exist, nothing twice, one release each."""
    for check in (*names.CHECKS_OF_ANY_TEXT, *times.CHECKS_OF_ANY_TEXT):
        check(annex, reader)


def _check_agreement(version: Version, annex: Annex, reader: Reader) -> None:
    if annex.agreement != version.id:
        facts = {"value": annex.agreement, "allowed": version.id}
        reader.fault(FaultCode.ANNEX_AGREEMENT_OTHER, ("agreement",), **facts)
    parties = [party.id for party in version.parties]
    if annex.party not in parties:
        allowed = ", ".join(parties)
        reader.fault(FaultCode.PARTY_UNKNOWN, ("party",), value=annex.party, allowed=allowed)
    missing = [each.value for each in version.languages if each not in annex.forms.languages]
    if missing:
        path = ("forms", "languages")
        reader.fault(FaultCode.ANNEX_LANGUAGE_MISSING, path, value=", ".join(missing))


def _check_names(version: Version, annex: Annex, reader: Reader) -> None:
    """Its sources and claims stand beside the agreement's, so their names are no longer free."""
    sources = {each.id for each in version.sources}
    claims = {each.id for each in version.claims}
    for index, source in enumerate(annex.sources):
        if source.id in sources:
            reader.fault(FaultCode.DUPLICATE_ID, ("sources", index), value=source.id)
    for index, claim in enumerate(annex.claims):
        if claim.id in claims:
            reader.fault(FaultCode.DUPLICATE_ID, ("claims", index), value=claim.id)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Scope:
    """What an annex is held against: an agreement, whose annex it is, and from which day."""

    version: Version
    party: AuthorityId
    since: date | None


def _check_direction(scope: _Scope, said: AnnexDirection, path: Path, reader: Reader) -> None:
    known = [(phase, each) for phase in scope.version.phases for each in phase.directions]
    meant = [(phase, each) for phase, each in known if each.id == said.direction]
    place = (*path, "direction")
    if not meant:
        allowed = ", ".join(sorted({each.id for _, each in known})) or "—"
        reader.fault(FaultCode.DIRECTION_UNKNOWN, place, value=said.direction, allowed=allowed)
    for phase, direction in meant:
        keeper = keeper_of(scope.version, direction)
        if keeper != scope.party:
            facts = {"value": said.direction, "authority": keeper or "—"}
            reader.fault(FaultCode.ANNEX_DIRECTION_ELSEWHERE, place, **facts)
        else:
            _check_releases(scope, (phase, direction), said, path, reader)
            _check_hours(direction, said, path, reader)


def _check_releases(
    scope: _Scope,
    way: tuple[Phase, Direction],
    said: AnnexDirection,
    path: Path,
    reader: Reader,
) -> None:
    phase, direction = way
    booking = direction.booking
    if said.releases is None:
        return
    bounds = None if booking is None else booking.annex
    least = None if bounds is None else bounds.days_ahead_min
    most = None if bounds is None else bounds.days_ahead_max
    place = (*path, "releases")
    if booking is None or least is None or most is None:
        reader.fault(FaultCode.ANNEX_NOT_ALLOWED, place, value="releases", direction=direction.id)
        return
    run = replace(booking, releases=said.releases)
    horizon = Horizon(least=least, most=most)
    breach = horizon_breach(scope.version, phase, direction, run, horizon, since=scope.since)
    if breach is None:
        return
    day = breach.day.isoformat()
    if breach.days_ahead is None:
        reader.fault(FaultCode.ANNEX_DAY_CLOSED, place, day=day)
    else:
        facts = {"value": str(breach.days_ahead), "minimum": str(least), "maximum": str(most)}
        reader.fault(FaultCode.ANNEX_DAYS_AHEAD, place, day=day, **facts)


def _check_hours(direction: Direction, said: AnnexDirection, path: Path, reader: Reader) -> None:
    booking = direction.booking
    if said.hours is None:
        return
    bounds = None if booking is None else booking.annex
    place = (*path, "hours")
    if bounds is None or bounds.open_minutes_a_day_min is None:
        reader.fault(FaultCode.ANNEX_NOT_ALLOWED, place, value="hours", direction=direction.id)
    elif (minutes := _open_minutes(said.hours)) < bounds.open_minutes_a_day_min:
        facts = {"value": str(minutes), "minimum": str(bounds.open_minutes_a_day_min)}
        reader.fault(FaultCode.ANNEX_HOURS_SHORT, place, **facts)


def _open_minutes(hours: BookingHours) -> int:
    """Minutes a day; hours that end when they begin, or before, reach over midnight."""
    opens = hours.opens.hour * 60 + hours.opens.minute
    closes = hours.closes.hour * 60 + hours.closes.minute
    return closes - opens if closes > opens else closes - opens + _DAY_MINUTES
