"""What officers see of what no hand of theirs did: places that a source listed."""

from collections.abc import Callable
from datetime import date
from uuid import uuid4

import pytest
from django.test import Client

from tests.builders.authorities import Pair
from tests.builders.evidence import enrolled
from tongguan.core.evidence.batch_content import ListedPlace
from tongguan.core.evidence.sources import SourceKind
from tongguan.core.identifiers import DivisionCode


@pytest.mark.parametrize(
    ("language", "kind", "places"),
    [
        ("en", "Places of high risk were listed", "Places listed"),
        ("zh-hant", "列出了高風險地區", "列出的地區"),
        ("zh-hans", "列出了高风险地区", "列出的地区"),
    ],
)
def test_alarm__of_places__says_who_listed_how_many_and_where_they_stand(
    hk: Pair, desk: Callable[[str], Client], language: str, kind: str, places: str
) -> None:
    name = f"places-{uuid4().hex[:8]}"
    lister = enrolled(hk.hk, SourceKind.RISK_PLACES, name, unit="port-health")
    listed = tuple(
        ListedPlace(division=DivisionCode(each), first_on=date(2021, 12, 10), last_on=None)
        for each in ("460105", "460106")
    )
    assert lister.says(listed=listed).places == 2
    page = desk("lee").get(f"/{language}/desk/health/alarms/").content.decode()
    (alarm,) = [each for each in page.split("<article") if name in each]
    assert kind in alarm
    assert f'<dt>{places}</dt><dd><a href="/{language}/health-codes/rules/#places">2</a>' in alarm
    assert 'name="alarms"' in alarm
    involved = desk("chan").get(f"/{language}/desk/health/alarms/").content.decode()
    (own,) = [each for each in involved.split("<article") if name in each]
    assert 'name="alarms"' not in own
