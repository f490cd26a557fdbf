"""Whose certificates count, as the console lists them."""

import json
from pathlib import Path
from shutil import rmtree

from tests.builders import dcc
from tests.builders.brought import pem_of
from tests.cli.conftest import Run
from tests.cli.test_scheme_acts import two  # noqa: F401 - a fixture
from tongguan.adapters.trust_directory import FOLDER_NAME


def test_issuers__of_the_folder__are_listed(run: Run, two: Path) -> None:  # noqa: F811
    asked = ("health", "issuer", "list", "--authority", "HK", "--data", two)
    assert run(*asked).out == "No issuer is enrolled.\n"
    folder = two / "authorities" / "HK" / FOLDER_NAME
    folder.mkdir()
    try:
        (folder / "at.pem").write_bytes(pem_of(dcc.default_certificate().der))
        ended = run(*asked)
        assert (ended.code, "AT Signer 1" in ended.out) == (0, True), ended.err
        (listed,) = json.loads(run(*asked, "--json").out)
        assert (listed["issuer"], listed["enrolled"], listed["brought"]) == ("AT Signer 1", True, 0)
        rmtree(folder)
        folder.write_text("a file")
        ended = run(*asked)
        assert ended.code != 0
        assert f"{FOLDER_NAME}: not a directory" in " ".join(ended.err.split())
    finally:
        folder.unlink() if folder.is_file() else rmtree(folder)
