"""The rules by which an authority colours its codes, and by which nobody else can.

They are data, a file of each authority in ``health_rules``; a number in them cites a source or says
why it is assumed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
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


_LOOK_BACK = "http://meetinghk.com/archives/116588"
_RED_GROUNDS = "http://mmm.3hk.cn/article/121500.html"
_ALIGNED = "http://en.people.cn/n3/2021/1203/c90000-9927843.html"

_ASSUMED_RULES = Text(
    zh_hant="廣東的紅黃綠碼規則未見公布；報道只稱港康碼的標準與粵康碼一致，故假設與香港的相同。",
    zh_hans="广东的红黄绿码规则未见公布；报道只称港康码的标准与粤康码一致，故假设与香港的相同。",
    en=(
        "Guangdong's colour rules were not found in print. Reports say only that Hong Kong's are "
        "aligned with them, so the same rules are assumed."
    ),
)


def _red(reason: HealthReason, days: int | None, source: str) -> ColourRule:
    return ColourRule(reason=reason, colour=Colour.RED, days=days, source=source)


def _amber(reason: HealthReason, days: int, source: str) -> ColourRule:
    return ColourRule(reason=reason, colour=Colour.AMBER, days=days, source=source)


HONG_KONG = ColourRules(
    id="hk-2021-12",
    authority=AuthorityId("HK"),
    zone="Asia/Hong_Kong",
    rules=(
        _red(HealthReason.CONFIRMED, None, _LOOK_BACK),
        _red(HealthReason.SUSPECTED, None, _LOOK_BACK),
        _red(HealthReason.CLOSE_CONTACT, None, _LOOK_BACK),
        _red(HealthReason.HOUSEHOLD_OF_CLOSE_CONTACT, None, _LOOK_BACK),
        _red(HealthReason.DISCHARGED_RECENTLY, 14, _LOOK_BACK),
        _red(HealthReason.UNDER_QUARANTINE, None, _RED_GROUNDS),
        _red(HealthReason.SYMPTOMS, 14, _RED_GROUNDS),
        _amber(HealthReason.HIGH_RISK_STAY, 21, _LOOK_BACK),
        _amber(HealthReason.ARRIVED_FROM_OUTSIDE, 21, _LOOK_BACK),
    ),
    schemes_without_effect=frozenset({"return2hk", "come2hk"}),
    assumed=None,
)

GUANGDONG = ColourRules(
    id="gd-2021-12-assumed",
    authority=AuthorityId("GD"),
    zone="Asia/Shanghai",
    rules=tuple(
        ColourRule(reason=rule.reason, colour=rule.colour, days=rule.days, source=_ALIGNED)
        for rule in HONG_KONG.rules
    ),
    schemes_without_effect=frozenset({"hk-gd-2021"}),
    assumed=_ASSUMED_RULES,
)

RULES: Mapping[AuthorityId, ColourRules] = MappingProxyType(
    {rules.authority: rules for rules in (HONG_KONG, GUANGDONG)}
)
"""The rules in force of each authority that issues health codes."""
