"""Officers at the console, as somebody makes them: in a process of its own, as Django wants."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Ended, Run
from tongguan.app.schemes import holding_now
from tongguan.cli.deployments import authority_at
from tongguan.core.identifiers import AuthorityId


def ran(data: Path, *arguments: str) -> Ended:
    surroundings = {key: each for key, each in os.environ.items() if key != "DATABASE_URL"}
    done = subprocess.run(
        [sys.executable, "-m", "tongguan.cli", "officer", *arguments, "--data", str(data)],
        env=surroundings | {"TONGGUAN_LANG": "en"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr
    return Ended(code=done.returncode, out=done.stdout, err=done.stderr)


@pytest.fixture
def real(run: Run, data: Path) -> Path:
    """A directory with a real authority, in which nobody works yet."""
    made = run("authority", "create", "--authority", "HK", "--data", data)
    assert made.code == 0, made.err
    return data


def test_officer__of_a_real_authority__is_added_moved_and_closed(real: Path) -> None:
    hk = ("--authority", "HK")
    added = ran(real, "add", "ho.mei", "--unit", "contact-tracing", *hk)

    assert added.code == 0, added.err
    said, password = added.out.splitlines()
    assert said == "ho.mei has an account, in contact-tracing."
    assert len(password.removeprefix("Password: ")) == len("abcd-abcd-abcd-abcd-abcd")
    assert ran(real, "add", "ho.mei", "--unit", "clinic", *hk).code == 2
    assert ran(real, "unit", "ho.mei", "inspectorate", *hk).out == (
        "ho.mei belongs to inspectorate now.\n"
    )
    assert ran(real, "close", "ho.mei", *hk).code == 0
    listed = ran(real, "list", "--json", *hk)
    assert json.loads(listed.out) == [
        {"officer": "ho.mei", "unit": "inspectorate", "is_open": False}
    ]
    with authority_at(real, AuthorityId("HK")) as opened:
        assert holding_now(opened.authority) is None  # units need no scheme
        with opened.authority.database.transaction() as transaction:
            log = repr(transaction.audit.latest(limit=100))
    assert "officer.unit" in log
    assert password.removeprefix("Password: ") not in log


def test_officer__with_an_unfit_name_or_unit__is_refused(run: Run, real: Path) -> None:
    options = ("--authority", "HK", "--data", real)
    for name, unit in (("ho", "Contact Tracing"), ("Ho, Mei", "clinic"), ("ho mei", "clinic")):
        refused = run("officer", "add", name, "--unit", unit, *options)
        assert refused.code == 2
        assert "lower-case" in refused.err
