"""The health code in a real browser without scripts, at the width of a telephone and of a desk,
and what axe finds on each page. With ``TONGGUAN_PICTURES`` naming a directory, a picture of each
is kept there.
"""

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.builders.authorities import START, deployment, opened_pair
from tests.web.browsing import document_number
from tests.web.serving import served
from tests.web.test_browser import FLAGS, LANGUAGES, WIDTH, check, sheets
from tongguan.app.authorities import Authority
from tongguan.app.control.store import Alarm
from tongguan.core.evidence.limits import AlarmKind
from tongguan.web.setup import demonstration_officers, put_officers_in_units

sync_api = pytest.importorskip("playwright.sync_api")
axe = pytest.importorskip("axe_playwright_python.sync_playwright")

pytestmark = pytest.mark.browser
PICTURES = os.environ.get("TONGGUAN_PICTURES")
DESK = 1200
MOST_OF_DESK = 3
"""Pages deeper than this differ at the width of a desk by nothing that the others do not show."""


@dataclass(frozen=True, kw_only=True)
class Site:
    """A Hong Kong with the pilot active, and its officers' passwords by their short names."""

    url: str
    passwords: dict[str, str]


def raise_alarms(authority: Authority) -> None:
    """One about a unit, and one about people whom one document was held against."""
    subjects = {
        AlarmKind.CAUSER: "unit:case-management",
        AlarmKind.TARGET: f"reference:{'5f2a' * 16}",
    }
    with authority.database.transaction() as transaction:
        for kind, subject in subjects.items():
            transaction.controls.raise_alarm(
                Alarm(serial=0, kind=kind, subject=subject, acts=11, raised_at=START)
            )


@pytest.fixture(scope="module")
def site(databases: Callable[[], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    directory = tmp_path_factory.mktemp("health-site")
    urls: list[str] = []

    def new_url() -> str:
        urls.append(databases())
        return urls[-1]

    with opened_pair(new_url, directory) as pair:
        pair.activate()
        put_officers_in_units(pair.hk)
        raise_alarms(pair.hk)
        own = deployment("HK", urls[0], directory / "HK")
        with served(own) as (_, url):
            accounts = demonstration_officers(own)
            passwords = {
                each.user_name.removeprefix("officer-"): each.password for each in accounts
            }
            yield Site(url=url, passwords=passwords)


@pytest.fixture(scope="module")
def chromium(chromium_path: str) -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Any) -> Iterator[Callable[..., Any]]:
    """Opens a page of a fresh browser context, without scripts unless axe needs them."""
    contexts = []

    def open_(width: int = WIDTH, *, scripts: bool = False) -> Any:
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            java_script_enabled=scripts,
            bypass_csp=scripts,
            locale="en-GB",
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        return page

    yield open_
    for each in contexts:
        each.close()


def register(page: Any, address: str, number: str, **typed: str) -> tuple[str, str]:
    """Register in this browser; reference and secret."""
    page.goto(f"{address}/health-code/register/")
    page.fill("#id_name", "陳大文")
    page.select_option("#id_document_type", "home_return_permit")
    page.fill("#id_document_number", number)
    page.fill("#id_document_issued_on", "2019-06-01")
    for name, value in typed.items():
        page.fill(f"#id_{name}", value)
    page.click("form.form button")
    return page.inner_text(".slip dd >> nth=0"), page.inner_text(".slip dd >> nth=1")


def declare(page: Any, address: str) -> None:
    page.goto(f"{address}/health-code/declare/")
    page.check("#id_true")
    page.click("form.form button")


def sign_in(page: Any, site: Site, officer: str, language: str = "en") -> None:
    page.goto(f"{site.url}/{language}/desk/sign-in/")
    page.fill("#id_user_name", f"officer-{officer}")
    page.fill("#id_password", site.passwords[officer])
    page.click("form.form button")


def propose(page: Any, site: Site, reference: str, language: str = "en") -> str:
    """Propose a finding; the address of the proposal without its language."""
    page.goto(f"{site.url}/{language}/desk/health/registrations/{reference}/finding/")
    page.select_option("#id_ground", "close_contact")
    page.fill("#id_on", "2021-12-12")
    page.fill("#id_ends_on", "2021-12-18")
    page.fill("#id_reference", "CT-2021-77")
    page.fill("#id_words", "與第 12 宗個案同枱用膳。")
    page.click("form.form button")
    return str(page.url).partition(f"/{language}/")[2]


def test_person__without_scripts__registers_declares_contests_and_prints(
    site: Site, open_page: Callable[..., Any], tmp_path: Path
) -> None:
    page, address = open_page(), f"{site.url}/zh-hant"
    page.goto(f"{address}/health-code/")
    check(page)
    page.click("main .card a >> nth=0")
    page.click("form.form button")
    check(page)
    assert "請填寫姓名。" in page.inner_text(".summary")
    reference, secret = register(page, address, document_number(), phone="+852 2345 6789")
    check(page)
    assert sheets(page, tmp_path / "slip.pdf") == 1
    page.click(".menu-end button")
    page.goto(f"{address}/health-code/sign-in/")
    page.fill("#id_reference", reference)
    page.fill("#id_secret", secret)
    page.click("form.form button")
    declare(page, address)
    assert "綠碼" in page.inner_text("main")
    check(page)
    page.click("text=列印版本")
    check(page)
    assert sheets(page, tmp_path / "code.pdf") == 1
    ho, lam = open_page(DESK), open_page(DESK)
    sign_in(ho, site, "ho")
    proposal = propose(ho, site, reference)
    sign_in(lam, site, "lam")
    lam.goto(f"{site.url}/en/{proposal}")
    lam.click("button[value=confirm]")
    page.goto(f"{address}/health-code/own/")
    check(page)
    assert "紅碼" in page.inner_text("main")
    assert "接觸者追蹤組" in page.inner_text("main")
    page.click("article a")
    page.fill("#id_words", "我當時在深圳。")
    page.click("button[value=check]")
    check(page)
    page.click("button[value=send]")
    check(page)
    assert "等待決定" in page.inner_text("main")


@dataclass(kw_only=True)
class Looks:
    """Looks at pages at both widths, and keeps what is wrong with them."""

    site: Site
    found: dict[str, str] = field(default_factory=dict)

    def go(self, page: Any, place: str, language: str = "zh-hant") -> None:
        page.goto(f"{self.site.url}/{language}/{place}")
        self.look(page, f"{language}/{place}")

    def faults(self, page: Any, place: str) -> None:
        """What the page says of a form that was sent as it is."""
        page.goto(f"{self.site.url}/zh-hant/{place}")
        page.click("form.form button")
        self.look(page, f"zh-hant/{place}faults")

    def look(self, page: Any, name: str) -> None:
        is_wide = bool(PICTURES) or name.count("/") < MOST_OF_DESK
        for width in (WIDTH, DESK) if is_wide else (WIDTH,):
            page.set_viewport_size({"width": width, "height": 900})
            page.eval_on_selector_all("details", "all => all.forEach(each => each.open = true)")
            result = axe.Axe().run(page)
            if PICTURES:
                short = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|HC-[A-Z0-9-]+", "x", name).strip("/")
                path = Path(PICTURES) / f"{short.replace('/', '-')}-{width}.png"
                page.screenshot(path=str(path), full_page=True)
            if result.violations_count:
                self.found[f"{name} {width}"] = result.generate_report()
            wide = page.evaluate("document.documentElement.scrollWidth")
            if wide > width:
                self.found[f"{name} {width}"] = f"{wide} wide"


def counts_against(person: Any, officer: Any, site: Site, reference: str) -> tuple[str, str]:
    """Two findings proposed, one of them confirmed: the evidence's id, and the open proposal."""
    sign_in(officer, site, "ho")
    proposals = [propose(officer, site, reference, "zh-hant") for _ in range(2)]
    sign_in(officer, site, "lam")
    officer.goto(f"{site.url}/zh-hant/{proposals[0]}")
    officer.click("button[value=confirm]")
    return proposals[0].rstrip("/").rpartition("/")[2], proposals[1]


def contest(person: Any, site: Site, evidence: str) -> str:
    """Ask for correction up to the page that checks it; the address of the case."""
    place = f"health-code/findings/{evidence}/correction/"
    person.goto(f"{site.url}/zh-hant/{place}")
    person.fill("#id_words", "我當時在深圳。")
    person.click("button[value=check]")
    return place


def claim(stranger: Any, site: Site, number: str) -> None:
    stranger.goto(f"{site.url}/zh-hant/health-code/claim/")
    stranger.fill("#id_name", "王小明")
    stranger.select_option("#id_document_type", "home_return_permit")
    stranger.fill("#id_document_number", number)
    stranger.fill("#id_document_issued_on", "2020-01-01")
    stranger.click("form.form button")


def test_pages_of_a_person__at_both_widths__have_no_fault_that_axe_finds(
    site: Site, open_page: Callable[..., Any]
) -> None:
    number, looks = document_number(), Looks(site=site)
    person, officer, stranger = (open_page(scripts=True) for _ in range(3))
    reference, _ = register(person, f"{site.url}/zh-hant", number, phone="+852 2345 6789")
    looks.look(person, "slip")
    declare(person, f"{site.url}/zh-hant")
    looks.look(person, "green")
    looks.go(person, "health-code/own/print/")
    evidence, _ = counts_against(person, officer, site, reference)
    case = contest(person, site, evidence)
    looks.look(person, "check")
    person.click("button[value=send]")
    looks.go(person, case)
    claim(stranger, site, number)
    looks.look(stranger, "claimed")
    for place in ("", "register/", "sign-in/", "claim/", "claim/state/"):
        looks.go(stranger, f"health-code/{place}")
    for place in ("register/", "sign-in/", "claim/", "claim/state/"):
        looks.faults(stranger, f"health-code/{place}")
    for language in LANGUAGES:
        looks.go(person, "health-code/own/", language)
    for place in ("declare/", "statement/", "statement/bring/"):
        looks.go(person, f"health-code/{place}")
    person.goto(f"{site.url}/zh-hant/health-code/statement/")
    person.click("main form button")
    looks.look(person, "signed")
    assert looks.found == {}


def corrected(officer: Any, looks: Looks, place: str, secret: str, paper: Path) -> None:
    """Ask for correction with the person at the counter, up to the sheet."""
    looks.go(officer, place)
    officer.fill("#id_words", "我當時在深圳。")
    officer.click("button[value=check]")
    looks.look(officer, "desk-check")
    officer.click("button[value=send]")
    looks.look(officer, "desk-check-faults")
    officer.fill("#id_secret", secret)
    officer.click("button[value=send]")
    looks.look(officer, "desk-case-sheet")
    assert sheets(officer, paper) == 1
    looks.go(officer, place)


def carried(officer: Any, looks: Looks, place: str, secret: str, paper: Path) -> None:
    """Have a statement signed with the person at the counter, up to the sheet."""
    officer.goto(f"{looks.site.url}/zh-hant/{place}")
    officer.fill("#id_secret", secret)
    officer.click("form.form button")
    looks.look(officer, "desk-statement-shown")
    officer.click("main form button")
    looks.look(officer, "desk-statement-sheet")
    assert sheets(officer, paper) == 1


def test_pages_of_the_desk__at_both_widths__have_no_fault_that_axe_finds(
    site: Site, open_page: Callable[..., Any], tmp_path: Path
) -> None:
    number, looks = document_number(), Looks(site=site)
    person, officer, stranger = (open_page(scripts=True) for _ in range(3))
    reference, secret = register(person, f"{site.url}/zh-hant", number, phone="+852 2345 6789")
    evidence, proposal = counts_against(person, officer, site, reference)
    one = f"desk/health/registrations/{reference}/"
    paper = tmp_path / "sheet.pdf"
    corrected(officer, looks, f"{one}findings/{evidence}/correction/", secret, paper)
    carried(officer, looks, f"{one}statement/", secret, paper)
    claim(stranger, site, number)
    links = {}
    for queue in ("cases", "claims"):
        looks.go(officer, f"desk/health/{queue}/")
        found = officer.get_attribute("main table tr:last-child a", "href")
        links[queue] = found.partition("/zh-hant/")[2]
    for place in (
        "desk/health/", "desk/health/register/", one, f"{one}declare/", f"{one}finding/",
        f"{one}slip/", f"{one}statement/", f"{one}statement/bring/",
        "desk/health/proposals/", proposal, links["cases"], links["claims"],
        f"desk/health/evidence/{evidence}/lift/", "desk/health/acts/", "desk/health/alarms/",
    ):  # fmt: skip
        looks.go(officer, place)
    faulty = ("desk/health/register/", f"{one}declare/", f"{one}finding/", links["claims"])
    for place in (*faulty, f"{one}statement/", f"{one}statement/bring/"):
        looks.faults(officer, place)
    officer.goto(f"{site.url}/zh-hant/{one}declare/")
    officer.check("#id_true")
    officer.fill("#id_secret", secret)
    officer.click("form.form button")
    looks.look(officer, "desk-code")
    assert looks.found == {}
