"""Every route: its permission, its words in three languages, the banner, the policy."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from uuid import uuid4

import pytest
from django.http import HttpRequest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import translation
from ninja.operation import PathView

from tests.builders.authorities import Pair
from tests.web.browsing import (
    Slip,
    applied,
    booked,
    browser,
    declared,
    document_number,
    registered,
    registration_form,
)
from tests.web.conftest import UNKNOWN_NAME
from tongguan.web import service
from tongguan.web.api.interface import ROUTERS
from tongguan.web.permissions import Permission, permission_of

LANGUAGES = {"zh-hant": "zh-Hant", "zh-hans": "zh-Hans", "en": "en"}
NUMBER = document_number()
NINJA_ROOT = "api-root"
"""The framework's own front page of the API, which answers 404 and nothing else."""


def routes(patterns: list[object] | None = None) -> Iterator[URLPattern]:
    for each in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(each, URLResolver):
            yield from routes(each.url_patterns)
        else:
            assert isinstance(each, URLPattern)
            yield each


def is_operation(route: URLPattern) -> bool:
    return isinstance(getattr(route.callback, "__self__", None), PathView) or (
        route.lookup_str.startswith("ninja.")
    )


def page_routes() -> list[URLPattern]:
    return [
        each
        for each in routes()
        if not is_operation(each) and each.name not in {"healthz", "openapi", NINJA_ROOT}
    ]


def test_routes__declare__a_permission_each(hk: Pair) -> None:
    without = [
        each.name
        for each in routes()
        if not is_operation(each) and each.name != NINJA_ROOT and not permission_of(each.callback)
    ]
    assert without == []
    assert len(page_routes()) > 15


def test_operations__declare__a_permission_and_the_guard_that_goes_with_it(hk: Pair) -> None:
    seen = 0
    for router in ROUTERS:
        for view in router.path_operations.values():
            for operation in view.operations:
                permission = permission_of(operation.view_func)
                assert permission is not None, operation.view_func.__name__
                assert bool(operation.auth_callbacks) is (permission is not Permission.ANYONE)
                seen += 1
    assert seen >= 20


SENT_TO = {
    Permission.APPLICANT: "sign-in",
    Permission.OFFICER: "desk/sign-in",
    Permission.REGISTERED: "health-code/sign-in",
}
"""Where a page sends who does not hold its permission."""


def test_routes__guarded__send_away_who_has_no_permission(hk: Pair, client: Client) -> None:
    for route in page_routes():
        permission = permission_of(route.callback)
        if permission is Permission.ANYONE:
            continue
        keys = dict.fromkeys(route.pattern.regex.groupindex, str(uuid4()))
        with translation.override("en"):
            address = reverse(str(route.name), kwargs=keys)
        response = client.get(address)
        if response.status_code == 405:
            continue
        assert response.status_code == 302, route.name
        assert response.headers["location"] == f"/en/{SENT_TO[permission]}/", route.name


@dataclass(frozen=True, kw_only=True)
class Visit:
    """A page as somebody who may see it sees it."""

    name: str
    page: str
    language: str
    status: int


class _Reader(HTMLParser):
    """The text of a page that is in the page's own language and not a code or a proper name."""

    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self._skipped: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        foreign = tag != "html" and "lang" in given
        is_code = "code" in (given.get("class") or "").split() or tag in {"cite", "style"}
        if tag not in {"input", "meta", "link", "br", "rect", "path", "hr"} and (
            self._skipped or foreign or is_code
        ):
            self._skipped.append(tag)
        for name in ("aria-label", "data-name", "alt", "title", "placeholder"):
            if not self._skipped and given.get(name):
                self.text.append(str(given[name]))

    def handle_endtag(self, tag: str) -> None:
        if self._skipped and self._skipped[-1] == tag:
            self._skipped.pop()

    def handle_data(self, data: str) -> None:
        if not self._skipped:
            self.text.append(data)


def words_of(page: str) -> str:
    reader = _Reader()
    reader.feed(page)
    return " ".join(reader.text)


@pytest.fixture(scope="module")
def visits(shared_pair: Pair, configured: object) -> list[Visit]:
    """Every page in every language, seen by a traveller with a journey, or by an officer."""
    from django.contrib.auth.models import User  # noqa: PLC0415

    service.hold_authority(shared_pair.hk, peer_url="http://127.0.0.1:8001/")
    traveller, officer, applicant = browser(), browser(), browser()
    officer.force_login(User.objects.get(username="officer-lam"))
    applied(traveller, p0_name="陳大文")
    journey = booked(traveller)
    health = registered(traveller, name="陳大文", document_number=NUMBER, phone="+852 2345 6789")
    declared(traveller, close_contact="on")
    slip = applied(
        applicant, "compassionate", p0_name="陳大文", **{"evidence_pressing-need": "證明"}
    )
    waiting = re.search(
        rf'desk/applications/([0-9a-f-]+)/">{slip.reference}',
        officer.get("/en/desk/").content.decode(),
    )
    assert waiting is not None
    keys = {
        "version_id": "hk-gd-2021-assumed",
        "category_id": "family",
        "journey_id": journey,
        "application_id": waiting.group(1),
    } | health_keys(officer, traveller, health)
    found = []
    for language in LANGUAGES:
        for route in page_routes():
            client = officer if str(route.name).startswith("desk") else traveller
            if route.name in {"health-code", "registration-slip"}:
                client = newly_registered(route.name == "registration-slip")
            needed = {name: keys[name] for name in route.pattern.regex.groupindex}
            with translation.override(language):
                address = reverse(str(route.name), kwargs=needed)
            response = client.get(address)
            if response.status_code == 405:
                continue
            found.append(
                Visit(
                    name=str(route.name),
                    page=response.content.decode(),
                    language=language,
                    status=response.status_code,
                )
            )
        found += [replace(each, language=language) for each in error_pages(language)]
    return found


def newly_registered(with_slip: bool) -> Client:
    """A browser in which nobody is signed in, or one whose slip has not been shown."""
    client = browser()
    if with_slip:
        client.post("/en/health-code/register/", registration_form())
    return client


def health_keys(officer: Client, traveller: Client, slip: Slip) -> dict[str, str]:
    """A finding, its case, a proposal and a claim about a traveller who is registered."""
    from django.contrib.auth.models import User  # noqa: PLC0415

    second = browser()
    second.force_login(User.objects.get(username="officer-ho"))
    said = {"ground": "close_contact", "on": "2021-12-12", "ends_on": "2021-12-18"}
    said |= {"reference": "2021/77", "words": "7"}
    made = []
    for _ in range(2):
        form = {"request_id": str(uuid4()), **said}
        answer = second.post(f"/en/desk/health/registrations/{slip.reference}/finding/", form)
        made.append(answer.headers["location"])
    officer.post(made[0], {"decision": "confirm"})
    proposals = [each.rstrip("/").rpartition("/")[2] for each in made]
    case, claim = str(uuid4()), str(uuid4())
    contested = {"request_id": case, "words": "7", "step": "send"}
    traveller.post(f"/en/health-code/findings/{proposals[0]}/correction/", contested)
    claimed = registration_form(claim_id=claim, document_number=NUMBER, name="陳大文")
    browser().post("/en/health-code/claim/", claimed)
    return {
        "reference": slip.reference,
        "evidence_id": proposals[0],
        "proposal_id": proposals[1],
        "case_id": case,
        "claim_id": claim,
    }


def error_pages(language: str) -> Iterator[Visit]:
    client = browser()
    missing = client.get(f"/{language}/nothing-here/")
    yield Visit(name="404", page=missing.content.decode(), language=language, status=404)
    large = client.post(f"/{language}/sign-in/", {"reference": "x" * 70_000})
    yield Visit(name="413", page=large.content.decode(), language=language, status=413)
    strict = Client(enforce_csrf_checks=True, SERVER_NAME="127.0.0.1")
    forged = strict.post(f"/{language}/sign-in/", {"reference": "x", "secret": "y"})
    yield Visit(name="403", page=forged.content.decode(), language=language, status=403)
    many = client.post(f"/{language}/sign-in/", {f"f{n}": "" for n in range(300)})
    yield Visit(name="400", page=many.content.decode(), language=language, status=400)
    assert (missing.status_code, large.status_code) == (404, 413)
    assert (forged.status_code, many.status_code) == (403, 400)


POST_ONLY = ("sign-out", "desk-sign-out", "answer-claim", "health-code-anew")


def test_pages__show__to_whoever_may_see_them(visits: list[Visit]) -> None:
    shown = [each for each in visits if not each.name.isdigit()]
    assert [each.name for each in shown if each.status != 200] == []
    assert len(shown) == 3 * (len(page_routes()) - len(POST_ONLY))


def test_pages__say__which_language_they_are_in(visits: list[Visit]) -> None:
    for each in visits:
        assert f'<html lang="{LANGUAGES[each.language]}">' in each.page, each.name


def test_pages__offer__every_language(visits: list[Visit]) -> None:
    for each in visits:
        for code, tag in LANGUAGES.items():
            link = re.search(rf'<a href="(/{code}/[^"]*)" lang="{tag}"', each.page)
            assert link is not None, (each.name, code)


def test_pages__say__that_they_are_a_demonstration(visits: list[Visit]) -> None:
    for each in visits:
        assert 'class="demonstration"' in each.page, each.name
        if not each.name.isdigit():
            assert "2021" in each.page.split('class="demonstration"')[1].split("</aside>")[0]


def test_pages__of_a_real_authority__carry_no_banner(hk: Pair, client: Client) -> None:
    real = replace(hk.hk, demonstration=False)
    service.hold_authority(real)
    for address in ("/en/", "/en/health-code/", "/en/api/", "/en/nothing-here/"):
        assert 'class="demonstration"' not in client.get(address).content.decode()


def test_pages__misspell__no_name(visits: list[Visit]) -> None:
    mark = UNKNOWN_NAME.partition("%")[0]
    assert [each.name for each in visits if mark in each.page] == []


PROPER_NAMES = re.compile(
    r"HK01|South China Morning Post|Lianhe Zaobao|SHA-256|OpenAPI|JSON|HTTP|Basic|Bearer|UUID|RFC"
    r"|Accept-Language|KiB|Cookie|/api/v1|SMART|Return2hk|Come2hk|TG-[A-Z0-9-]+|HC-[A-Z0-9-]+|HKG|CHN|PUT|GET|POST"
    r"|\b(?:code|errors)\b|officer-[a-z]+|F\d+"
)


def test_pages__in_chinese__leave_no_english(visits: list[Visit]) -> None:
    for each in visits:
        if each.language == "en":
            continue
        left = PROPER_NAMES.sub("", words_of(each.page))
        assert re.findall(r"[A-Za-z]{3,}", left) == [], each.name


SIMPLIFIED_ONLY = "么为书买来东发对开关门们时间这说实无请证预约码续办应见该档号"
TRADITIONAL_ONLY = "麼為書買來東發對開關門們時間這說實無請證預約碼續辦應見該檔號"


def test_pages__in_one_script__show_no_character_of_the_other(visits: list[Visit]) -> None:
    for each in visits:
        text = words_of(each.page)
        if each.language == "zh-hant":
            foreign = set(text) & (set(SIMPLIFIED_ONLY) - set(TRADITIONAL_ONLY))
        elif each.language == "zh-hans":
            text = text.replace("陳大文", "").replace("證明", "")
            foreign = set(text) & (set(TRADITIONAL_ONLY) - set(SIMPLIFIED_ONLY))
        else:
            foreign = set(
                re.findall(r"[\u4e00-\u9fff]", text.replace("陳大文", "").replace("證明", ""))
            )
        assert not foreign, (each.name, each.language, foreign)


def test_pages__need__no_script_and_no_style_of_their_own(visits: list[Visit]) -> None:
    for each in visits:
        assert "<script" not in each.page, each.name
        assert not re.search(r"\sstyle=|\son[a-z]+=|javascript:", each.page), each.name


def test_pages__carry__the_same_policy_everywhere(hk: Pair, client: Client) -> None:
    for address in ("/en/", "/en/apply/", "/api/v1/scheme", "/en/nothing-here/", "/healthz"):
        policy = client.get(address).headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src" not in policy
        assert "unsafe" not in policy


def test_pages__that_are_personal__are_not_stored(hk: Pair) -> None:
    client = browser()
    applied(client)
    for address in ("/en/application/", "/en/application/places/"):
        assert "no-store" in client.get(address).headers["cache-control"]


def test_front__without_a_language__follows_the_reader(hk: Pair) -> None:
    wanted = {
        "zh-HK": "zh-hant",
        "zh-TW": "zh-hant",
        "zh-CN": "zh-hans",
        "en-GB": "en",
        "fr": "zh-hant",
    }
    for accepted, language in wanted.items():
        response = browser(**{"accept-language": accepted}).get("/")
        assert response.status_code == 302
        assert response.headers["location"] == f"/{language}/"


def test_permission__gate__guards_no_page(hk: Pair) -> None:
    from tongguan.web.permissions import allows  # noqa: PLC0415

    def view(request: HttpRequest) -> None: ...

    with pytest.raises(ValueError, match="never a page"):
        allows(Permission.GATE)(view)(HttpRequest())
