"""The assumed pilot with a word of every wider rule, for pages that have to say them."""

from dataclasses import replace
from datetime import date, time

from tests.builders.figures import CASES, bubble, measure, metric
from tests.builders.gate_rules import WAYS
from tests.builders.quotas import EVE_NOON, exception, on, reserve
from tests.builders.schemes import (
    GD,
    HK,
    OUT,
    admitted_under,
    basis,
    health_requirement,
    health_test,
    slot,
)
from tongguan.adapters.scheme_files import load_bundled
from tongguan.core.identifiers import (
    ControlPointId,
    DivisionCode,
    QuotaId,
    SponsorId,
    VersionId,
)
from tongguan.core.scheme.model import (
    AllocationMethod,
    BookingHours,
    CarryOver,
    ControlPoint,
    Criterion,
    Deadline,
    Denied,
    Direction,
    DivisionKind,
    DosesTaken,
    HealthFinding,
    JudgedAt,
    Lateness,
    Leg,
    NegativeTest,
    NotExpressible,
    PartialWeeks,
    PartyRule,
    Phase,
    Quota,
    QuotaKind,
    QuotaPer,
    Release,
    ReleaseDaily,
    ReleaseWeekly,
    SetAside,
    Sponsor,
    Statistic,
    Stayed,
    Version,
    Weekday,
    WeekTime,
)
from tongguan.core.texts import Text

CHAMBER = SponsorId("general-chamber")
FERRY = ControlPointId("FRY")
CITED = basis("F1")


def said(zh_hant: str, zh_hans: str, en: str) -> Text:
    return Text(zh_hant=zh_hant, zh_hans=zh_hans, en=en)


def told() -> Version:
    """Sponsors, reserves, figures, stays, a night slot, a ferry without booking, and more."""
    bundled = load_bundled(VersionId("hk-gd-2021-assumed")).version
    pilot, scale = bundled.phases
    unlinked = replace(
        metric(basis=CITED), name=said("不明源頭個案", "不明源头个案", "Unlinked cases")
    )
    calm = Criterion(
        id="calm",
        name=said("疫情平穩", "疫情平稳", "Few cases"),
        measure=measure(Statistic.MEAN, 3, metric=CASES, at_most=5),
        basis=CITED,
    )
    return replace(
        bundled,
        metrics=(unlinked,),
        not_expressible=(
            NotExpressible(
                id="queue-music",
                what=said("輪候時的音樂", "排队时的音乐", "The music in the queue"),
                basis=CITED,
            ),
        ),
        phases=(_pilot(pilot), replace(scale, criteria=(calm,))),
    )


def _pilot(pilot: Phase) -> Phase:
    assert pilot.entry is not None
    assert pilot.health is not None
    assert pilot.participation is not None
    (bay,) = pilot.entry.control_points or ()
    business, family, *cases = pilot.categories
    stop = replace(
        bubble(resumes=None, basis=CITED), name=said("個案熔斷", "病例熔断", "Case breaker")
    )
    under = admitted_under(
        "watch",
        HealthFinding.CODE_MISSING,
        basis=CITED,
        condition=said("自我監察十四日", "自我监测十四天", "Watch your health for fourteen days"),
    )
    pcr = replace(
        health_test(basis=CITED, judged_at=JudgedAt.SLOT_START),
        name=said("核酸檢測", "核酸检测", "Nucleic acid test"),
    )
    immunity = health_requirement(
        "immunity",
        *WAYS,
        DosesTaken(doses_min=1, products=None),
        DosesTaken(doses_min=3, products=None, days_since_min=7),
        NegativeTest(within_days=3),
        name=said("免疫或檢測", "免疫或检测", "Immunity or a test"),
        basis=CITED,
    )
    return replace(
        pilot,
        entry=replace(pilot.entry, control_points=(_long(bay), _ferry())),
        participation=replace(pilot.participation, stayed=_stayed()),
        categories=(
            replace(
                business,
                allocation=AllocationMethod.SPONSOR_LIST,
                evidence=tuple(
                    replace(each, follows_within_days=7) for each in business.evidence or ()
                ),
            ),
            family,
            *(replace(each, decide_within_minutes=240) for each in cases),
        ),
        sponsors=(
            Sponsor(id=CHAMBER, name=said("總商會", "总商会", "General Chamber"), basis=CITED),
        ),
        quotas=(*_quotas(pilot.quotas),),
        directions=tuple(_direction(each) for each in pilot.directions),
        health=replace(
            pilot.health, tests=(pcr,), admitted_under=(under,), requirements=(immunity,)
        ),
        breakers=(stop,),
    )


def _long(bay: ControlPoint) -> ControlPoint:
    return replace(bay, opens=time(0), closes=time(0), closed_days=(date(2021, 12, 25),))


def _ferry() -> ControlPoint:
    name = said("渡輪碼頭", "轮渡码头", "Ferry pier")
    return ControlPoint(
        id=FERRY,
        names={HK: name, GD: name},
        opens=None,
        closes=None,
        basis=CITED,
        booking_required=False,
    )


def _stayed() -> Stayed:
    street = Denied(
        code=DivisionCode("440307020"),
        kind=DivisionKind.STREET,
        name=said("園山街道", "园山街道", "Yuanshan Street"),
        first=date(2021, 12, 1),
        last=date(2021, 12, 20),
        basis=CITED,
    )
    allow = (DivisionCode("44"), DivisionCode("810000"))
    return Stayed(days=14, allow=allow, deny=(street,), basis=CITED)


def _quotas(quotas: tuple[Quota, ...]) -> tuple[Quota, ...]:
    whole = next(each for each in quotas if each.id == "all-day")
    others = tuple(each for each in quotas if each.id != "all-day")
    uplift = exception(1500, "new-year", basis=CITED, **on("2021-12-31", "2022-01-02"))
    kept = reserve(
        "kept",
        10,
        inside="all-day",
        released=EVE_NOON,
        direction="each",
        category="compassionate",
    )
    allotment = Quota(
        id=QuotaId("allotment"),
        name=said("商會配額", "商会配额", "Allotment of sponsors"),
        kind=QuotaKind.CAP,
        per=QuotaPer.WEEK,
        limit=7,
        counts={"direction": OUT, "sponsor": "each"},
        basis=CITED,
        carry_over=CarryOver.ADD_UNUSED,
        partial_weeks=PartialWeeks.PRORATED,
    )
    named = replace(kept, name=said("恩恤預留", "恩恤预留", "Kept for pressing cases"), basis=CITED)
    return (*others, replace(whole, limits=(uplift,)), named, allotment)


def _direction(way: Direction) -> Direction:
    assert way.booking is not None
    weekly = ReleaseWeekly(
        weekday=Weekday.WEDNESDAY,
        at=time(9),
        weeks_ahead=1,
        closes=WeekTime(weekday=Weekday.FRIDAY, at=time(18)),
        first=None,
        last=date(2022, 1, 6),
    )
    daily = ReleaseDaily(days_ahead=20, at=time(0), first=None, last=None)
    party = PartyRule(size_max=4, head_age_min=18 if way.leg is Leg.OUT else None, together=True)
    rival = SetAside(
        claim=CITED.claims[0], because=said("後來更正了。", "后来更正了。", "Corrected later.")
    )
    rules = replace(
        way.booking,
        releases=(Release(weekly=weekly), Release(daily=daily)),
        hours=BookingHours(opens=time(6), closes=time(0)),
        closes=Deadline(days_before=1, at=time(18)),
        party=party,
        basis=replace(way.booking.basis, set_aside=(rival,)),
    )
    night = slot("night", "22:00", "02:00")
    return replace(
        way,
        slots=(*(way.slots or ()), night),
        booking=rules,
        lateness=Lateness(grace_minutes=15, basis=CITED),
    )
