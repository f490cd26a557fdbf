"""Every command is documented in three languages, and every error ends in a sentence."""

import os
import subprocess
import sys
from collections.abc import Iterator

import psycopg
import pytest
import typer.main

from tests.cli.conftest import Run
from tongguan.adapters.cluster import ClusterError
from tongguan.adapters.postgres.connections import DatabaseUnavailable
from tongguan.adapters.words import places, texts
from tongguan.cli import main
from tongguan.cli.problems import ExitCode
from tongguan.cli.speech import say
from tongguan.core.texts import Language


def commands() -> Iterator[tuple[str, ...]]:
    """The path of every command, by name."""

    def below(group: object, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        for name, command in sorted(group.commands.items()):  # type: ignore[attr-defined]
            if hasattr(command, "commands"):
                yield from below(command, (*path, name))
            else:
                yield (*path, name)

    return below(typer.main.get_command(main.app), ())


def test_commands__are__those_that_are_promised() -> None:
    assert {" ".join(path) for path in commands()} == {
        "area check",
        "authority create",
        "authority keys",
        "authority trust",
        "bench credentials",
        "bench places",
        "conformance certlogic",
        "conformance country-rules",
        "conformance dgc",
        "conformance shc",
        "conformance vds-nc",
        "demo",
        "figures list",
        "figures sign",
        "gate decide",
        "gate enrol",
        "health code explain",
        "health code issue",
        "health code show",
        "health evidence make-key",
        "health evidence receive",
        "health evidence send",
        "health issuer list",
        "health source enrol",
        "health source list",
        "health source withdraw",
        "health verify",
        "intake",
        "officer add",
        "officer close",
        "officer list",
        "officer unit",
        "places verify",
        "run",
        "scheme activate",
        "scheme annex check",
        "scheme annex list",
        "scheme annex sign",
        "scheme apply",
        "scheme backtest",
        "scheme check",
        "scheme criteria",
        "scheme diff",
        "scheme end",
        "scheme export-acts",
        "scheme import-acts",
        "scheme replay",
        "scheme resume",
        "scheme show",
        "scheme sign",
        "scheme suspend",
        "scheme suspensions",
        "serve",
        "source add",
        "source list",
        "source show",
        "sponsor add",
        "sponsor list",
        "sponsor remove",
        "trust add",
        "trust list",
        "trust recognise",
        "trust withdraw",
    }


@pytest.mark.parametrize("path", list(commands()), ids=" ".join)
def test_command__explains__itself_and_every_option(path: tuple[str, ...]) -> None:
    command = typer.main.get_command(main.app)
    for name in path:
        command = command.commands[name]  # type: ignore[attr-defined]
    assert command.help
    for parameter in command.params:
        assert parameter.name == "help" or parameter.help, parameter.name


@pytest.mark.parametrize("path", list(commands()), ids=" ".join)
def test_command__given_an_unknown_option__ends_with_2(run: Run, path: tuple[str, ...]) -> None:
    ended = run(*path, "--no-such-option")
    assert ended.code == ExitCode.SENDERS_FAULT
    assert "--no-such-option" in ended.err


@pytest.mark.parametrize("arguments", [("nonsense",), ("scheme", "nonsense"), ("A" * 100_000,)])
def test_program__given_an_unknown_command__ends_with_2_and_few_words(
    run: Run, arguments: tuple[str, ...]
) -> None:
    ended = run(*arguments)
    assert ended.code == ExitCode.SENDERS_FAULT
    assert 0 < len(ended.err) < 5000
    assert ended.out == ""


def test_help__in_each_language__is_of_that_language() -> None:
    def help_in(language: str) -> str:
        program = [sys.executable, "-m", "tongguan.cli", "scheme", "check", "--help"]
        surroundings = {"TONGGUAN_LANG": language, "PATH": ""}
        return subprocess.run(
            program, env=surroundings, capture_output=True, text=True, check=True
        ).stdout

    assert "錯誤" in help_in("zh-Hant")
    assert "错误" in help_in("zh_CN.UTF-8")
    assert "fault" in help_in("C")


def test_texts_of_commands__leave_no_word_of_the_other_script() -> None:
    own = {key: text for key, text in texts().items() if key.startswith("commands.")}
    assert len(own) > 150
    for key, text in own.items():
        assert places(text.en) == places(text.in_language(Language.ZH_HANT)), key
        assert not set("檔簽請機關資碼關") & set(text.zh_hans) - set("关"), key
        assert not set("档签请资码关") & set(text.zh_hant), key


def test_program__when_it_fails_itself__says_so_without_what_it_held(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_: object) -> None:
        raise KeyError("A1234567")

    monkeypatch.setattr(main, "app", broken)
    ended = run("scheme", "show", "hk-gd-2021")
    assert ended.code == ExitCode.OUR_FAULT
    assert "KeyError" in ended.err
    assert "A1234567" not in ended.err


def test_program__when_the_database_fails__ends_with_3(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_: object) -> None:
        raise ClusterError("the disk is full")

    monkeypatch.setattr(main, "app", broken)
    ended = run("run")
    assert ended.code == ExitCode.MACHINES_FAULT
    assert "the disk is full" in ended.err


@pytest.mark.parametrize(
    "error",
    [
        DatabaseUnavailable("the database stopped answering"),
        psycopg.OperationalError("connection failed:\nthe database system is starting up"),
    ],
    ids=["ours", "the driver's"],
)
def test_program__when_the_database_does_not_answer__says_so_in_one_line(
    run: Run, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def broken(**_: object) -> None:
        raise error

    monkeypatch.setattr(main, "app", broken)
    ended = run("serve", "--authority", "HK")
    assert ended.code == ExitCode.MACHINES_FAULT
    why = " ".join(str(error).split())
    assert ended.err == f"tongguan: the database does not answer ({why}); try again once it does\n"


@pytest.mark.parametrize("options", [(), ("--json",), ("--help",)], ids=str)
def test_program__its_reader_gone__ends_as_by_that_signal(options: tuple[str, ...]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    program = [sys.executable, "-m", "tongguan.cli", "scheme", "show", "hk-gd-2021", *options]
    try:
        ended = subprocess.run(
            program, stdout=writing, stderr=subprocess.PIPE, env={"PATH": ""}, check=False
        )
    finally:
        os.close(writing)
    assert (ended.returncode, ended.stderr) == (141, b"")


def test_texts_of_counts__need_no_plural() -> None:
    assert say("scheme.check.count", file="a.yaml", count=1) == "Faults in a.yaml: 1"
    refused = say("scheme.activate.refused", version="v", count=1)
    assert refused == "v cannot be activated. Obstacles: 1"
    assert "faults in all: 1;" in say("problems.more_faults", file="a.yaml", count=1)
    few = texts()["problems.fields.too_short"]
    assert few.zh_hant == "請補足，最少數目：{minimum}"
    assert few.zh_hans == "请补足，最少数目：{minimum}"


def test_program__starting__reads_the_one_file_of_texts_that_it_speaks_from() -> None:
    script = """
import sys
opened = []
sys.addaudithook(lambda event, given: event == "open" and opened.append(str(given[0])))
import tongguan.cli.main
print([each.rpartition("/")[2] for each in opened if each.endswith(".yaml")])
"""
    started = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert started.stdout == "['commands.yaml']\n"
