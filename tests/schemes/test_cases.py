"""Runs the cases that stand beside every bundled scheme: situation to outcome."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from tests.builders.scheme_cases import check_booking, check_stays, check_test
from tests.builders.suspension_cases import check_suspension
from tongguan.adapters.scheme_files import LoadedScheme, bundled_schemes, load_bundled
from tongguan.adapters.scheme_yaml import parse_yaml
from tongguan.core.area.range import check_area, unknown_divisions
from tongguan.core.calendar import end_of_day
from tongguan.core.identifiers import (
    CategoryId,
    ControlPointId,
    DirectionId,
    PersonKey,
    SlotId,
    VersionDigest,
    VersionId,
)
from tongguan.core.quota.demand import windows_touched
from tongguan.core.quota.limits import Reckoning
from tongguan.core.quota.windows import Crossing
from tongguan.core.scheme.activation import may_activate, phase_state
from tongguan.core.scheme.acts import Act, ActKind
from tongguan.core.scheme.model import Phase
from tongguan.core.scheme.unknowns import blocking, unknowns
from tongguan.core.texts import Language, Text

OTHER_TEXT = VersionDigest("0" * 64)
WHY = Text(zh_hant="防疫", zh_hans="防疫", en="Epidemic control")


def _cases() -> Iterator[Any]:
    for version in bundled_schemes():
        file = resources.files("tongguan") / "schemes" / version / "cases.yaml"
        parsed = parse_yaml(file.read_bytes())
        assert not parsed.faults, parsed.faults
        assert isinstance(parsed.data, list)
        for number, case in enumerate(parsed.data):
            yield pytest.param(version, case, id=f"{version}-{number}")


@pytest.mark.parametrize(("version", "case"), [*_cases()])
def test_case__comes_out_as_it_says(version: VersionId, case: dict[str, Any]) -> None:
    assert set(case["case"]) == {language.value for language in Language}
    kinds = set(case) - {"case", "expect", "row"}
    assert len(kinds) == 1
    kind = kinds.pop()
    situation, expected = case[kind], case["expect"]
    OUTCOMES[kind](load_bundled(version), situation, expected)


ROWS = Path(__file__).resolve().parents[2] / "docs" / "schemes.md"


@pytest.mark.parametrize(("version", "case"), [*_cases()])
def test_case__names__a_row_of_the_page_of_bundled_schemes(
    version: VersionId, case: dict[str, Any]
) -> None:
    """A scheme that ran stands for rows of facts; one that was negotiated has none."""
    if load_bundled(version).version.scheme != "hk-gd-2021":
        assert f"| {case['row']} |" in ROWS.read_text(encoding="utf-8")


@pytest.mark.parametrize("version", bundled_schemes())
def test_version__has_cases__of_every_kind_it_can(version: VersionId) -> None:
    kinds = {
        kind
        for parameter in _cases()
        for kind in parameter.values[1]
        if parameter.values[0] == version
    }
    assert kinds >= {"unknowns", "activation", "area"}


def _check_unknowns(loaded: LoadedScheme, situation: dict[str, Any], expected: Any) -> None:
    phase = situation["phase"]
    blocked = [unknown.path for unknown in blocking(loaded.version, phase)]
    if "blocking" in expected:
        assert blocked == expected["blocking"]
    if "open" in expected:
        not_blocking = [
            unknown.path
            for unknown in unknowns(loaded.version)
            if unknown.blocks is None and unknown.path.startswith(f"phases/{phase}/")
        ]
        assert not_blocking == expected["open"]


def _check_activation(loaded: LoadedScheme, situation: dict[str, Any], expected: Any) -> None:
    now = datetime.fromisoformat(situation["now"])
    before = now - timedelta(days=1)
    acts = [_act(loaded, by, ActKind.SIGN_VERSION, before) for by in situation["signed"]]
    acts += [
        _act(loaded, by, ActKind.SIGN_VERSION, before, digest=OTHER_TEXT)
        for by in situation.get("signed_other_text", [])
    ]
    decision = may_activate(loaded.version, loaded.digest, acts, situation["phase"], now)
    named = [
        f"{obstacle.code} {obstacle.authority or obstacle.path}" for obstacle in decision.obstacles
    ]
    assert decision.permitted is expected["permitted"], named
    if "obstacles" in expected:
        assert named == expected["obstacles"]
    if "only" in expected:
        assert {obstacle.code.value for obstacle in decision.obstacles} == {expected["only"]}
        assert [o.path for o in decision.obstacles] == [
            unknown.path for unknown in blocking(loaded.version, situation["phase"])
        ]


def _check_state(loaded: LoadedScheme, situation: dict[str, Any], expected: Any) -> None:
    phase = situation["phase"]
    acts = [
        _act(
            loaded,
            act["by"],
            ActKind(act["does"]),
            datetime.fromisoformat(act["at"]),
            phase=None if act["does"] == "sign_version" else phase,
            last_day=date.fromisoformat(act["last_day"]) if "last_day" in act else None,
        )
        for act in situation["acts"]
    ]
    now = datetime.fromisoformat(situation["now"])
    standing = phase_state(loaded.version, loaded.digest, acts, phase, now)
    assert standing.state.value == expected["state"]
    if "by" in expected:
        assert list(standing.by) == expected["by"]


def _act(loaded: LoadedScheme, by: str, kind: ActKind, at: datetime, **changes: Any) -> Act:
    facts: dict[str, Any] = {
        "kind": kind,
        "authority": by,
        "scheme": loaded.version.scheme,
        "version": loaded.version.id,
        "digest": loaded.digest,
        "at": at,
        "reason": WHY if kind in {ActKind.SUSPEND, ActKind.END_PHASE} else None,
    }
    return Act(**facts | changes)


def _phase(loaded: LoadedScheme, situation: dict[str, Any]) -> Phase:
    return next(phase for phase in loaded.version.phases if phase.id == situation["phase"])


def _check_area(loaded: LoadedScheme, situation: dict[str, Any], expected: Any) -> None:
    codes, on = situation["codes"], date.fromisoformat(situation["on"])
    assert list(unknown_divisions(codes)) == expected.get("unknown", [])
    if "outcome" not in expected:
        return
    area = _phase(loaded, situation).area
    assert area is not None
    decision = check_area(area, codes, on)
    assert decision.outcome.value == expected["outcome"]
    assert [reason.facts["division"] for reason in decision.reasons] == expected.get("outside", [])
    assert all(list(reason.claims) == expected["claims"] for reason in decision.reasons)


def _check_windows(loaded: LoadedScheme, situation: dict[str, Any], expected: Any) -> None:
    facts = situation["crossing"]
    crossing = Crossing(
        direction=DirectionId(facts["direction"]),
        category=CategoryId(facts["category"]),
        control_point=ControlPointId(facts["control_point"]),
        slot=SlotId(facts["slot"]),
        day=date.fromisoformat(facts["day"]),
        person=PersonKey(b"\x01" * 32),
    )
    reckoning = Reckoning(
        version=loaded.version,
        phase=_phase(loaded, situation),
        now=end_of_day(crossing.day, loaded.version.zone),
    )
    windows = windows_touched(reckoning, crossing)
    named = sorted(f"{window.quota} {window.starts} limit {window.limit}" for window in windows)
    assert named == expected["windows"]


OUTCOMES = {
    "activation": _check_activation,
    "area": _check_area,
    "booking": check_booking,
    "state": _check_state,
    "stays": check_stays,
    "suspension": check_suspension,
    "test": check_test,
    "unknowns": _check_unknowns,
    "windows": _check_windows,
}
