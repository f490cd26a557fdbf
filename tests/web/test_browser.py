"""A traveller's journey in a real browser without scripts, and what axe finds on each page."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.builders.authorities import deployment, opened_pair
from tests.web.browsing import document_number
from tests.web.serving import served
from tongguan.web.setup import demonstration_officers

sync_api = pytest.importorskip("playwright.sync_api")
axe = pytest.importorskip("axe_playwright_python.sync_playwright")

pytestmark = pytest.mark.browser

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LANGUAGES = ("zh-hant", "zh-hans", "en")
WIDTH = 360


@pytest.fixture(scope="module")
def site(
    databases: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, str, str]]:
    """The address of a Hong Kong with the pilot active, and an officer's account."""
    directory = tmp_path_factory.mktemp("site")
    urls: list[str] = []

    def new_url() -> str:
        urls.append(databases())
        return urls[-1]

    with opened_pair(new_url, directory) as pair:
        pair.activate()
        own = deployment("HK", urls[0], directory / "HK")
        with served(own) as (_, url):
            account = demonstration_officers(own)[0]
            yield url, account.user_name, account.password


@pytest.fixture(scope="module")
def chromium(chromium_path: str) -> Iterator[object]:
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: object) -> Iterator[Callable[..., object]]:
    """Opens a page of a fresh browser context, without scripts unless axe needs them."""
    contexts = []

    def open_(width: int = 1200, *, scripts: bool = False) -> object:
        context = chromium.new_context(  # type: ignore[attr-defined]
            viewport={"width": width, "height": 900},
            java_script_enabled=scripts,
            bypass_csp=scripts,
            locale="en-GB",
        )
        contexts.append(context)
        return context.new_page()

    yield open_
    for each in contexts:
        each.close()


def check(page: object) -> None:
    """No page is wider than its screen."""
    wide = page.evaluate("document.documentElement.scrollWidth")  # type: ignore[attr-defined]
    assert wide <= WIDTH, page.url  # type: ignore[attr-defined]


def sheets(page: object, path: Path) -> int:
    """How many sheets of A4 the page takes when printed."""
    page.pdf(path=str(path), format="A4", prefer_css_page_size=True)  # type: ignore[attr-defined]
    return path.read_bytes().count(b"/Type /Page\n")


def apply(page: object, address: str, *, category: str, evidence: str) -> None:
    page.goto(f"{address}/apply/{category}/")
    page.fill("#id_p0_name", "陳大文")
    page.select_option("#id_p0_document_type", "home_return_permit")
    page.fill("#id_p0_document_number", document_number())
    page.fill(f"#id_evidence_{evidence}", "Certificate of 2010")
    page.check("input[name=itinerary][value='440300']")
    page.check("#id_confirm")
    page.click("form.form button")


def test_traveller__without_scripts__applies_books_and_cancels(
    site: tuple[str, str, str], open_page: Callable[..., object], tmp_path: Path
) -> None:
    url, _, _ = site
    page, address = open_page(WIDTH), f"{url}/zh-hant"
    page.goto(f"{url}/zh-hant/")
    check(page)
    page.goto(f"{address}/apply/family/")
    page.click("form.form button")
    check(page)
    page.click(".summary a >> nth=0")
    assert page.evaluate("document.activeElement.id") in {"id_p0_name", ""}
    apply(page, address, category="family", evidence="kinship")
    check(page)
    reference = page.inner_text(".slip dd >> nth=0")
    secret = page.inner_text(".slip dd >> nth=1")
    page.click(".menu-end button")
    page.goto(f"{address}/sign-in/")
    page.fill("#id_reference", reference)
    page.fill("#id_secret", secret)
    page.click("form.form button")
    page.goto(f"{address}/application/places/")
    check(page)
    page.check("input[name='HK-GD'] >> nth=4")
    page.check("input[name='GD-HK'] >> nth=9")
    page.click("#legs button[name=hold]")
    assert "名額為你保留至" in page.inner_text("main")
    check(page)
    page.goto(f"{address}/application/")
    check(page)
    page.click("text=確認預約")
    page.click("main form button")
    assert page.locator(".pass").count() == 2
    check(page)
    page.goto(f"{page.url}print/")
    check(page)
    assert sheets(page, tmp_path / "passes.pdf") == 1
    page.goto(f"{address}/application/")
    page.click("text=取消預約")
    page.click("button.danger")
    assert "已取消" in page.inner_text("main")


def test_pages__in_every_language__have_no_fault_that_axe_finds(
    site: tuple[str, str, str], open_page: Callable[..., object]
) -> None:
    url, user_name, password = site
    page = open_page(scripts=True)
    apply(page, f"{url}/en", category="family", evidence="kinship")
    page.goto(f"{url}/en/application/places/")
    page.check("input[name='HK-GD'] >> nth=4")
    page.check("input[name='GD-HK'] >> nth=9")
    page.click("#legs button[name=hold]")
    held = axe.Axe().run(page)
    found = {"held": held.generate_report()} if held.violations_count else {}
    page.click("main form button")
    passes = page.url.partition("/en/")[2]
    other = open_page()
    apply(other, f"{url}/en", category="compassionate", evidence="pressing-need")
    page.goto(f"{url}/en/desk/sign-in/")
    page.fill("#id_user_name", user_name)
    page.fill("#id_password", password)
    page.click("form.form button")
    case = page.get_attribute("main table a", "href").partition("/en/")[2]
    places = (
        "", "apply/", "apply/family/", "sign-in/", "application/", "application/places/", passes,
        f"{passes}print/", f"{passes}cancel/", "health-code/", "health-codes/figures/", "desk/",
        case, "api/", "nothing/",
    )  # fmt: skip
    for language in LANGUAGES:
        # Only the words differ by language: every page once, the main ones thrice.
        for place in places if language == "zh-hant" else places[:3:2]:
            page.goto(f"{url}/{language}/{place}")
            page.eval_on_selector_all("details", "all => all.forEach(each => each.open = true)")
            result = axe.Axe().run(page)
            if result.violations_count:
                found[f"{language}/{place}"] = result.generate_report()
    for place in ("apply/compassionate/", "sign-in/", "desk/sign-in/"):
        page.goto(f"{url}/zh-hant/{place}")
        page.click("form.form button")
        result = axe.Axe().run(page)
        if result.violations_count:
            found[f"faults of {place}"] = result.generate_report()
    assert found == {}
