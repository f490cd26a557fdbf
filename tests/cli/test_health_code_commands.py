"""``health code``: issued, read and explained at the console; no secret is repeated."""

import json
from datetime import date, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from tests.cli.conftest import Run
from tests.cli.test_scheme_acts import send_acts, two  # noqa: F401 - a fixture
from tests.cli.test_sponsor_commands import AMENDMENT
from tongguan.adapters.words import texts
from tongguan.app.health.code_looks import CodeStatus, CodeTime
from tongguan.app.registration.registering import Registered
from tongguan.app.registration.registrations import RegistrationRequest, register
from tongguan.cli.deployments import authority_at
from tongguan.core.credentials.faults import ReadFault
from tongguan.core.credentials.index import Slip
from tongguan.core.identifiers import AuthorityId, RegistrationId
from tongguan.core.people import Assurance, Document, DocumentType, Person

CONFORMANCE = Path(__file__).parents[2] / "conformance" / "credentials"


@pytest.fixture
def listed(run: Run, two: Path, tmp_path: Path) -> Path:  # noqa: F811 - the fixture above
    """A directory in which a text holds; set up once."""
    if (two / "holds").exists():
        return two
    file = tmp_path / "text.yaml"
    file.write_text(AMENDMENT, encoding="utf-8")
    for name in ("HK", "GD"):
        signed = run("scheme", "sign", "--file", file, "--authority", name, "--data", two)
        assert signed.code == 0, signed.err
    send_acts(run, two, tmp_path, "GD", "HK")
    activated = run("scheme", "activate", file, "--authority", "HK", "--data", two)
    assert activated.code == 0, activated.out + activated.err
    (two / "holds").touch()
    return two


@pytest.fixture
def slip(listed: Path) -> Slip:
    """Of a person who has just registered with HK."""
    number = f"K{uuid4().int % 10**8:08d}"
    request = RegistrationRequest(
        id=RegistrationId(str(uuid4())),
        holder=Person(
            name="CHAN Tai Man",
            document=Document(type=DocumentType.PASSPORT, number=number, issuer="GBR"),
            assurance=Assurance.ASSERTED,
            born=date(1980, 1, 1),
        ),
        document_issued_on=date(2020, 1, 1),
        phone=None,
        address=None,
    )
    with authority_at(listed, AuthorityId("HK")) as opened:
        registered = register(opened.authority, request)
    assert isinstance(registered, Registered)
    return registered.slip


def handed(slip: Slip, declaration: object = None) -> bytes:
    return json.dumps({"secret": slip.secret, "declaration": declaration}).encode()


def test_health_code__is_issued_shown_and_explained(run: Run, listed: Path, slip: Slip) -> None:
    at = ("--authority", "HK", "--data", listed)
    of = ("--registration", slip.reference)
    issued = run("health", "code", "issue", *of, *at, "--json", stdin=handed(slip, {}))
    assert issued.code == 0, issued.err + issued.out
    told = json.loads(issued.out)
    assert (told["colour"], told["reasons"]) == ("green", ["nothing_adverse"])
    shown = run("health", "code", "show", told["text"], *at, "--json")
    assert shown.code == 0, shown.err
    seen = json.loads(shown.out)
    assert (seen["colour"], seen["issuer"], seen["time"]) == ("green", "HK", "holds")
    assert (seen["status"], seen["recognised"], seen["counts"]) == ("not_revoked", True, True)
    assert datetime.fromisoformat(seen["valid_until"]) == datetime.fromisoformat(
        told["valid_until"]
    )
    red = run("health", "code", "issue", *of, *at, stdin=handed(slip, {"confirmed": True}))
    assert red.code == 0, red.err
    words, text = red.out.splitlines()[0], red.out.splitlines()[-1]
    assert words.startswith("Red: Valid until")
    assert slip.secret not in red.out + red.err
    first = run("health", "code", "show", "-", *at, stdin=told["text"].encode())
    assert first.code == 1
    assert "Revoked" in first.out
    assert "Red" in run("health", "code", "show", text, *at).out
    explained = run("health", "code", "explain", *of, *at, stdin=handed(slip))
    for line in ("你是確診個案。", "您是确诊病例。", "You are a confirmed case.", "You yourself"):
        assert line in explained.out
    findings = json.loads(
        run("health", "code", "explain", *of, *at, "--json", stdin=handed(slip)).out
    )["findings"]
    assert [(each["reason"], each["lifted_by"]) for each in findings] == [("confirmed", "itself")]
    assert set(findings[0]["words"]) == {"zh-Hant", "zh-Hans", "en"}


def test_health_code__once_for_an_id__is_the_same(run: Run, listed: Path, slip: Slip) -> None:
    arguments = ("--registration", slip.reference, "--authority", "HK", "--data", listed, "--json")
    one = ("health", "code", "issue", *arguments, "--id", uuid4())
    first = json.loads(run(*one, stdin=handed(slip, {})).out)
    again = json.loads(run(*one, stdin=handed(slip, {})).out)
    assert again == first | {"replayed": True}
    other = run(*one, stdin=handed(slip, {"suspected": True}))
    assert other.code == 2
    assert "--id" in other.err


@pytest.mark.parametrize(
    ("stdin", "said"),
    [
        (b"{", "JSON"),
        (b"{}", "secret"),
        (b'{"secret": "x", "password": "y"}', "password"),
        (b'{"secret": "x", "declaration": {"confirmed": 1}}', "declaration/confirmed"),
        (b'{"secret": "x", "declaration": {"symptoms_last_on": "2999-01-01"}}', "symptoms_last_on"),
        (
            b'{"secret":"x","declaration":{"high_risk_stays":[{"division":"99","last_on":"2021-01-01"}]}}',
            "division",
        ),
        (b'{"secret": "XXXXXXXX", "declaration": {}}', "reference and secret"),
    ],
)
def test_health_code__of_what_is_handed_in_wrong__ends_with_2(
    run: Run,
    listed: Path,
    slip: Slip,
    stdin: bytes,
    said: str,
) -> None:
    arguments = ("--registration", slip.reference, "--authority", "HK", "--data", listed)
    ended = run("health", "code", "issue", *arguments, stdin=stdin)
    assert (ended.code, ended.out) == (2, "")
    assert said in ended.err
    assert "XXXXXXXX" not in ended.err


def test_health_code__that_declares_nothing_today__is_refused(
    run: Run,
    listed: Path,
    slip: Slip,
) -> None:
    arguments = ("--registration", slip.reference, "--authority", "HK", "--data", listed, "--json")
    ended = run("health", "code", "issue", *arguments, stdin=handed(slip))
    assert (ended.code, json.loads(ended.out)) == (1, {"refused": "declaration_missing"})


@pytest.mark.parametrize("name", ["green", "cwt_tag"])
def test_show__of_a_code_under_a_strange_key__says_so(
    run: Run,
    listed: Path,
    tmp_path: Path,
    name: str,
) -> None:
    vector = json.loads((CONFORMANCE / "code" / "good" / f"{name}.json").read_text())
    file = tmp_path / "code.txt"
    file.write_text(vector["text"] + "\n")
    ended = run("health", "code", "show", file, "--authority", "HK", "--data", listed, "--json")
    assert (ended.code, json.loads(ended.out)) == (1, {"readable": False, "fault": "unknown_key"})


def test_show__has_words__for_everything_that_it_can_say() -> None:
    key = "commands.health.code.show"
    wanted = {f"{key}.faults.{each}" for each in ReadFault}
    wanted |= {f"{key}.status.{each}" for each in CodeStatus}
    wanted |= {f"{key}.time.{each}" for each in CodeTime}
    groups = (f"{key}.faults.", f"{key}.status.", f"{key}.time.")
    assert {each for each in texts() if each.startswith(groups)} == wanted
