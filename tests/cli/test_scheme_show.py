"""A version shown with how it stands at an authority: the very text that was adopted there."""

import json
from importlib.resources import files
from pathlib import Path

from tests.cli.conftest import Run
from tongguan.adapters.scheme_files import load_bundled
from tongguan.cli.problems import ExitCode
from tongguan.core.identifiers import VersionId

ASSUMED = "hk-gd-2021-assumed"


def changed(directory: Path) -> Path:
    """A file that says something else under the same name."""
    bundled = Path(str(files("tongguan"))) / "schemes" / ASSUMED / "scheme.yaml"
    other = directory / "other.yaml"
    other.write_text(
        bundled.read_text(encoding="utf-8").replace("limit: 400", "limit: 500", 1),
        encoding="utf-8",
    )
    return other


def test_standing__is_of_the_text_that_was_adopted__whatever_has_its_name(
    run: Run, data: Path, tmp_path: Path
) -> None:
    where = ("--authority", "HK", "--data", data)
    other = changed(tmp_path)
    assert run("authority", "create", *where, "--demonstration").code == 0
    unknown = run("scheme", "show", ASSUMED, *where)
    assert unknown.code == ExitCode.SENDERS_FAULT
    assert "has not adopted" in unknown.err

    assert run("scheme", "sign", ASSUMED, *where).code == 0
    shown = json.loads(run("scheme", "show", ASSUMED, *where, "--json").out)
    assert shown["digest"] == load_bundled(VersionId(ASSUMED)).digest
    assert "standing" in shown
    of_a_file = run("scheme", "show", other, *where)
    assert of_a_file.code == ExitCode.SENDERS_FAULT
    assert "has not adopted" in of_a_file.err

    assert run("scheme", "sign", ASSUMED, "--file", other, *where).code == 0
    adopted = json.loads(run("scheme", "show", ASSUMED, *where, "--json").out)
    assert adopted["digest"] not in (shown["digest"], "")
    assert json.loads(run("scheme", "show", other, *where, "--json").out) == adopted
