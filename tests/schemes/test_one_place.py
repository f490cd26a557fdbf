"""A new version of one change touches one place in one file, and everything follows it.

Each test edits one place of a copy of a bundled file beside the three keys that name the version,
or says the same as an amendment of one change; no code knows of it.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from importlib.resources import files
from pathlib import Path

import pytest

from tests.builders.authorities import person
from tongguan.adapters.scheme_files import LoadedScheme, load_bundled, load_scheme_text
from tongguan.core.booking.rules import LegWanted, decide_booking
from tongguan.core.calendar import end_of_day
from tongguan.core.decisions import Outcome
from tongguan.core.eligibility.decide import ApplicationFacts, decide_application
from tongguan.core.identifiers import (
    CategoryId,
    ControlPointId,
    DirectionId,
    DivisionCode,
    PersonKey,
    QuotaId,
    SlotId,
    VersionId,
)
from tongguan.core.quota.demand import windows_touched
from tongguan.core.quota.limits import Reckoning
from tongguan.core.quota.windows import Crossing
from tongguan.core.scheme.difference import Change, differences
from tongguan.core.scheme.model import Phase
from tongguan.core.scheme.state import PhaseState
from tongguan.core.scheme.unknowns import blocking

BASE = VersionId("hk-gd-2021-assumed")
FILE = Path(str(files("tongguan"))) / "schemes" / BASE / "scheme.yaml"
NAMED = (
    (f'id: "{BASE}"', 'id: "changed"'),
    ("version: 2", "version: 3"),
    ('follows: "hk-gd-2021"', f'follows: "{BASE}"'),
)
OUT = DirectionId("HK-GD")
DAY = date(2021, 12, 15)

NUMBER = (
    'limit: 1000\n        counts: {direction: "each"}',
    'limit: 700\n        counts: {direction: "each"}',
)
PORT = (
    '        - id: "SZB"',
    '''        - id: "LWU"
          names: {HK: {zh-Hant: "羅湖管制站", zh-Hans: "罗湖口岸", en: "Lo Wu Control Point"}}
          opens: "10:00"
          closes: "20:00"
          claims: ["F11"]
        - id: "SZB"''',
)
CATEGORY = (
    '      - id: "business"\n        name',
    """      - id: "student"
        name: {zh-Hant: "學童", zh-Hans: "学生", en: "Students"}
        precedence: 9
        allocation: "first_come"
        evidence: []
        assurance: "asserted"
        claims: ["F6"]
      - id: "business"
        name""",
)
LAST_DAY = ('ends: "2022-01-31"', 'ends: "2021-12-14"')

AMENDED = f"""amends: "{BASE}"
id: "changed"
version: 3
summary: {{zh-Hant: "改一處。", zh-Hans: "改一处。", en: "One change."}}
changes:
"""
AS_AMENDMENT = {
    "number": '  - {set: "phases/pilot/quotas/all-day/limit", to: 700, claims: ["F8"]}\n',
    "port": """  - add: "phases/pilot/entry/control_points"
    item:
      id: "LWU"
      names: {HK: {zh-Hant: "羅湖管制站", zh-Hans: "罗湖口岸", en: "Lo Wu Control Point"}}
      opens: "10:00"
      closes: "20:00"
      claims: ["F11"]
""",
    "category": """  - add: "phases/pilot/categories"
    item:
      id: "student"
      name: {zh-Hant: "學童", zh-Hans: "学生", en: "Students"}
      precedence: 9
      allocation: "first_come"
      evidence: []
      assurance: "asserted"
      claims: ["F6"]
""",
    "last_day": '  - {set: "phases/pilot/ends", to: "2021-12-14", claims: ["F4"]}\n',
}
EDITS: Mapping[str, tuple[str, str]] = {
    "number": NUMBER,
    "port": PORT,
    "category": CATEGORY,
    "last_day": LAST_DAY,
}
PATHS = {
    "number": "phases/pilot/quotas/all-day/limit",
    "port": "phases/pilot/entry/control_points/LWU",
    "category": "phases/pilot/categories/student",
    "last_day": "phases/pilot/ends",
}
WAYS = ("file", "amendment")


def _changed(what: str, way: str) -> LoadedScheme:
    text = AMENDED + AS_AMENDMENT[what]
    if way == "file":
        text = FILE.read_text(encoding="utf-8")
        for old, new in (*NAMED, EDITS[what]):
            assert text.count(old) == 1 or old == NAMED[1][0], old
            text = text.replace(old, new, 1)
    loaded = load_scheme_text(text.encode())
    assert isinstance(loaded, LoadedScheme), loaded
    return loaded


def _phase(loaded: LoadedScheme) -> Phase:
    return loaded.version.phases[0]


def _crossing(**other: object) -> Crossing:
    crossing = Crossing(
        direction=OUT,
        category=CategoryId("family"),
        control_point=ControlPointId("SZB"),
        slot=SlotId("morning"),
        day=DAY,
        person=PersonKey(b"\x01" * 32),
    )
    return replace(crossing, **other)  # type: ignore[arg-type]


def _limits(loaded: LoadedScheme, crossing: Crossing) -> dict[QuotaId, int]:
    now = end_of_day(crossing.day, loaded.version.zone)
    reckoning = Reckoning(version=loaded.version, phase=_phase(loaded), now=now)
    return {each.quota: each.limit for each in windows_touched(reckoning, crossing)}


def _booked(loaded: LoadedScheme, point: str, day: date) -> Outcome:
    legs = tuple(
        LegWanted(
            direction=DirectionId(direction),
            day=leg_day,
            slot=SlotId("morning"),
            control_point=ControlPointId(point),
        )
        for direction, leg_day in ((OUT, day), ("GD-HK", day + timedelta(days=1)))
    )
    return decide_booking(
        loaded.version,
        _phase(loaded),
        persons=1,
        legs=legs,
        phase_state=PhaseState.ACTIVE,
        now=datetime.fromisoformat("2021-12-13T09:00:00+08:00"),
    ).outcome


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("what", EDITS)
def test_one_place__is__one_difference_and_blocks_nothing(what: str, way: str) -> None:
    changed = _changed(what, way)
    found: list[Change] = [
        each
        for each in differences(load_bundled(BASE).version, changed.version)
        if each.path != "summary"
    ]
    assert [each.path for each in found] == [PATHS[what]]
    assert not blocking(changed.version, _phase(changed).id)
    assert changed.digest != load_bundled(BASE).digest


@pytest.mark.parametrize("way", WAYS)
def test_number__binds__from_the_text_alone(way: str) -> None:
    assert _limits(load_bundled(BASE), _crossing())[QuotaId("all-day")] == 1000
    assert _limits(_changed("number", way), _crossing())[QuotaId("all-day")] == 700


@pytest.mark.parametrize("way", WAYS)
def test_port__can_be_booked__and_has_windows_of_its_own(way: str) -> None:
    changed = _changed("port", way)
    assert _booked(load_bundled(BASE), "LWU", DAY) is Outcome.REFUSE
    assert _booked(changed, "LWU", DAY) is Outcome.GRANT
    limits = _limits(changed, _crossing(control_point=ControlPointId("LWU")))
    assert limits[QuotaId("port-day")] == 1000


@pytest.mark.parametrize("way", WAYS)
def test_category__is_granted__and_counted(way: str) -> None:
    facts = ApplicationFacts(
        category=CategoryId("student"),
        people=(person(),),
        evidence={},
        itinerary=(DivisionCode("440300"),),
    )
    changed = _changed("category", way)
    before = decide_application(_phase(load_bundled(BASE)), facts, DAY)
    assert before.outcome is Outcome.REFUSE
    assert decide_application(_phase(changed), facts, DAY).outcome is Outcome.GRANT
    limits = _limits(changed, _crossing(category=CategoryId("student")))
    assert QuotaId("all-day") in limits
    assert QuotaId("business-week") not in limits


@pytest.mark.parametrize("way", WAYS)
def test_date__bounds__what_can_be_booked(way: str) -> None:
    assert _booked(load_bundled(BASE), "SZB", DAY) is Outcome.GRANT
    assert _booked(_changed("last_day", way), "SZB", DAY) is Outcome.REFUSE
