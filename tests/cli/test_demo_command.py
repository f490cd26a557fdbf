"""``demo``: what it refuses before it begins."""

from pathlib import Path

import pytest

from tests.cli.conftest import Run


@pytest.mark.parametrize(
    ("options", "place"),
    [
        (["--scheme", "hk-gd-2021"], "hk-gd-2021"),
        (["--scheme", "nonsense"], "nonsense"),
        (["--days", "1"], "--days"),
        (["--days", "1000"], "--days"),
        (["--applicants", "0"], "--applicants"),
        (["--applicants", "many"], "--applicants"),
        (["--seed", "x"], "--seed"),
        (["--url", "http://127.0.0.1:1"], "--url"),
        (["--url", "http://127.0.0.1:1", "--url-gd", "nonsense"], "--url-gd"),
    ],
)
def test_demo__given_a_bad_option__ends_with_2_and_makes_nothing(
    run: Run, tmp_path: Path, options: list[str], place: str
) -> None:
    ended = run("demo", *options, "--data", tmp_path / "data")
    assert ended.code == 2
    assert place in ended.err
    assert not (tmp_path / "data").exists()


def test_demo__at_services_that_do_not_run__ends_with_3(run: Run, tmp_path: Path) -> None:
    urls = ("--url", "http://127.0.0.1:1", "--url-gd", "http://127.0.0.1:2")
    assert run("demo", *urls, "--data", tmp_path).code == 3
