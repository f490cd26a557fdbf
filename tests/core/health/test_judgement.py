"""Colours follow from kept evidence, a rule version and the instant, and from nothing else."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from tests.builders.kept import (
    ANOTHER,
    HONG_KONG,
    NOON,
    OWN,
    days_ago,
    judged,
    kept,
    own_word,
)
from tongguan.adapters.health_rule_files import bundled_health_rules
from tongguan.core.evidence.records import EventKind, KeptEvidence, Route
from tongguan.core.health.colour_names import Colour
from tongguan.core.health.grounds import HealthReason
from tongguan.core.health.judgement import LiftedBy
from tongguan.core.identifiers import AuthorityId

GUANGDONG = bundled_health_rules()[AuthorityId("GD")].colours
NOTHING = (HealthReason.NOTHING_ADVERSE,)


PUBLISHED = [
    (HealthReason.CONFIRMED, 300, Colour.RED),
    (HealthReason.SUSPECTED, 0, Colour.RED),
    (HealthReason.CLOSE_CONTACT, 300, Colour.RED),
    (HealthReason.HOUSEHOLD_OF_CLOSE_CONTACT, 0, Colour.RED),
    (HealthReason.UNDER_QUARANTINE, 300, Colour.RED),
    (HealthReason.DISCHARGED_RECENTLY, 13, Colour.RED),
    (HealthReason.DISCHARGED_RECENTLY, 14, Colour.GREEN),
    (HealthReason.SYMPTOMS, 0, Colour.RED),
    (HealthReason.SYMPTOMS, 13, Colour.RED),
    (HealthReason.SYMPTOMS, 14, Colour.GREEN),
    (HealthReason.HIGH_RISK_STAY, 20, Colour.AMBER),
    (HealthReason.HIGH_RISK_STAY, 21, Colour.GREEN),
    (HealthReason.ARRIVED_FROM_OUTSIDE, 20, Colour.AMBER),
    (HealthReason.ARRIVED_FROM_OUTSIDE, 21, Colour.GREEN),
]


@pytest.mark.parametrize(("ground", "days", "colour"), PUBLISHED)
@pytest.mark.parametrize("route", Route)
def test_colour__follows__hong_kongs_published_rules(
    ground: HealthReason, days: int, colour: Colour, route: Route
) -> None:
    said = [kept(ground, days=days, route=route)]
    if ground is HealthReason.DISCHARGED_RECENTLY:
        said.append(kept(HealthReason.CONFIRMED, number=2, days=15, route=route))

    judgement = judged(*said)

    assert judgement.colour is colour
    assert judgement.reasons == (NOTHING if colour is Colour.GREEN else (ground,))
    assert judgement.rule_version == "hk-2021-12"


def test_colour__of_nobody_of_whom_anything_is_kept__is_green() -> None:
    assert judged().colour is Colour.GREEN
    assert judged().findings == ()
    assert judged().reasons == NOTHING


def test_colour__names_every_ground__the_gravest_first() -> None:
    judgement = judged(
        kept(HealthReason.ARRIVED_FROM_OUTSIDE, number=1, days=1),
        kept(HealthReason.SYMPTOMS, number=2, days=3),
        kept(HealthReason.CONFIRMED, number=3),
        kept(HealthReason.SYMPTOMS, number=4, days=4),
    )

    assert judgement.colour is Colour.RED
    assert judgement.reasons == (
        HealthReason.CONFIRMED,
        HealthReason.SYMPTOMS,
        HealthReason.ARRIVED_FROM_OUTSIDE,
    )
    assert len(judgement.findings) == 4


def test_colour__without_a_rule_for_the_ground__stays_green() -> None:
    rules = replace(
        HONG_KONG,
        rules=tuple(r for r in HONG_KONG.rules if r.reason is not HealthReason.SYMPTOMS),
    )

    assert judged(kept(HealthReason.SYMPTOMS), rules=rules).colour is Colour.GREEN


def test_colour__counts_a_date_to_come__like_today() -> None:
    judgement = judged(kept(HealthReason.SYMPTOMS, days=-2))

    assert judgement.colour is Colour.RED
    assert judgement.findings[0].until == datetime(2021, 12, 28, 16, tzinfo=UTC)
    far = kept(HealthReason.SYMPTOMS, on=date.max)
    assert judged(far).findings[0].until is None


@pytest.mark.parametrize(
    ("at", "until"),
    [
        (datetime(2021, 12, 12, 16, 0, tzinfo=UTC), datetime(2021, 12, 13, 15, 59, 59, tzinfo=UTC)),
        (
            datetime(2021, 12, 13, 15, 59, 58, tzinfo=UTC),
            datetime(2021, 12, 13, 15, 59, 59, tzinfo=UTC),
        ),
        (
            datetime(2021, 12, 13, 15, 59, 59, tzinfo=UTC),
            datetime(2021, 12, 14, 15, 59, 59, tzinfo=UTC),
        ),
        (datetime(2021, 12, 13, 16, 0, tzinfo=UTC), datetime(2021, 12, 14, 15, 59, 59, tzinfo=UTC)),
    ],
)
def test_colour__holds__until_23_59_of_its_day_in_hong_kong(at: datetime, until: datetime) -> None:
    assert at < until
    assert judged(now=at).until == until


def test_colour__of_the_last_second__is_that_of_the_next_day_in_whole() -> None:
    """What ends at midnight does not colour the day after, though its code be made before."""
    midnight = datetime(2021, 12, 13, 16, tzinfo=UTC)
    ends = kept(HealthReason.UNDER_QUARANTINE, ends_at=midnight)
    later = kept(HealthReason.UNDER_QUARANTINE, ends_at=midnight + timedelta(seconds=1))
    contested = kept(HealthReason.SUSPECTED, EventKind.CONTESTED, decide_by=midnight)
    for evidence, colour in (
        (ends, Colour.GREEN),
        (later, Colour.RED),
        (contested, Colour.AMBER),
    ):
        assert judged(evidence, now=midnight - timedelta(seconds=2)).colour is Colour.RED
        assert judged(evidence, now=midnight - timedelta(seconds=1)).colour is colour
        assert judged(evidence, now=midnight - timedelta(microseconds=1)).colour is colour


def test_colour__turns_at_midnight_in_hong_kong__when_a_ground_has_run_out() -> None:
    symptoms = kept(HealthReason.SYMPTOMS, on=date(2021, 11, 30))
    midnight = datetime(2021, 12, 13, 16, tzinfo=UTC)

    before = judged(symptoms, now=midnight - timedelta(minutes=1))
    after = judged(symptoms, now=midnight)

    assert (before.colour, after.colour) == (Colour.RED, Colour.GREEN)
    assert before.findings[0].until == midnight


def test_guangdongs_rules__let__the_pilots_own_arrivals_stay_green() -> None:
    def arrived(scheme: str) -> KeptEvidence:
        return kept(HealthReason.ARRIVED_FROM_OUTSIDE, facts={"scheme": scheme})

    assert HONG_KONG.assumed is None
    assert GUANGDONG.assumed is not None
    assert judged(arrived("hk-gd-2021"), rules=GUANGDONG).colour is Colour.GREEN
    assert judged(arrived("return2hk"), rules=GUANGDONG).colour is Colour.AMBER
    assert judged(arrived("return2hk")).colour is Colour.GREEN
    assert judged(arrived("come2hk")).colour is Colour.GREEN
    assert judged(arrived("diplomatic")).colour is Colour.AMBER


def test_health_reasons__stand__in_alphabetical_order() -> None:
    assert all(one < other for one, other in pairwise(HealthReason))


class TestFinding:
    def test_finding__says__what_by_whom_and_until_when(self) -> None:
        evidence = kept(HealthReason.SYMPTOMS, days=3, source="office-7")

        (finding,) = judged(evidence).findings

        assert finding.evidence == evidence.evidence.id
        assert finding.reason is HealthReason.SYMPTOMS
        assert finding.colour is Colour.RED
        assert finding.on == days_ago(3)
        assert finding.until == datetime(2021, 12, 23, 16, tzinfo=UTC)
        assert finding.source == "office-7"
        assert finding.route is Route.ORDER_OFFICE
        assert not finding.is_relieved
        assert finding.contested_until is None

    @pytest.mark.parametrize(
        ("ground", "ends_at", "until"),
        [
            (HealthReason.SYMPTOMS, None, datetime(2021, 12, 26, 16, tzinfo=UTC)),
            (HealthReason.SYMPTOMS, NOON + timedelta(days=1), NOON + timedelta(days=1)),
            (
                HealthReason.SYMPTOMS,
                NOON + timedelta(days=40),
                datetime(2021, 12, 26, 16, tzinfo=UTC),
            ),
            (HealthReason.CONFIRMED, NOON + timedelta(days=40), NOON + timedelta(days=40)),
            (HealthReason.CONFIRMED, None, None),
        ],
    )
    def test_finding__ends__by_its_rule_or_by_itself_whichever_is_first(
        self, ground: HealthReason, ends_at: datetime | None, until: datetime | None
    ) -> None:
        assert judged(kept(ground, ends_at=ends_at)).findings[0].until == until

    @pytest.mark.parametrize(
        ("route", "lifted_by"),
        [
            (Route.ARRIVAL_FEED, LiftedBy.SOURCE),
            (Route.CERTIFICATE, LiftedBy.TWO_OFFICERS),
            (Route.CONVERSION, LiftedBy.TWO_OFFICERS),
            (Route.DECLARATION, LiftedBy.ITSELF),
            (Route.LABORATORY, LiftedBy.SOURCE),
            (Route.OFFICERS, LiftedBy.TWO_OFFICERS),
            (Route.ORDER_OFFICE, LiftedBy.SOURCE),
        ],
    )
    def test_finding__names__who_lifts_it(self, route: Route, lifted_by: LiftedBy) -> None:
        assert judged(kept(HealthReason.CONFIRMED, route=route)).findings[0].lifted_by is lifted_by

    def test_finding__of_a_discharge__ends_with_time(self) -> None:
        brought = kept(HealthReason.DISCHARGED_RECENTLY, route=Route.CONVERSION)
        (finding,) = judged(brought).findings
        assert finding.lifted_by is LiftedBy.TIME
        (own,) = judged(own_word(HealthReason.DISCHARGED_RECENTLY)).findings
        assert own.lifted_by is LiftedBy.ITSELF

    def test_finding__is_hidden__when_printed(self) -> None:
        judgement = judged(kept(HealthReason.CONFIRMED))

        assert "confirmed" not in repr(judgement.findings[0])
        assert "red" not in repr(judgement)


class TestStanding:
    @pytest.mark.parametrize(
        "happened", [EventKind.HELD, EventKind.LIFTED, EventKind.SUPERSEDED, EventKind.WITHDRAWN]
    )
    def test_evidence__that_does_not_count__gives_no_finding(self, happened: EventKind) -> None:
        assert judged(kept(HealthReason.CONFIRMED, happened)).findings == ()
        ahead = kept(HealthReason.CONFIRMED, happened, at=NOON + timedelta(minutes=1))
        assert judged(ahead).colour is Colour.RED

    def test_evidence__that_was_released__counts(self) -> None:
        released = kept(HealthReason.CONFIRMED, EventKind.HELD, EventKind.RELEASED)
        assert judged(released).colour is Colour.RED

    def test_evidence__past_its_end__gives_no_finding(self) -> None:
        evidence = kept(HealthReason.CONFIRMED, ends_at=NOON)

        assert judged(evidence).findings == ()
        assert judged(evidence, now=NOON - timedelta(seconds=1)).colour is Colour.RED

    def test_contested_evidence__counts__while_the_clock_runs(self) -> None:
        later = NOON + timedelta(hours=3)
        contested = kept(HealthReason.CONFIRMED, EventKind.CONTESTED, decide_by=later)

        (finding,) = judged(contested).findings

        assert finding.colour is Colour.RED
        assert finding.contested_until == later

    def test_undecided_case__at_its_end__leaves_amber_at_most(self) -> None:
        relieved = kept(HealthReason.CONFIRMED, EventKind.CONTESTED)

        judgement = judged(relieved)

        assert judgement.colour is Colour.AMBER
        assert judgement.findings[0].is_relieved
        assert judgement.findings[0].contested_until == NOON

    def test_undecided_case__on_an_amber_ground__stays_amber(self) -> None:
        arrival = kept(HealthReason.ARRIVED_FROM_OUTSIDE, EventKind.CONTESTED)
        assert judged(arrival).colour is Colour.AMBER

    def test_undecided_case__against_officers__leaves_nothing(self) -> None:
        relieved = kept(HealthReason.CONFIRMED, EventKind.CONTESTED, route=Route.OFFICERS)

        assert judged(relieved).findings == ()
        assert judged(relieved, now=NOON - timedelta(seconds=1)).colour is Colour.RED

    def test_case_decided_against_the_person__counts__as_before(self) -> None:
        upheld = kept(HealthReason.CONFIRMED, EventKind.CONTESTED, EventKind.UPHELD)

        (finding,) = judged(upheld).findings

        assert finding.colour is Colour.RED
        assert finding.contested_until is None


class TestOwnWord:
    def test_own_word__counts__for_its_registration_alone(self) -> None:
        word = own_word(HealthReason.CONFIRMED)

        assert judged(word, registration=OWN).colour is Colour.RED
        assert judged(word, registration=ANOTHER).colour is Colour.GREEN
        assert judged(word, registration=None).colour is Colour.GREEN

    def test_anothers_word__counts__whatever_the_registration(self) -> None:
        for registration in (OWN, ANOTHER, None):
            order = kept(HealthReason.CONFIRMED)
            assert judged(order, registration=registration).colour is Colour.RED


def test_evidence__without_a_ground__counts_for_nothing() -> None:
    assert judged(kept(None)).colour is Colour.GREEN
