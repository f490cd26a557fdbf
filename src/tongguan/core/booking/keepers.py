"""Which authority keeps the places of a direction: takes its applications, issues its passes."""

from tongguan.core.identifiers import AuthorityId
from tongguan.core.scheme.model import Direction, Phase, Version


def keeper_of(version: Version, direction: Direction) -> AuthorityId | None:
    """The party that keeps the places of a direction; ``None`` while nobody has stated it."""
    return direction.booking_authority or version.booking_authority


def keeps_places(version: Version, phase: Phase, authority: AuthorityId) -> bool:
    """Whether an authority keeps the places of any direction of the phase.

    Where no direction is stated yet, the version's own booking authority does.
    """
    if not phase.directions:
        return version.booking_authority == authority
    return any(keeper_of(version, each) == authority for each in phase.directions)
