"""The rules by which an authority colours its codes, and by which nobody else can.

They are data, a file of each authority in ``health_rules``; a number in them cites a source or says
why it is assumed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from tongguan.core.evidence.controls import Controls
from tongguan.core.health.colour_names import Colour
from tongguan.core.health.grounds import HealthReason
from tongguan.core.identifiers import AuthorityId
from tongguan.core.people import Assurance
from tongguan.core.texts import Text


@dataclass(frozen=True, kw_only=True, slots=True)
class ColourRule:
    """One ground for a colour other than green, with where it is published."""

    reason: HealthReason
    colour: Colour
    days: int | None
    """It holds on the day of the fact and on this many days from it, that day counted; ``None``
    for a fact that holds as long as its evidence counts."""
    source: str | None
    """Where it is published; ``None`` only where it is assumed."""
    assumed: Text | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ColourRules:
    """One authority's rules in one version: no ground that is not in them changes a colour."""

    id: str
    authority: AuthorityId
    zone: str
    rules: tuple[ColourRule, ...]
    schemes_without_effect: frozenset[str]
    """Travel schemes whose arrivals leave the colour green."""
    assumed: Text | None
    """Why the rules are assumed, or ``None`` when the authority published them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ByTests:
    """What is needed to expect how many are red for a test that was wrong."""

    tests_per_10000_daily: Decimal
    """Tests taken in a day among 10,000 people."""
    prevalence: Decimal
    """The share of those tested who are infected."""
    specificity: Decimal
    """The share of those not infected whom the test finds negative."""
    days: Decimal
    """How long a wrong result counts until it is taken back."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ByExposure:
    """What is needed to expect how many were exposed and are well."""

    persons_per_10000: Decimal
    """To how many of 10,000 people the ground applies on one day."""
    infected: Decimal
    """The share of them who are infected."""


ExpectedFrom: TypeAlias = ByTests | ByExposure


@dataclass(frozen=True, kw_only=True, slots=True)
class Stated:
    """A figure as the file states it, with where it is from."""

    value: str
    source: str | None
    assumed: Text | None


@dataclass(frozen=True, kw_only=True, slots=True)
class HealthRules:
    """All that an authority lays down of its health code, in one version."""

    colours: ColourRules
    controls: Controls
    assurance_min: Assurance
    """How sure it must be who a registration is of, for a code."""
    expected_from: Mapping[HealthReason, ExpectedFrom]
    """A ground that is absent has no figures: how many it turns wrongly is not stated."""
    stated: Mapping[str, Stated]
    """Every figure by its path in the file, such as ``controls/unreviewed_max/officers``."""
    digest: str = ""
    """SHA-256 of the file in hexadecimal, which anybody can compare; empty of rules without one."""
