"""The pages of a scheme of every wider rule in a real browser: no wider than a telephone, no fault
that axe finds. With ``TONGGUAN_PICTURES`` naming a directory, a picture of each is kept there.
"""

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.builders.authorities import START, deployment, opened_pair
from tests.builders.changes import HONOUR, next_text, rule, take_place
from tests.builders.figures import CASES
from tests.builders.told_pilot import CHAMBER, told
from tests.web.browsing import document_number
from tests.web.serving import served
from tests.web.test_browser import FLAGS, WIDTH
from tongguan.adapters.scheme_files import load_bundled
from tongguan.app.acts import SuspensionOrder, suspend_phase
from tongguan.app.figures import sign_day
from tongguan.app.schemes import adopt_version
from tongguan.app.sponsors import nominate
from tongguan.core.identifiers import ControlPointId, PhaseId, VersionId
from tongguan.core.people import Document, DocumentType
from tongguan.core.scheme.canonical import canonical_text, digest_of
from tongguan.core.scheme.model import Phase
from tongguan.core.texts import Text

sync_api = pytest.importorskip("playwright.sync_api")
axe = pytest.importorskip("axe_playwright_python.sync_playwright")

pytestmark = pytest.mark.browser
PICTURES = os.environ.get("TONGGUAN_PICTURES")
NUMBER = document_number()


@pytest.fixture(scope="module")
def page(chromium_path: str) -> Iterator[object]:
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=FLAGS)
        yield browser.new_context(
            viewport={"width": WIDTH, "height": 800}, bypass_csp=True, locale="en-GB"
        ).new_page()
        browser.close()


def check(page: object, name: str) -> None:
    """Not wider than the screen, and nothing that axe finds, with every detail open."""
    page.eval_on_selector_all("details", "all => all.forEach(each => each.open = true)")  # type: ignore[attr-defined]
    result = axe.Axe().run(page)
    assert result.violations_count == 0, (name, result.generate_report())
    assert page.evaluate("document.documentElement.scrollWidth") <= WIDTH, name  # type: ignore[attr-defined]
    page.eval_on_selector_all("details", "all => all.forEach(each => each.open = false)")  # type: ignore[attr-defined]
    if PICTURES:
        page.screenshot(path=str(Path(PICTURES) / f"{name}.png"), full_page=True)  # type: ignore[attr-defined]


def without_quotas_of_today(phase: Phase) -> dict[str, object]:
    """The bay is gone: places there are honoured."""
    assert phase.entry is not None
    points = phase.entry.control_points or ()
    gone = replace(points[0], id=ControlPointId("LMC"))
    return {"entry": replace(phase.entry, control_points=(gone, *points[1:]))}


def test_pages_of_wider_rules__on_a_telephone__fit_and_have_no_fault(
    databases: Callable[[], str], tmp_path: Path, page: object
) -> None:
    urls: list[str] = []

    def new_url() -> str:
        urls.append(databases())
        return urls[-1]

    with opened_pair(new_url, tmp_path, start=START - timedelta(minutes=1)) as pair:
        pair.activate_text(canonical_text(told()))
        pair.set_time(START)
        adopt_version(pair.hk, load_bundled(VersionId("hk-mainland-2023")).canonical)
        document = Document(type=DocumentType.HOME_RETURN_PERMIT, number=NUMBER, issuer="CHN")
        nominate(pair.hk, CHAMBER, [document], officer="lam")
        for back, number in enumerate((4, 5, 7), start=1):
            sign_day(pair.hk, told().scheme, START.date() - timedelta(days=back), {CASES: number})
        with served(deployment("HK", urls[0], tmp_path / "HK")) as (_, url):
            passes = _apply_and_book(page, url)
            check(page, "passes")
            order = SuspensionOrder(
                why=Text(zh_hant="疫情", zh_hans="疫情", en="An outbreak"),
                control_points=(ControlPointId("SZB"),),
                effective_at=START + timedelta(minutes=45),
            )
            suspend_phase(pair.hk, digest_of(canonical_text(told())), PhaseId("pilot"), order)
            pair.set_time(START + timedelta(hours=3))
            for name, path in (
                ("public", ""),
                ("version", "scheme/hk-mainland-2023/"),
                ("application", "application/"),
                ("places", "application/places/"),
                ("apply", "apply/business/"),
            ):
                page.goto(f"{url}/zh-hant/{path}")  # type: ignore[attr-defined]
                check(page, name)
            after = next_text(without_quotas_of_today, after=told(), holders=rule(HONOUR))
            take_place(pair, after)
            for name, path in (("notices", "application/"), ("old-passes", passes)):
                page.goto(f"{url}/en/{path}")  # type: ignore[attr-defined]
                check(page, name)


def _apply_and_book(page: object, url: str) -> str:
    """A business party of the chamber, with its places; the path of its passes."""
    page.goto(f"{url}/en/apply/business/")  # type: ignore[attr-defined]
    page.fill("#id_p0_name", "CHAN TAI MAN")  # type: ignore[attr-defined]
    page.select_option("#id_p0_document_type", "home_return_permit")  # type: ignore[attr-defined]
    page.fill("#id_p0_document_number", NUMBER)  # type: ignore[attr-defined]
    page.fill("#id_p0_born", "1980-05-01")  # type: ignore[attr-defined]
    page.select_option("#id_sponsor", CHAMBER)  # type: ignore[attr-defined]
    page.select_option("#id_stay0_division", "440300")  # type: ignore[attr-defined]
    page.fill("#id_stay0_last_on", "2021-12-10")  # type: ignore[attr-defined]
    page.check("input[name=itinerary][value='440300']")  # type: ignore[attr-defined]
    page.check("#id_confirm")  # type: ignore[attr-defined]
    page.click("form.form button")  # type: ignore[attr-defined]
    page.goto(f"{url}/en/application/places/")  # type: ignore[attr-defined]
    page.check("input[name='HK-GD'] >> nth=4")  # type: ignore[attr-defined]
    page.check("input[name='GD-HK'] >> nth=9")  # type: ignore[attr-defined]
    page.click("#legs button")  # type: ignore[attr-defined]
    found = re.search(r"/en/(application/journeys/.+)", page.url)  # type: ignore[attr-defined]
    assert found is not None
    return found.group(1)
