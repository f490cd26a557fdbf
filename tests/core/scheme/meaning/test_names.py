"""Rival claims are claims, and are not followed; keepers of places are parties."""

from tests.builders.scheme_files import child, faults_of, sound

WEEK = "phases/pilot/quotas/business-week"
BECAUSE = {"zh-Hant": "較早", "zh-Hans": "较早", "en": "Earlier"}


def test_rival__must_be__a_claim_that_exists() -> None:
    assert faults_of({f"{WEEK}/set_aside/0/claim": "F9"}) == [
        ("claim_unknown", f"{WEEK}/set_aside/0/claim")
    ]


def test_rival__is_set_aside__once() -> None:
    rivals = [{"claim": "F2", "because": BECAUSE}] * 2
    assert faults_of({f"{WEEK}/set_aside": rivals}) == [("duplicate_id", f"{WEEK}/set_aside/1")]


def test_rival__of_one_clause__may_be_followed_by_another() -> None:
    assert faults_of({"phases/pilot/quotas/out-day/claims": ["F2"]}) == []


def test_direction__is_kept__by_a_party() -> None:
    keeper = "phases/pilot/directions/GD-HK/booking_authority"
    apart = {"phases/pilot/return/place_required": False}
    assert faults_of({keeper: "GD"} | apart) == []
    assert faults_of({keeper: "MO"} | apart) == [("party_unknown", keeper)]


def test_ids__stand_once__in_every_list_that_has_them() -> None:
    for path in (
        "phases/pilot/breakers",
        "phases/pilot/criteria",
        "phases/pilot/sponsors",
        "phases/pilot/health/tests",
        "phases/pilot/health/admitted_under",
        "phases/pilot/quotas/port-day/limits",
        "metrics",
        "not_expressible",
    ):
        first = child(sound(), path)[0]
        codes = [code for code, _ in faults_of({path: [first, first]})]
        assert codes.count("duplicate_id") == 1, path
