"""What is published, and acts that are sent here."""

from base64 import b64encode
from datetime import timedelta

import pytest
from django.test import Client

from tests.builders.authorities import START, Pair
from tests.builders.figures import measured
from tests.web.api.calls import call
from tongguan.adapters.scheme_files import load_bundled
from tongguan.app.acts import SuspensionOrder, suspend_phase
from tongguan.app.figures import sign_day
from tongguan.app.publishing import STATUS_LISTS
from tongguan.app.schemes import adopt_version, holding_now
from tongguan.core.credentials.keys import KeyUse
from tongguan.core.identifiers import MetricId, PhaseId, VersionId
from tongguan.core.scheme.canonical import canonical_text
from tongguan.core.scheme.state import PhaseState
from tongguan.core.texts import Text

WHY = Text(zh_hant="疫情", zh_hans="疫情", en="An outbreak")


def test_published__keys_acts_lists__are_signed(hk: Pair, client: Client) -> None:
    assert call(client, "GET", "/published/keys").json()["signed"]
    assert len(call(client, "GET", "/published/acts").json()["acts"]) == 3
    for list_id in (f"{kind}-0" for kind in STATUS_LISTS):
        assert call(client, "GET", f"/published/status-lists/{list_id}").json()["signed"]
    assert call(client, "GET", "/published/status-lists/pass-1").status_code == 404


def test_act__of_the_other_side__is_kept_once(unsigned: Pair, client: Client) -> None:
    unsigned.activate()
    digest = load_bundled(VersionId("hk-gd-2021-assumed")).digest
    act = suspend_phase(unsigned.gd, digest, PhaseId("pilot"), SuspensionOrder(why=WHY))
    body = {"signed": b64encode(act.message).decode()}
    assert call(client, "POST", "/acts", body).json() == {"is_new": True}
    assert call(client, "POST", "/acts", body).json() == {"is_new": False}
    unsigned.set_time(START + timedelta(minutes=1))
    holding = holding_now(unsigned.hk)
    assert holding is not None
    assert holding.state is PhaseState.SUSPENDED


def test_figures__of_the_other_side__are_kept_once_and_published(
    unsigned: Pair, client: Client
) -> None:
    text = measured()
    for authority in (unsigned.hk, unsigned.gd):
        adopt_version(authority, canonical_text(text))
    said = sign_day(unsigned.gd, text.scheme, START.date(), {MetricId("unlinked-cases"): 3})
    body = {"signed": b64encode(said.message).decode()}
    assert call(client, "POST", "/figures", body).json() == {"is_new": True}
    assert call(client, "POST", "/figures", body).json() == {"is_new": False}
    assert call(client, "GET", "/published/figures").json() == {"figures": [body["signed"]]}


@pytest.mark.parametrize("path", ["/acts", "/figures"])
@pytest.mark.parametrize("message", [b"", b"x", b"\xd2\x84" + b"x" * 100])
def test_what_is_sent__unsigned__is_refused(
    hk: Pair, client: Client, message: bytes, path: str
) -> None:
    body = {"signed": b64encode(message).decode() or "===="}
    response = call(client, "POST", path, body)
    assert response.status_code in {400, 422}
    assert response.json()["errors"][0]["path"] == "/signed"


def test_act__of_a_stranger__is_refused(unsigned: Pair, hk: Pair, client: Client) -> None:
    # The shared pair's Guangdong has other keys than the one this Hong Kong has pinned.
    digest = load_bundled(VersionId("hk-gd-2021-assumed")).digest
    stranger = hk.gd.keys.signing_key(KeyUse.SCHEME, START)
    assert stranger.public not in unsigned.gd.keys.key_set().keys
    with hk.gd.database.transaction() as transaction:
        signed = next(
            each.signed for each in transaction.schemes.acts(digest) if each.authority == "GD"
        )
    from tongguan.web import service  # noqa: PLC0415

    service.hold_authority(unsigned.hk)
    response = call(client, "POST", "/acts", {"signed": b64encode(signed).decode()})
    assert response.status_code == 422
    assert response.json()["code"] == "act_refused"
