"""The public page: what holds, and what the sources say kept apart from what is assumed."""

import re
from datetime import timedelta

from django.test import Client

from tests.builders.authorities import START, Pair
from tests.web.browsing import applied, booked, browser
from tongguan.adapters.scheme_files import load_bundled
from tongguan.app.acts import SuspensionOrder, suspend_phase
from tongguan.app.schemes import adopt_version
from tongguan.core.identifiers import PhaseId, VersionId
from tongguan.core.scheme.unknowns import blocking
from tongguan.core.texts import Text


def text(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_public__nothing_holds__says_so_and_lists_the_texts(unsigned: Pair, client: Client) -> None:
    adopt_version(unsigned.hk, load_bundled(VersionId("hk-gd-2021")).canonical)
    page = client.get("/en/").content.decode()
    assert "No scheme is in force" in page
    assert "/en/scheme/hk-gd-2021/" in page


def test_public__version_with_unknowns__names_every_one_that_blocks(
    unsigned: Pair, client: Client
) -> None:
    loaded = load_bundled(VersionId("hk-gd-2021"))
    adopt_version(unsigned.hk, loaded.canonical)
    page = client.get("/en/scheme/hk-gd-2021/").content.decode()
    named = blocking(loaded.version, loaded.version.phases[0].id)
    assert len(named) > 5
    for unknown in named:
        assert f'<small class="code">{unknown.path}</small>' in page
    assert "Not stated" in page
    assert "Neither side has signed this text." in page


def test_public__version_unknown__is_not_found(hk: Pair, client: Client) -> None:
    assert client.get("/en/scheme/no-such-version/").status_code == 404


def test_public__pilot_holds__shows_phase_next_and_both_signatures(
    hk: Pair, client: Client
) -> None:
    page = text(client.get("/en/").content.decode())
    assert "In force" in page
    assert "Next: Crossing at scale" in page
    signatures = page.split("Signatures of both sides")[-1].split("Personal data")[0]
    assert re.search(r"Hong Kong\s+Signs the text", signatures)
    assert re.search(r"Guangdong\s+Signs the text", signatures)
    assert load_bundled(VersionId("hk-gd-2021-assumed")).digest in signatures


def test_public__clauses__keep_what_is_reported_apart_from_what_is_assumed(
    hk: Pair, client: Client
) -> None:
    page = client.get("/en/").content.decode()
    version = load_bundled(VersionId("hk-gd-2021-assumed")).version
    quota = next(each for each in version.phases[0].quotas if each.id == "business-week")
    clause = page.split(quota.name.en)[1].split("</details>")[0]
    said, ours = clause.split('class="ours"')[0], clause.split('class="ours"')[1:]
    claim = next(each for each in version.claims if each.id == "F7")
    assert claim.fact.en in said
    assert claim.witnesses[0].who.en in said
    assert "Reported" in said
    assert version.sources[0].url in said
    assert len(ours) == len(quota.basis.assumed)
    assert quota.basis.assumed["kind"].en in "".join(ours)
    assert all("Assumed in this scheme, not reported" in each for each in ours)


def test_public__what_nobody_stated__is_shown_as_not_stated(hk: Pair, client: Client) -> None:
    page = text(client.get("/en/").content.decode())
    assert "Longest stay: Not stated" in page
    assert "Back through the same control point: Not stated" in page


def test_public__data_protection__is_complete(hk: Pair, client: Client) -> None:
    block = text(client.get("/en/").content.decode().split('id="data"')[1])
    for part in ("Cap. 599", "Each authority for the data", "31 days after", "31 March 2022"):
        assert part in block


def test_public__places__go_down_when_they_are_taken(hk: Pair, client: Client) -> None:
    def left() -> list[int]:
        rows = client.get("/en/").content.decode().split('id="places"')[1].split("</section>")[0]
        return [int(each) for each in re.findall(r"<span>(\d+)", rows)]

    before = left()
    traveller = browser()
    applied(traveller)
    booked(traveller, out=5, home=14)
    assert sum(before) - sum(left()) == 2


def test_public__suspended__says_so_and_takes_no_application(
    unsigned: Pair, client: Client
) -> None:
    unsigned.activate()
    version = load_bundled(VersionId("hk-gd-2021-assumed"))
    why = Text(zh_hant="疫情", zh_hans="疫情", en="An outbreak")
    suspend_phase(unsigned.hk, version.digest, PhaseId("pilot"), SuspensionOrder(why=why))
    unsigned.set_time(START + timedelta(minutes=5))
    page = client.get("/en/").content.decode()
    assert "Suspended" in page
    assert "the way home stays open" in page
    assert "Why: An outbreak" in page
    choose = client.get("/en/apply/").content.decode()
    assert "/en/apply/family/" not in choose
    assert client.get("/en/apply/family/").status_code == 302


def test_public__of_the_side_that_does_not_book__shows_no_numbers_of_places(
    gd: Pair, client: Client
) -> None:
    page = text(client.get("/en/").content.decode())
    assert "Places are given out by Hong Kong" in page
    assert "400" not in page.split("Places left", 2)[-1].split("Who may go")[0]
