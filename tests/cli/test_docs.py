"""``docs/commands.md`` shows each command's help as the program prints it."""

import re
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.cli.test_main import commands
from tongguan.cli.problems import ExitCode

PAGE = Path(__file__).parents[2] / "docs" / "commands.md"
_COMMAND = re.compile(r"(?ms)^### tongguan ([a-z -]+)\n(?:(?!^##).)*?^```text\n(.*?)^```$")


@pytest.fixture(scope="module")
def shown() -> dict[str, str]:
    """The help of each command that the page shows."""
    return dict(_COMMAND.findall(PAGE.read_text(encoding="utf-8")))


def test_page__shows__every_command_and_no_other(shown: dict[str, str]) -> None:
    assert set(shown) == {" ".join(path) for path in commands()}


@pytest.mark.parametrize("path", list(commands()), ids=" ".join)
def test_page__shows__the_help_that_the_command_prints(
    run: Run, shown: dict[str, str], path: tuple[str, ...]
) -> None:
    assert shown[" ".join(path)].rstrip() == run(*path, "--help").out.rstrip()


def test_page__names__every_exit_code() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for code in set(ExitCode) - {ExitCode.INTERRUPTED}:
        assert f"\n| {code.value} |" in page
