"""Requirements written as JSON are read whole, or refused at the place that is wrong."""

from typing import Any

import pytest

from tongguan.core.gate.nodes import NodeFaultError
from tongguan.core.health.requirement_text import read_requirements, way_name
from tongguan.core.scheme.model import (
    AgeAnchor,
    DosesTaken,
    ExemptByAge,
    ExemptOnMedicalGround,
    NegativeTest,
    Recovered,
)

WAYS: list[dict[str, Any]] = [
    {"test": {"within_hours": 48, "anchor": "report", "specimens": ["LP6464-4"]}},
    {"doses": {"doses_min": 2, "products": ["EU/1/20/1528"], "days_since_min": 14}},
    {"recovery": {"days_since_min": 11, "days_since_max": 180}},
    {"medical_ground": {"grounds": ["allergy"]}},
    {"age": {"years_below": 3}, "doses": None},
]


def written(*ways: dict[str, Any], zone: str = "Asia/Hong_Kong") -> dict[str, Any]:
    return {"zone": zone, "requirements": [{"id": "entry", "ways": list(ways)}]}


def test_requirements__are_read__in_every_way() -> None:
    read = read_requirements(written(*WAYS))
    assert read.zone == "Asia/Hong_Kong"
    [requirement] = read.requirements
    assert requirement.ways == (
        NegativeTest(within_hours=48, anchor=AgeAnchor.REPORT, specimens=("LP6464-4",)),
        DosesTaken(doses_min=2, products=("EU/1/20/1528",), days_since_min=14),
        Recovered(days_since_min=11, days_since_max=180),
        ExemptOnMedicalGround(grounds=("allergy",)),
        ExemptByAge(years_below=3),
    )
    assert [way_name(each) for each in requirement.ways] == [next(iter(each)) for each in WAYS]


@pytest.mark.parametrize(
    ("data", "path"),
    [
        ([], "/"),
        (written(*WAYS, zone="Mars"), "zone"),
        (written(*WAYS, zone="Asia"), "zone"),
        (written(*WAYS, zone="Etc"), "zone"),
        (written(), "requirements/0/ways"),
        (written({"luck": {}}), "requirements/0/ways/0/luck"),
        (written({}), "requirements/0/ways/0"),
        (written(WAYS[0] | WAYS[1]), "requirements/0/ways/0"),
        (written({"test": {}}), "requirements/0/ways/0/test"),
        (
            written({"test": {"within_hours": 1, "within_days": 1}}),
            "requirements/0/ways/0/test",
        ),
        (written({"doses": {"doses_min": 0}}), "requirements/0/ways/0/doses/doses_min"),
        (written({"doses": {"doses_min": 1, "days": 2}}), "requirements/0/ways/0/doses/days"),
        (
            written({"recovery": {"days_since_min": 1}}),
            "requirements/0/ways/0/recovery/days_since_max",
        ),
        (
            written({"age": {"years_below": 3, "years_min": 60}}),
            "requirements/0/ways/0/age",
        ),
        (
            written({"medical_ground": {"grounds": [7]}}),
            "requirements/0/ways/0/medical_ground/grounds/0",
        ),
    ],
)
def test_requirements__that_say_something_else__are_refused_there(data: Any, path: str) -> None:
    with pytest.raises(NodeFaultError) as raised:
        read_requirements(data)
    assert raised.value.fault.path == path
