"""``tongguan``: the program and its commands; errors end in a sentence, never in a traceback."""

import os
import signal
import sys
import traceback
from collections.abc import Sequence
from typing import Final

import psycopg
import typer

from tongguan.adapters.cluster import ClusterError
from tongguan.adapters.health_rule_files import HealthRulesError
from tongguan.adapters.keys import KeyStoreError
from tongguan.adapters.postgres.clock import ClockError
from tongguan.adapters.postgres.connections import DatabaseUnavailable, DatabaseUnfitError
from tongguan.adapters.postgres.migrate import MigrationError
from tongguan.adapters.trust_directory import TrustDirectoryError
from tongguan.cli import (  # noqa: F401 - add to ``scheme`` and ``health``
    annex_commands,
    backtest_command,
    health_code_commands,
    health_evidence_commands,
    health_issuer_commands,
    health_source_commands,
    scheme_acts,
    scheme_apply,
    scheme_difference,
    scheme_replay,
    suspension_commands,
)
from tongguan.cli.area_command import area
from tongguan.cli.authority_commands import authority
from tongguan.cli.bench_command import bench
from tongguan.cli.conformance_command import conformance
from tongguan.cli.console import remarks
from tongguan.cli.demo_command import demo
from tongguan.cli.figure_commands import figures
from tongguan.cli.gate_commands import gate
from tongguan.cli.health_commands import health
from tongguan.cli.intake_command import intake
from tongguan.cli.officer_commands import officer
from tongguan.cli.places_commands import places
from tongguan.cli.problems import CommandError, ExitCode, clipped
from tongguan.cli.run_command import run
from tongguan.cli.scheme_commands import scheme
from tongguan.cli.serve_command import serve
from tongguan.cli.source_commands import source
from tongguan.cli.speech import say
from tongguan.cli.sponsor_commands import sponsor
from tongguan.cli.trust_commands import trust
from tongguan.core.scheme.statements import UnsayableError

TRACEBACK_VARIABLE: Final = "TONGGUAN_TRACEBACK"
_PIPE_CLOSED: Final = 128 + signal.SIGPIPE
_MACHINE: Final = (
    ClusterError,
    ClockError,
    DatabaseUnfitError,
    HealthRulesError,
    KeyStoreError,
    MigrationError,
    TrustDirectoryError,
)

app = typer.Typer(
    name="tongguan",
    help=say("tongguan.help"),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["--help", "-h"]},
)
app.add_typer(scheme, name="scheme")
app.add_typer(area, name="area")
app.add_typer(gate, name="gate")
app.add_typer(figures, name="figures")
app.add_typer(authority, name="authority")
app.add_typer(officer, name="officer")
app.add_typer(trust, name="trust")
app.add_typer(places, name="places")
app.add_typer(sponsor, name="sponsor")
app.add_typer(source, name="source")
app.add_typer(bench, name="bench")
app.add_typer(health, name="health")
app.add_typer(conformance, name="conformance")
app.command("run", help=say("run.help"))(run)
app.command("serve", help=say("serve.help"))(serve)
app.command("intake", help=say("intake.help"))(intake)
app.command("demo", help=say("demo.help"))(demo)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and leave with its exit code."""
    sys.exit(exit_code_of(arguments))


def exit_code_of(arguments: Sequence[str] | None = None) -> int:
    """The exit code of one command; whatever goes wrong is said in a sentence."""
    try:
        answered = app(args=arguments, prog_name="tongguan", standalone_mode=False)
        sys.stdout.flush()
    except BrokenPipeError:
        return _pipe_closed()
    except SystemExit as ended:
        # Rich and Typer answer a closed pipe by ending with 1, which here would say "no".
        if isinstance(ended.__context__, BrokenPipeError):
            return _pipe_closed()
        raise
    except typer.Abort:
        return ExitCode.INTERRUPTED
    except Exception as error:  # noqa: BLE001 - whatever it is, it is said and not thrown
        return _said(error)
    return answered if isinstance(answered, int) else ExitCode.DONE


def _pipe_closed() -> int:
    """The exit code once the reader of the answer has gone: neither yes nor no."""
    # Whoever read the answer has seen enough; a second flush at exit must not complain.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return _PIPE_CLOSED


def _said(error: Exception) -> int:
    """Say the error to whoever ran the command; the exit code that it ends with."""
    match error:
        case CommandError():
            return _say_error(error.place, error.sentence, error.exit_code)
        case UnsayableError():
            sentence = say("problems.unsayable", members=str(error))
            return _say_error("tongguan", sentence, ExitCode.SENDERS_FAULT)
        case UnicodeEncodeError(reason="surrogates not allowed"):
            # Only bytes of the command line that are no text become such characters.
            return _say_error("tongguan", say("problems.no_text"), ExitCode.SENDERS_FAULT)
        case typer.TyperException():
            return _say_usage(error)
        case DatabaseUnavailable() | psycopg.OperationalError():
            # A driver tells of each attempt on a line of its own.
            sentence = say("problems.database_silent", why=" ".join(str(error).split()))
            return _say_error("tongguan", sentence, ExitCode.MACHINES_FAULT)
        case _ if isinstance(error, _MACHINE):
            return _say_error("tongguan", str(error), ExitCode.MACHINES_FAULT)
        case _:
            return _say_bug(error)


def _say_error(place: str, sentence: str, code: int) -> int:
    of = clipped(place) if place.strip() else f'"{clipped(place)}"'
    remarks().print(f"{of}: {clipped(sentence, 2000)}", style="red")
    return int(code)


def _say_usage(error: typer.TyperException) -> int:
    """Typer's own refusals: an unknown command, a missing option, a value of another type."""
    context = getattr(error, "ctx", None)
    place = context.command_path if context is not None else "tongguan"
    message = error.format_message()
    if message.startswith("Usage:"):  # a group called without a command shows its help
        remarks().print(message)
        return ExitCode.SENDERS_FAULT
    _say_error(place, message, ExitCode.SENDERS_FAULT)
    remarks().print(say("see_help", command=place))
    return ExitCode.SENDERS_FAULT


def _say_bug(error: Exception) -> int:
    if os.environ.get(TRACEBACK_VARIABLE):
        traceback.print_exception(error)
    return _say_error(
        "tongguan",
        say("problems.our_bug", kind=type(error).__name__, variable=TRACEBACK_VARIABLE),
        ExitCode.OUR_FAULT,
    )
