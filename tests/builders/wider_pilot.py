"""The assumed pilot with wider rules of the gate, which both authorities can sign."""

from dataclasses import replace

from tests.builders.gate_rules import WAYS
from tests.builders.schemes import (
    OUT,
    admitted_under,
    basis,
    exemption,
    health_requirement,
    health_test,
)
from tongguan.adapters.scheme_files import load_bundled
from tongguan.core.identifiers import VersionId
from tongguan.core.people import DocumentType
from tongguan.core.scheme.model import ExemptFrom, HealthFinding, Lateness, Version
from tongguan.core.texts import Text

WATCH = Text(
    zh_hant="自我監察十四日", zh_hans="自我监测十四天", en="Watch your health for fourteen days"
)


def wider() -> Version:
    """The assumed pilot with a test, a condition, a grace, and Mainland cards without a pass."""
    bundled = load_bundled(VersionId("hk-gd-2021-assumed")).version
    pilot = bundled.phases[0]
    assert pilot.health is not None
    known = basis("F1")
    under = admitted_under("watch", HealthFinding.CODE_MISSING, basis=known, condition=WATCH)
    free = exemption(
        "mainlanders", DocumentType.MAINLAND_ID, on=(OUT,), exempt_from=(ExemptFrom.PASS,)
    )
    changed = replace(
        pilot,
        health=replace(pilot.health, tests=(health_test(basis=known),), admitted_under=(under,)),
        exemptions=(replace(free, basis=known),),
        directions=tuple(
            replace(each, lateness=Lateness(grace_minutes=15, basis=known))
            for each in pilot.directions
        ),
    )
    return replace(bundled, phases=(changed, *bundled.phases[1:]))


def required() -> Version:
    """The assumed pilot with a requirement of health that is met in one way or another."""
    bundled = load_bundled(VersionId("hk-gd-2021-assumed")).version
    pilot = bundled.phases[0]
    assert pilot.health is not None
    name = Text(zh_hant="免疫或檢測", zh_hans="免疫或检测", en="Immunity or a test")
    asked = health_requirement("immunity", *WAYS, name=name, basis=basis("F1"))
    changed = replace(pilot, health=replace(pilot.health, requirements=(asked,)))
    return replace(bundled, phases=(changed, *bundled.phases[1:]))
