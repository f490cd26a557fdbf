"""What holds of every judgement, whatever is kept of a person."""

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders.kept import ANOTHER, NOON, OWN, days_ago, kept, risk_place, stay
from tongguan.adapters.health_rule_files import bundled_health_rules
from tongguan.core.evidence.records import EventKind, EvidenceKind, KeptEvidence, RiskPlace, Route
from tongguan.core.health.colour_names import Colour
from tongguan.core.health.grounds import HealthReason
from tongguan.core.health.judgement import Finding, Judgement, gravity, judge
from tongguan.core.identifiers import AuthorityId, RegistrationId

RULES = bundled_health_rules()[AuthorityId("HK")].colours
GROUNDS = [each for each in HealthReason if each is not HealthReason.NOTHING_ADVERSE]
SECOND = timedelta(seconds=1)
INSTANT = datetime.resolution

instants = st.integers(-12 * 86_400, 28 * 86_400).map(lambda s: NOON + timedelta(seconds=s))
places = st.lists(
    st.builds(
        risk_place,
        st.sampled_from(["44", "440300", "440305", "440306"]),
        first=st.integers(0, 30),
        last=st.none() | st.integers(-5, 30),
        listed_at=instants,
    ),
    max_size=3,
).map(tuple)


@st.composite
def pieces(draw: st.DrawFn, number: int) -> KeptEvidence:
    """One piece of evidence with what became of it."""
    route = draw(st.sampled_from(Route))
    registration: RegistrationId | None = None
    if route is Route.DECLARATION:
        registration = draw(st.sampled_from([OWN, ANOTHER]))
    stated = {
        "number": number,
        "days": draw(st.integers(-3, 40)),
        "route": route,
        "registration": registration,
        "ends_at": draw(st.none() | instants),
    }
    if draw(st.integers(0, 5)) == 0:
        return stay(draw(st.sampled_from(["440305", "440306", "440100"])), **stated)
    happened = draw(st.lists(st.sampled_from(EventKind), max_size=3))
    at, decide_by = draw(instants), draw(instants)
    facts = draw(st.sampled_from([{}, {"scheme": "return2hk"}, {"scheme": "other"}]))
    ground = draw(st.sampled_from(GROUNDS) | st.none())
    return kept(ground, *happened, at=at, decide_by=decide_by, facts=facts, **stated)


def everything() -> st.SearchStrategy[list[KeptEvidence]]:
    return st.integers(0, 6).flatmap(
        lambda count: st.tuples(*(pieces(number=number) for number in range(1, count + 1))).map(
            list
        )
    )


def judged(
    evidence: list[KeptEvidence], risk_places: tuple[RiskPlace, ...], now: datetime
) -> Judgement:
    return judge(evidence, registration=OWN, risk_places=risk_places, rules=RULES, now=now)


@given(evidence=everything(), listed=places, now=instants, data=st.data())
def test_judgement__never_depends__on_the_order_of_evidence(
    evidence: list[KeptEvidence], listed: tuple[RiskPlace, ...], now: datetime, data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(evidence))

    assert judged(shuffled, listed[::-1], now) == judged(evidence, listed, now)


@given(evidence=everything(), listed=places, now=instants, data=st.data())
def test_judgement__is_unmoved__by_evidence_that_does_not_count(
    evidence: list[KeptEvidence], listed: tuple[RiskPlace, ...], now: datetime, data: st.DataObject
) -> None:
    gone = data.draw(
        st.sampled_from(
            [EventKind.HELD, EventKind.LIFTED, EventKind.SUPERSEDED, EventKind.WITHDRAWN]
        )
    )
    ground = data.draw(st.sampled_from(GROUNDS) | st.none())
    more = kept(ground, gone, number=99, days=data.draw(st.integers(-3, 40)), at=now)

    assert judged([*evidence, more], listed, now) == judged(evidence, listed, now)


@given(evidence=everything(), listed=places, now=instants, data=st.data())
def test_colour__never_gets_better__by_more_against_the_person(
    evidence: list[KeptEvidence], listed: tuple[RiskPlace, ...], now: datetime, data: st.DataObject
) -> None:
    adverse = [each for each in GROUNDS if each is not HealthReason.DISCHARGED_RECENTLY]
    more = kept(data.draw(st.sampled_from(adverse)), number=99, days=data.draw(st.integers(-3, 40)))

    before, after = judged(evidence, listed, now), judged([*evidence, more], listed, now)

    assert gravity(after.colour) >= gravity(before.colour)
    assert set(before.findings) <= set(after.findings)


@given(evidence=everything(), now=instants, days=st.integers(-3, 40))
def test_discharge_by_others__never_does_anything__where_no_case_stands(
    evidence: list[KeptEvidence], now: datetime, days: int
) -> None:
    discharge = kept(HealthReason.DISCHARGED_RECENTLY, number=99, days=days)
    cases = (HealthReason.CONFIRMED, HealthReason.SUSPECTED)
    others = [each for each in evidence if each.evidence.ground not in cases]

    assert judged([*others, discharge], (), now) == judged(others, (), now)


@given(evidence=everything(), now=instants, data=st.data())
def test_finding__of_evidence_that_is_gone__stays_under_no_discharge(
    evidence: list[KeptEvidence], now: datetime, data: st.DataObject
) -> None:
    """But for the person's own word that they were discharged, and for what they brought."""
    gone = data.draw(st.sampled_from([EventKind.LIFTED, EventKind.WITHDRAWN]))
    against = [each.evidence for each in judged(evidence, (), now).findings]
    events = kept(None, gone, at=now).events
    lifted = [
        replace(each, events=tuple(replace(event, evidence=each.evidence.id) for event in events))
        if each.evidence.id in against
        else each
        for each in evidence
        if each.evidence.kind is not EvidenceKind.DISCHARGE or each.evidence.registration is None
    ]

    left = judged(lifted, (), now).findings
    assert all(each.reason is not HealthReason.DISCHARGED_RECENTLY for each in left)


@given(evidence=everything(), listed=places, now=instants)
def test_finding__ends__exactly_when_it_says(
    evidence: list[KeptEvidence], listed: tuple[RiskPlace, ...], now: datetime
) -> None:
    """Events and listings to come are left out: what they do is no end by itself."""
    past = [
        replace(each, events=tuple(event for event in each.events if event.at <= now))
        for each in evidence
    ]
    known = tuple(each for each in listed if each.listed_at <= now)
    for finding in judged(past, known, now).findings:
        end = _end(finding)
        if end is None:
            later = judged(past, known, now + timedelta(days=3000))
            assert finding.evidence in {each.evidence for each in later.findings}
            continue
        # In a day's last second the colour is that of the next.
        last = max(now, end - SECOND - INSTANT)
        if last < end:
            still = {each.evidence for each in judged(past, known, last).findings}
            assert finding.evidence in still
        gone = {each.evidence for each in judged(past, known, end).findings}
        assert finding.evidence not in gone


def _end(finding: Finding) -> datetime | None:
    """Relief from what officers said ends a finding too, unless its case is decided before."""
    ends = [] if finding.until is None else [finding.until]
    if finding.route is Route.OFFICERS and finding.contested_until is not None:
        ends.append(finding.contested_until)
    return min(ends, default=None)


@given(evidence=everything(), listed=places, now=instants, data=st.data())
def test_judgement__never_hears__what_was_said_under_another_registration(
    evidence: list[KeptEvidence], listed: tuple[RiskPlace, ...], now: datetime, data: st.DataObject
) -> None:
    word = data.draw(pieces(number=99))
    said = replace(word.evidence, route=Route.DECLARATION, registration=ANOTHER)
    anothers = replace(word, evidence=said)

    assert judged([*evidence, anothers], listed, now) == judged(evidence, listed, now)
    own = [each for each in evidence if each.evidence.registration != ANOTHER]
    assert judged(own, listed, now) == judged(evidence, listed, now)


@given(evidence=everything(), listed=places, now=instants, days=st.integers(0, 60))
def test_colour__never_worsens__while_nothing_new_is_known(
    evidence: list[KeptEvidence], listed: tuple[RiskPlace, ...], now: datetime, days: int
) -> None:
    past = [
        replace(each, events=tuple(event for event in each.events if event.at <= now))
        for each in evidence
    ]
    known = tuple(each for each in listed if each.listed_at <= now)

    before = judged(past, known, now)
    after = judged(past, known, now + timedelta(days=days))

    assert gravity(after.colour) <= gravity(before.colour)


@given(evidence=everything(), listed=places, now=instants)
def test_colour__is_that_of_its_gravest_finding__and_green_without_any(
    evidence: list[KeptEvidence], listed: tuple[RiskPlace, ...], now: datetime
) -> None:
    judgement = judged(evidence, listed, now)

    colours = [each.colour for each in judgement.findings]
    assert judgement.colour == max(colours, key=gravity, default=Colour.GREEN)
    assert [gravity(each) for each in colours] == sorted(map(gravity, colours), reverse=True)
    assert (judgement.colour is Colour.GREEN) == (
        judgement.reasons == (HealthReason.NOTHING_ADVERSE,)
    )


@settings(max_examples=30)
@given(evidence=everything(), now=instants, at=instants)
def test_relief__never_makes_a_colour_worse(
    evidence: list[KeptEvidence], now: datetime, at: datetime
) -> None:
    """A case that nobody decides in time, of whatever is kept."""
    plain = [replace(each, events=()) for each in evidence]
    for index, each in enumerate(plain):
        ground, id_ = each.evidence.ground, each.evidence.id
        contested = kept(ground, EventKind.CONTESTED, at=at, decide_by=at).events
        events = tuple(replace(event, evidence=id_) for event in contested)
        relieved = [*plain[:index], replace(each, events=events), *plain[index + 1 :]]
        assert gravity(judged(relieved, (), now).colour) <= gravity(judged(plain, (), now).colour)


def test_builder__counts_days__from_the_day_of_noon() -> None:
    assert days_ago(0) == NOON.date()
