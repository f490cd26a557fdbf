"""Later texts of the assumed pilot in tests: one that follows, changed by keyword, made to hold."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from tests.builders.authorities import Pair
from tongguan.adapters.scheme_files import load_bundled
from tongguan.app.acts import activate_phase, sign_version
from tongguan.app.schemes import adopt_version, holding_now
from tongguan.app.transitions import TransitionReport
from tongguan.core.identifiers import ClaimId, PhaseId, VersionDigest, VersionId
from tongguan.core.scheme.canonical import canonical_text, digest_of
from tongguan.core.scheme.model import Basis, GrantRule, Holders, Phase, Remedy, Version

PILOT = PhaseId("pilot")
HONOUR, MOVE, REVOKE = Remedy.HONOUR, Remedy.MOVE, Remedy.REVOKE


def rule(*places: Remedy, grants: GrantRule = GrantRule.KEEP, days: int = 7) -> Holders:
    """What happens to holders: these remedies, moves by so many days at the most."""
    return Holders(
        places=places or (HONOUR,),
        move_days_max=days if MOVE in places else None,
        grants=grants,
        basis=Basis(claims=(ClaimId("F7"),)),
    )


def limit_of(quota: str, limit: int) -> Callable[[Phase], dict[str, Any]]:
    """A change of one quota's number."""

    def change(phase: Phase) -> dict[str, Any]:
        quotas = tuple(
            replace(each, limit=limit) if each.id == quota else each for each in phase.quotas
        )
        return {"quotas": quotas}

    return change


def assumed() -> Version:
    return load_bundled(VersionId("hk-gd-2021-assumed")).version


def next_text(
    change: Callable[[Phase], dict[str, Any]] | None = None,
    *,
    after: Version | None = None,
    holders: Holders | None = None,
    **changes: Any,
) -> Version:
    """The text that follows the assumed one, or another, with its pilot changed."""
    before = after or assumed()
    pilot, *others = before.phases
    values = {} if change is None else change(pilot)
    pilot = replace(pilot, **{"holders": holders or rule()} | values)
    return replace(
        before,
        id=VersionId(f"{before.scheme}-{before.number + 1}"),
        number=before.number + 1,
        follows=before.id,
        phases=(pilot, *others),
        **changes,
    )


def digest(version: Version) -> VersionDigest:
    return digest_of(canonical_text(version))


def signed(pair: Pair, version: Version) -> VersionDigest:
    """Both adopt and sign the text, and hear of it."""
    canonical = canonical_text(version)
    for authority in (pair.hk, pair.gd):
        adopt_version(authority, canonical)
        sign_version(authority, digest_of(canonical))
    pair.sync()
    return digest_of(canonical)


def take_place(pair: Pair, version: Version) -> TransitionReport | None:
    """Let the text hold: both sign it, Hong Kong activates it a minute later, both hear of it."""
    signed(pair, version)
    with pair.hk.database.transaction() as transaction:
        now = transaction.now
    pair.set_time(now + timedelta(minutes=1))
    activation = activate_phase(pair.hk, digest(version), PILOT)
    assert not activation.obstacles, [each.what.en for each in activation.obstacles]
    pair.sync()
    holding = holding_now(pair.hk)
    assert holding is not None
    assert holding.digest == digest(version)
    return activation.transition
