"""The load on the intake, short; and that it notices what was not booked."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tongguan.adapters.cluster import Cluster, remove_cluster
from tongguan.cli.bench import intake
from tongguan.cli.bench.bookable import Bookable, bookable, hot_scheme
from tongguan.cli.bench.intake import find_load_generator, intake_differences, measure_intake
from tongguan.cli.bench.load import Loaded, load
from tongguan.cli.bench.places import Size, own_database
from tongguan.cli.bench.servers import intake_server
from tongguan.intake.program import BOOKINGS

CONNECTIONS = 8


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bookable]:
    """An authority with three people who may book, on a server that writes through."""
    directory = tmp_path_factory.mktemp("bench")
    try:
        with (
            Cluster.open(directory / "cluster") as cluster,
            bookable(cluster, directory) as found,
        ):
            found.admit(3)
            found.begin_anew()
            yield found
    finally:
        remove_cluster(directory / "cluster")


def loaded(*, answers: int, errors: int = 0, again: int = 0) -> Loaded:
    return Loaded(
        answers=answers,
        seconds=1.0,
        sent=answers,
        again=again,
        p50_milliseconds=1.0,
        p99_milliseconds=2.0,
        connect=0,
        read=0,
        write=0,
        status=errors,
        timeout=0,
    )


@pytest.fixture
def load_generator() -> Path:
    """Where wrk is."""
    found = find_load_generator()
    if found is None:
        pytest.skip("no wrk: `make setup-development` as root installs it")
    return found


@pytest.mark.soak
def test_intake__is_measured__beside_a_constant(
    load_generator: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "CONNECTIONS", (CONNECTIONS,))
    with own_database() as bench:
        found = measure_intake(load_generator, bench, Size(rounds=1, groups=1, seconds=1))
    assert found.differences == ()
    measured = found.at(CONNECTIONS)
    assert measured is not None
    assert measured.bare > 0
    assert measured.end_to_end > 0
    assert measured.p99_milliseconds > 0
    assert found.at(CONNECTIONS + 1) is None


def test_load__on_the_intake__is_booked_and_exact(
    load_generator: Path, people: Bookable, tmp_path: Path
) -> None:
    bodies = tmp_path / "bodies"
    bodies.write_bytes(b"\n".join(people.admit(8000)) + b"\n")
    people.begin_anew()
    with intake_server(people.deployment) as url:
        found = load(
            load_generator, url, BOOKINGS, bodies, before=5, connections=CONNECTIONS, seconds=1
        )
    assert found.answers > 0
    assert 0 < found.p50_milliseconds <= found.p99_milliseconds
    assert intake_differences("test", people, (found,), CONNECTIONS) == ()
    people.admit(3)
    people.begin_anew()


def test_differences__of_what_nobody_booked__are_named(people: Bookable) -> None:
    def named(one: Loaded) -> set[str]:
        return {each.what for each in intake_differences("test", people, (one,), CONNECTIONS)}

    assert named(loaded(answers=0)) == set()
    assert named(loaded(answers=1)) == {"answered_and_not_booked"}
    assert named(loaded(answers=0, errors=1)) == {"requests_failed"}
    assert named(loaded(answers=0, again=1)) == {"requests_sent_again"}


def test_differences__of_a_refusal_and_a_stranger__are_named(people: Bookable) -> None:
    with people.connection() as connection:
        connection.execute(
            "INSERT INTO tongguan.audit_entry (at, actor, action, subject, outcome, codes)"
            " VALUES (now(), 'test', 'journey.book', 'nobody', 'refused', '{}')"
        )
        connection.execute(
            "INSERT INTO tongguan.journey (id, application, scheme, cell_weeks, phase,"
            " version_digest, request_hash, booked_at) VALUES (gen_random_uuid(),"
            " gen_random_uuid(), 'test', '{}', 'pilot', '', '', now())"
        )
    found = {
        each.what for each in intake_differences("test", people, (loaded(answers=1),), CONNECTIONS)
    }
    assert found == {"refused", "decisions_recorded", "not_of_an_applicant", "places"}


def test_scheme__of_the_hot_day__has_three_windows_and_one_way(tmp_path: Path) -> None:
    (phase, *_) = hot_scheme().version.phases
    assert [quota.id for quota in phase.quotas] == ["all-day", "port-day", "slot"]
    assert {quota.limit for quota in phase.quotas} == {10_000_000}
