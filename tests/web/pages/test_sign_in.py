"""Opening an application with its slip; guessing made slow."""

from django.test import Client

from tests.builders.authorities import Pair
from tests.web.browsing import applied, browser
from tongguan.web.throttle import FAILURES_MAX


def test_sign_in__with_the_slip__opens_the_application(hk: Pair, client: Client) -> None:
    slip = applied(browser())
    typed = {"reference": slip.reference.lower().replace("-", " "), "secret": slip.secret.lower()}
    response = client.post("/en/sign-in/", typed)
    assert response.headers["location"] == "/en/application/"
    page = client.get("/en/application/").content.decode()
    assert slip.reference in page
    assert slip.secret not in page


def test_sign_in__secret_wrong__says_no_more_than_that(hk: Pair, client: Client) -> None:
    slip = applied(browser())
    known = client.post("/en/sign-in/", {"reference": slip.reference, "secret": "WRONG"})
    unknown = client.post("/en/sign-in/", {"reference": "TG-AAAA-AAAA", "secret": "WRONG"})
    assert known.status_code == unknown.status_code == 400
    message = "Check the reference and the secret; they do not belong together."
    assert message in known.content.decode()
    assert message in unknown.content.decode()


def test_sign_in__failed_too_often__is_closed_even_to_the_right_secret(
    hk: Pair, client: Client
) -> None:
    slip = applied(browser())
    for _ in range(FAILURES_MAX):
        client.post("/en/sign-in/", {"reference": slip.reference, "secret": "WRONG"})
    right = {"reference": slip.reference, "secret": slip.secret}
    closed = client.post("/en/sign-in/", right)
    assert closed.status_code == 429
    assert "Try again in 15 minutes." in closed.content.decode()
    other = applied(browser())
    opened = client.post("/en/sign-in/", {"reference": other.reference, "secret": other.secret})
    assert opened.status_code == 302


def test_sign_in__succeeded__forgets_the_failures(hk: Pair, client: Client) -> None:
    slip = applied(browser())
    right = {"reference": slip.reference, "secret": slip.secret}
    for _ in range(2):
        for _ in range(FAILURES_MAX - 1):
            client.post("/en/sign-in/", right | {"secret": "WRONG"})
        assert client.post("/en/sign-in/", right).status_code == 302


def test_sign_in__succeeded__gives_the_session_a_new_key(hk: Pair, client: Client) -> None:
    slip = applied(browser())
    session = client.session
    session["x"] = 1
    session.save()
    before = client.cookies["tongguan-hk-session"].value
    client.post("/en/sign-in/", {"reference": slip.reference, "secret": slip.secret})
    assert client.cookies["tongguan-hk-session"].value != before


def test_sign_out__post__closes_the_application(hk: Pair, client: Client) -> None:
    applied(client)
    assert client.get("/en/sign-out/").status_code == 405
    client.post("/en/sign-out/")
    assert client.get("/en/application/").headers["location"] == "/en/sign-in/"
