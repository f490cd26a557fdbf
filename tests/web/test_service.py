"""Settings, accounts, limits and what is said when the database is away."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from tests.builders.authorities import Pair, deployment
from tests.web.browsing import browser
from tests.web.conftest import DJANGO
from tongguan.adapters.deployment import root_keys
from tongguan.adapters.postgres.connections import AskAgain, DatabaseUnavailable
from tongguan.web import service, setup
from tongguan.web.models import SignInFailure
from tongguan.web.settings import database_of, settings_of
from tongguan.web.throttle import FAILURES_MAX, WINDOW_MINUTES, Throttle


def test_settings__two_authorities_on_one_host__share_no_cookie(tmp_path: Path) -> None:
    hk, gd = (settings_of(deployment(each, "postgresql:///x", tmp_path)) for each in ("HK", "GD"))
    for name in ("SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "LANGUAGE_COOKIE_NAME"):
        assert hk[name] != gd[name]


def test_settings__real_authority__sends_cookies_over_tls_only(tmp_path: Path) -> None:
    demonstration = deployment("HK", "postgresql:///x", tmp_path)
    real = settings_of(replace(demonstration, demonstration=False))
    assert real["SESSION_COOKIE_SECURE"]
    assert real["CSRF_COOKIE_SECURE"]
    assert not settings_of(demonstration)["SESSION_COOKIE_SECURE"]
    assert not real["DEBUG"]


def test_settings__secret__is_the_deployments_own(tmp_path: Path) -> None:
    own = deployment("HK", "postgresql:///x", tmp_path)
    assert settings_of(own)["SECRET_KEY"] == root_keys(own).web.hex()


def test_database__address__keeps_every_part() -> None:
    found = database_of("postgresql://user:pw@/name?host=/run/socket&port=5433&sslmode=disable")
    assert (found["NAME"], found["USER"], found["PASSWORD"]) == ("name", "user", "pw")
    assert (found["HOST"], found["PORT"]) == ("/run/socket", "5433")
    assert found["OPTIONS"]["sslmode"] == "disable"


def test_officers__prepared_again__are_the_same(
    configured: tuple[setup.DemonstrationOfficer, ...],
) -> None:
    again = setup.prepare(DJANGO)
    assert again == configured
    assert len({each.password for each in again}) == len(configured)
    assert all(each.password not in repr(each) for each in again)


def test_officers__of_a_real_authority__are_not_made(configured: object) -> None:
    assert setup.prepare(replace(DJANGO, demonstration=False)) == ()


def test_throttle__window_over__opens_again(configured: object) -> None:
    throttle = Throttle(kind="test", name="TG-AAAA-BBBB")
    for _ in range(FAILURES_MAX):
        throttle.failed()
    assert throttle.closed()
    assert not Throttle(kind="other", name="TG-AAAA-BBBB").closed()
    over = timezone.now() - timedelta(minutes=WINDOW_MINUTES, seconds=1)
    SignInFailure.objects.all().update(since=over)
    assert not throttle.closed()
    throttle.failed()
    assert SignInFailure.objects.count() == 1
    assert "TG-AAAA-BBBB" not in SignInFailure.objects.get().name_hash


class _Away:
    """A database that does not answer."""

    @contextmanager
    def transaction(self) -> Iterator[None]:
        raise DatabaseUnavailable("the database stopped answering")
        yield


def test_database__away__is_said_everywhere(hk: Pair, client: Client) -> None:
    service.hold_authority(replace(hk.hk, database=_Away()))  # type: ignore[arg-type]
    page = client.get("/zh-hans/")
    assert page.status_code == 503
    assert "系统暂时无法服务。" in page.content.decode()
    assert page.headers["retry-after"] == "5"
    assert "stopped answering" not in page.content.decode()
    answer = client.get("/api/v1/scheme")
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    health = client.get("/healthz")
    assert (health.status_code, health.json()["database"]) == (503, "unreachable")


@pytest.mark.parametrize(
    "address",
    ["/en/scheme/%00/", "/en/apply/%00/", "/en/apply/..%2f/", "/en/%ff/"],
)
def test_address__strange__is_answered_and_never_a_fault(
    hk: Pair, client: Client, address: str
) -> None:
    response = client.get(address)
    assert response.status_code in {301, 302, 404}, response.status_code


def test_body__just_below_the_limit__is_taken(hk: Pair) -> None:
    response = browser().post("/en/sign-in/", {"reference": "x" * 60_000, "secret": "y"})
    assert response.status_code == 400
    assert "Shorten this to 40" in response.content.decode()


@pytest.mark.parametrize("losses", [0, 1])
def test_answer__is_asked_for_once_more__where_another_was_faster(losses: int) -> None:
    tries = []

    def ask() -> str:
        tries.append(None)
        if len(tries) <= losses:
            raise AskAgain
        return "booked"

    assert service.asked_again(ask) == "booked"
    assert len(tries) == losses + 1


def test_answer__is_asked_for__no_more_than_twice() -> None:
    tries = []

    def ask() -> None:
        tries.append(None)
        raise AskAgain

    with pytest.raises(AskAgain):
        service.asked_again(ask)
    assert len(tries) == 2
