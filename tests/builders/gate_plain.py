"""Writes gate situations as plain JSON values, the inverse of ``core.gate.plain``."""

from typing import Any

from tongguan.core.credentials.faults import Unreadable
from tongguan.core.credentials.status_list import StatusList
from tongguan.core.gate.situation import GateSituation, NotRecognised
from tongguan.core.health.code import HealthCodeClaims
from tongguan.core.health.papers import papers_as_data
from tongguan.core.health.tests import PresentedTest
from tongguan.core.passes.claims import PassClaims
from tongguan.core.scheme.suspensions import Suspension


def situation_as_plain(situation: GateSituation) -> dict[str, Any]:
    used = situation.earlier_use
    return {
        "version": situation.version.id,
        "version_digest": situation.version_digest,
        "texts_before": list(situation.texts_before),
        "phase": {
            "id": situation.phase_id,
            "state": situation.phase_state.value,
            "suspensions": [_suspension(each) for each in situation.suspensions],
        },
        "direction": situation.direction,
        "control_point": situation.control_point,
        "now": situation.now.isoformat(),
        "pass": _pass(situation.pass_),
        "codes": [_code(code) for code in situation.codes],
        "holder": {
            "document_type": situation.holder.document_type.value,
            "tags": {period: tag.hex() for period, tag in situation.holder.tags.items()},
        },
        "earlier_use": used
        and {"used_at": used.used_at.isoformat(), "control_point": used.control_point},
        "status_lists": [_status_list(each) for each in situation.status_lists],
        "tests": [_test(each) for each in situation.tests],
        "papers": None if situation.papers is None else papers_as_data(situation.papers),
    }


def _suspension(order: Suspension) -> dict[str, Any]:
    return {
        "authority": order.authority,
        "breaker": order.breaker,
        "control_points": None if order.control_points is None else list(order.control_points),
        "directions": None if order.directions is None else list(order.directions),
        "announced_at": order.announced_at.isoformat(),
        "effective_at": order.effective_at.isoformat(),
        "until": None if order.until is None else order.until.isoformat(),
    }


def _pass(shown: PassClaims | Unreadable | None) -> dict[str, Any] | None:
    if shown is None:
        return None
    if isinstance(shown, Unreadable):
        return {"unreadable": shown.code.value}
    plain: dict[str, Any] = {
        "id": shown.pass_id.hex(),
        "issuer": shown.issuer,
        "scheme": shown.scheme_id,
        "version_digest": shown.version_digest.hex(),
        "direction": shown.direction,
        "leg": shown.leg.value,
        "category": shown.category,
        "service_day": shown.service_day.isoformat(),
        "slot_start": shown.slot_start.isoformat(),
        "slot_end": shown.slot_end.isoformat(),
        "control_point": shown.control_point,
        "name": shown.name,
        "holder_tag": shown.holder_tag.hex(),
        "status_list": shown.status_list,
        "status_index": shown.status_index,
        "issued_at": shown.issued_at.isoformat(),
        "expires_at": shown.expires_at.isoformat(),
    }
    if shown.home_day is not None:
        plain["home_day"] = shown.home_day.isoformat()
    if shown.not_before is not None:
        plain["not_before"] = shown.not_before.isoformat()
    return plain


def _code(code: HealthCodeClaims | NotRecognised | Unreadable) -> dict[str, Any]:
    if isinstance(code, Unreadable):
        return {"unreadable": code.code.value}
    if isinstance(code, NotRecognised):
        return {"not_recognised": code.issuer}
    return {
        "id": code.code_id.hex(),
        "issuer": code.issuer,
        "colour": code.colour.value,
        "rule_version": code.rule_version,
        "holder_tag": code.holder_tag.hex(),
        "holder_period": code.holder_period,
        "status_list": code.status_list,
        "status_index": code.status_index,
        "issued_at": code.issued_at.isoformat(),
        "valid_until": code.valid_until.isoformat(),
    }


def _test(test: PresentedTest) -> dict[str, Any]:
    plain = {
        "sampled_at": test.sampled_at.isoformat(),
        "specimen": test.specimen,
        "read_by": test.read_by,
    }
    if test.reported_at is not None:
        plain["reported_at"] = test.reported_at.isoformat()
    return plain


def _status_list(each: StatusList) -> dict[str, Any]:
    return {
        "issuer": each.issuer,
        "list": each.list_id,
        "purpose": each.purpose.value,
        "issued_at": each.issued_at.isoformat(),
        "capacity": each.capacity,
        "set": [index for index in range(each.capacity) if each.is_set(index)],
    }
