"""What discharges and stays count as: neither says by itself what it comes to."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.builders.kept import ANOTHER, NOON, judged, kept, own_word, risk_place, stay
from tongguan.core.evidence.records import EventKind, EvidenceKind, Route
from tongguan.core.health.colour_names import Colour
from tongguan.core.health.grounds import HealthReason
from tongguan.core.health.judgement import LiftedBy


class TestDischarge:
    @pytest.mark.parametrize("ground", [HealthReason.CONFIRMED, HealthReason.SUSPECTED])
    def test_discharge__ends__the_case_before_it(self, ground: HealthReason) -> None:
        case = kept(ground, number=1, days=20)

        (finding,) = judged(case, kept(HealthReason.DISCHARGED_RECENTLY, number=2, days=5)).findings
        assert finding.reason is HealthReason.DISCHARGED_RECENTLY
        done = kept(HealthReason.DISCHARGED_RECENTLY, number=2, days=14)
        assert judged(case, done).colour is Colour.GREEN
        same_day = kept(HealthReason.DISCHARGED_RECENTLY, number=2, days=20)
        assert judged(case, same_day).colour is Colour.GREEN

    def test_discharge__leaves__a_case_after_it(self) -> None:
        case = kept(HealthReason.CONFIRMED, number=1, days=20)
        before = kept(HealthReason.DISCHARGED_RECENTLY, number=2, days=21)

        assert judged(case, before).reasons == (HealthReason.CONFIRMED,)

    def test_discharge__leaves__what_is_no_case(self) -> None:
        contact = kept(HealthReason.CLOSE_CONTACT, number=1, days=20)
        after = kept(HealthReason.DISCHARGED_RECENTLY, number=2, days=15)

        assert judged(contact, after).reasons == (HealthReason.CLOSE_CONTACT,)

    def test_discharge__by_the_persons_word__ends_their_own_word_alone(self) -> None:
        word = own_word(HealthReason.DISCHARGED_RECENTLY, number=2, days=15)
        order = kept(HealthReason.CONFIRMED, number=1, days=20)
        said = own_word(HealthReason.CONFIRMED, number=1, days=20)

        assert judged(order, word).colour is Colour.RED
        assert judged(said, word).colour is Colour.GREEN
        official = kept(HealthReason.DISCHARGED_RECENTLY, number=2, days=15)
        assert judged(said, official).colour is Colour.GREEN

    def test_discharge__that_was_taken_back__ends_nothing(self) -> None:
        case = kept(HealthReason.CONFIRMED, number=1, days=20)
        withdrawn = kept(
            HealthReason.DISCHARGED_RECENTLY, EventKind.WITHDRAWN, number=2, days=15, ends_at=NOON
        )

        assert judged(case, withdrawn).reasons == (HealthReason.CONFIRMED,)

    @pytest.mark.parametrize("route", [Route.ORDER_OFFICE, Route.OFFICERS])
    def test_discharge__relieved_or_ended__does_not_bring_the_case_back(self, route: Route) -> None:
        case = kept(HealthReason.CONFIRMED, number=1, days=20)
        stated: dict[str, Any] = {"number": 2, "days": 5, "route": route}
        relieved = kept(HealthReason.DISCHARGED_RECENTLY, EventKind.CONTESTED, **stated)
        ended = kept(HealthReason.DISCHARGED_RECENTLY, ends_at=NOON, **stated)
        held = kept(HealthReason.DISCHARGED_RECENTLY, EventKind.HELD, ends_at=NOON, **stated)

        assert HealthReason.CONFIRMED not in judged(case, relieved).reasons
        assert judged(case, ended).colour is Colour.GREEN
        assert judged(case, held).colour is Colour.RED

    def test_discharge__is_a_finding__of_the_case_that_it_ended(self) -> None:
        case = kept(HealthReason.CONFIRMED, days=20, route=Route.LABORATORY, source="lab-1")
        done = kept(HealthReason.DISCHARGED_RECENTLY, number=2, days=5, source="office-2")

        (finding,) = judged(case, done).findings

        assert finding.evidence == case.evidence.id
        assert (finding.source, finding.lifted_by) == ("lab-1", LiftedBy.SOURCE)
        assert finding.on == done.evidence.on
        assert finding.until == datetime(2021, 12, 21, 16, tzinfo=UTC)

    @pytest.mark.parametrize(
        "happened", [EventKind.HELD, EventKind.LIFTED, EventKind.SUPERSEDED, EventKind.WITHDRAWN]
    )
    @pytest.mark.parametrize("ends_at", [None, NOON])
    def test_discharge__of_a_case_that_is_gone__says_nothing(
        self, happened: EventKind, ends_at: datetime | None
    ) -> None:
        done = kept(HealthReason.DISCHARGED_RECENTLY, number=2, days=5)
        gone = kept(HealthReason.CONFIRMED, happened, days=20, ends_at=ends_at)

        assert judged(done).findings == ()
        assert judged(gone, done).findings == ()
        stands = kept(HealthReason.CONFIRMED, days=20, ends_at=ends_at)
        assert judged(stands, done).reasons == (HealthReason.DISCHARGED_RECENTLY,)

    def test_discharge__of_a_case_in_relief__is_relieved_with_it(self) -> None:
        done = kept(HealthReason.DISCHARGED_RECENTLY, number=2, days=5)
        for ends_at in (None, NOON):
            order = kept(HealthReason.CONFIRMED, EventKind.CONTESTED, days=20, ends_at=ends_at)
            assert judged(order, done).colour is Colour.AMBER
            by_officers = replace(order, evidence=replace(order.evidence, route=Route.OFFICERS))
            assert judged(by_officers, done).colour is Colour.GREEN

    def test_discharge__once_more_and_later__changes_nothing(self) -> None:
        case = kept(HealthReason.CONFIRMED, days=20)
        first = kept(HealthReason.DISCHARGED_RECENTLY, number=2, days=10)
        again = kept(HealthReason.DISCHARGED_RECENTLY, number=3, days=0)

        assert judged(case, first, again) == judged(case, first)
        ended = kept(HealthReason.DISCHARGED_RECENTLY, number=4, days=0, ends_at=NOON)
        assert judged(case, first, ended).findings == ()

    @pytest.mark.parametrize("route", [Route.CONVERSION, Route.DECLARATION])
    def test_discharge__of_their_own_hand__needs_no_case(self, route: Route) -> None:
        said = kept(HealthReason.DISCHARGED_RECENTLY, days=5, route=route)

        assert judged(said).reasons == (HealthReason.DISCHARGED_RECENTLY,)
        assert judged(said, registration=ANOTHER).colour is Colour.GREEN


class TestStay:
    @pytest.mark.parametrize(
        ("listed", "stayed", "colour"),
        [
            ("440305", "440305", Colour.AMBER),
            ("4403", "440300", Colour.AMBER),
            ("440300", "440305", Colour.AMBER),
            ("44", "440305", Colour.AMBER),
            ("440305", "440305007", Colour.AMBER),
            ("440305", "440300", Colour.GREEN),
            ("440305", "440306", Colour.GREEN),
            ("4403", "440100", Colour.GREEN),
        ],
    )
    def test_stay__counts__where_a_listed_place_covers_it(
        self, listed: str, stayed: str, colour: Colour
    ) -> None:
        judgement = judged(stay(stayed, days=5), risk_places=(risk_place(listed),))
        assert judgement.colour is colour

    @pytest.mark.parametrize(
        ("days", "colour"),
        [
            (11, Colour.GREEN),
            (10, Colour.AMBER),
            (3, Colour.AMBER),
            (2, Colour.GREEN),
        ],
    )
    def test_stay__counts__where_its_last_day_is_within_the_listing(
        self, days: int, colour: Colour
    ) -> None:
        places = (risk_place("440305", first=10, last=3),)
        assert judged(stay("440305", days=days), risk_places=places).colour is colour

    def test_stay__without_an_end_of_the_listing__counts(self) -> None:
        places = (risk_place("440305", first=10),)
        assert judged(stay("440305"), risk_places=places).colour is Colour.AMBER

    def test_stay__in_a_place_listed_later__does_not_count_yet(self) -> None:
        places = (risk_place("440305", listed_at=NOON + timedelta(seconds=1)),)

        assert judged(stay("440305"), risk_places=places).colour is Colour.GREEN
        later = NOON + timedelta(seconds=1)
        assert judged(stay("440305"), risk_places=places, now=later).colour is Colour.AMBER

    def test_stay__in_a_place_listed_twice__is_one_finding(self) -> None:
        places = (risk_place("440305"), risk_place("44"))
        assert len(judged(stay("440305"), risk_places=places).findings) == 1

    def test_stay__that_the_person_called_a_risk__needs_no_list(self) -> None:
        word = own_word(HealthReason.HIGH_RISK_STAY, facts={"division": "440305"})
        assert judged(word).colour is Colour.AMBER

    def test_stay__without_a_division__counts_for_nothing(self) -> None:
        nowhere = kept(None, kind=EvidenceKind.STAY)
        assert judged(nowhere, risk_places=(risk_place("44"),)).colour is Colour.GREEN
