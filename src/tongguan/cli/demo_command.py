"""``tongguan demo``: the pilot played by made-up people, and what came of it."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path
from typing import Annotated, Final

import httpx
import typer

from tongguan.adapters.cluster import Cluster, leaving_on_signals
from tongguan.adapters.deployment import Deployment
from tongguan.cli.console import answers, print_json
from tongguan.cli.demonstration.over_http import Officer, OverHttpServices
from tongguan.cli.demonstration.report import Report, print_report, report_as_data
from tongguan.cli.demonstration.stage import (
    NotPlayableError,
    Plan,
    perform,
    perform_at_services,
)
from tongguan.cli.deployments import FIRST_INSTANT, database_name
from tongguan.cli.options import DataOption, JsonOption, help_of
from tongguan.cli.own_pair import own_pair
from tongguan.cli.pair import Pair, opened_pair
from tongguan.cli.problems import ExitCode, clipped, failing, faulty
from tongguan.cli.progress import progress
from tongguan.cli.scheme_files import named_scheme
from tongguan.cli.serve_command import require_url
from tongguan.cli.speech import say, spoken_language
from tongguan.core.calendar import instant_of, local_day
from tongguan.core.identifiers import AuthorityId
from tongguan.core.scheme.unknowns import blocking
from tongguan.web.setup import demonstration_officers

SCHEME_DEFAULT: Final = "hk-gd-2021-assumed"
DAYS_DEFAULT: Final = 14
APPLICANTS_DEFAULT: Final = 3200
_DAYS_MAX: Final = 28
_APPLICANTS_MAX: Final = 100_000
_CONNECTIONS: Final = 10
_PREFIX: Final = "demo_"
_ANSWER_SECONDS_MAX: Final = 5


def demo(  # noqa: PLR0917 - options, which people give by name
    days: Annotated[
        int, typer.Option("--days", metavar="NUMBER", min=2, max=_DAYS_MAX, help=help_of("days"))
    ] = (DAYS_DEFAULT),
    applicants: Annotated[
        int,
        typer.Option(
            "--applicants", metavar="NUMBER", min=1, max=_APPLICANTS_MAX, help=help_of("applicants")
        ),
    ] = APPLICANTS_DEFAULT,
    seed: Annotated[int, typer.Option("--seed", metavar="NUMBER", help=help_of("seed"))] = 1,
    scheme: Annotated[
        str, typer.Option("--scheme", metavar="ID|FILE", help=help_of("scheme_id"))
    ] = SCHEME_DEFAULT,
    chart: Annotated[
        Path | None,
        typer.Option("--chart", metavar="FILE", help=help_of("chart"), show_default=False),
    ] = None,
    url: Annotated[
        str | None, typer.Option("--url", metavar="URL", help=help_of("url"), show_default=False)
    ] = None,
    url_gd: Annotated[
        str | None,
        typer.Option("--url-gd", metavar="URL", help=help_of("url_gd"), show_default=False),
    ] = None,
    data: DataOption = Path(".data"),
    as_json: JsonOption = False,
) -> None:
    """Play the pilot and report; exit 1 when something happened that must never happen."""
    if (url is None) != (url_gd is None):
        raise faulty("--url / --url-gd", "both_urls")
    for option, address in (("--url", url), ("--url-gd", url_gd)):
        require_url(address, option)
    plan = Plan(loaded=named_scheme(scheme), days=days, applicants=applicants, seed=seed)
    _require_playable(plan)
    with leaving_on_signals(), progress(say("demo.playing"), plan.days) as advance:
        if url is None or url_gd is None:
            report = played(plan, data, advance)
        else:
            report = played_at_services(plan, data, (url, url_gd), advance)
    if chart is not None:
        _write_chart(report, chart)
    if as_json:
        print_json(report_as_data(report))
    else:
        print_report(report, answers())
    if not report.holds:
        raise typer.Exit(ExitCode.REFUSED)


def _require_playable(plan: Plan) -> None:
    """``SendersFaultError`` for a scheme that says too little to travel under."""
    try:
        phase, _ = plan.phase, plan.frame
    except NotPlayableError:
        raise faulty(plan.loaded.version.id, "not_playable") from None
    unknown = blocking(plan.loaded.version, phase.id)
    if unknown:
        named = "; ".join(each.what.in_language(spoken_language()) for each in unknown)
        raise faulty(plan.loaded.version.id, "not_activated", obstacles=named)


def played(plan: Plan, data: Path, advance: Callable[[], None]) -> Report:
    """The demonstration in two databases of its own, which are dropped at the end."""
    with Cluster.open(data.resolve()) as cluster, _own_pair(cluster, plan) as pair:
        return perform(pair, plan, advance)


def played_at_services(
    plan: Plan, data: Path, urls: tuple[str, str], advance: Callable[[], None]
) -> Report:
    """The demonstration at the services of a data directory, from their next day on.

    The people speak HTTP; only time, the authorities' own acts and the counting at the end go to
    the databases.
    """
    directory = data.resolve()
    with Cluster.attach(directory) as cluster, _running_pair(cluster, directory, plan) as pair:
        for option, authority, url in zip(
            ("--url", "--url-gd"), (pair.booking.id, pair.other.id), urls, strict=True
        ):
            _require_service(option, url, authority)
        tomorrow = local_day(pair.now(), plan.loaded.version.zone) + timedelta(days=1)
        deployment = Deployment(
            authority=pair.booking.id, data_directory=directory, database_url=""
        )
        account = demonstration_officers(deployment)[0]
        services = OverHttpServices(
            pair=pair,
            urls=dict(zip((pair.booking.id, pair.other.id), urls, strict=True)),
            officer=Officer(user_name=account.user_name, password=account.password),
        )
        return perform_at_services(pair, replace(plan, starts_on=tomorrow), services, advance)


def _require_service(option: str, url: str, authority: AuthorityId) -> None:
    """``MachinesFaultError`` unless this authority answers there; asked before anything changes."""
    try:
        answer = httpx.get(f"{url.rstrip('/')}/healthz", timeout=_ANSWER_SECONDS_MAX)
        served = answer.raise_for_status().json()["authority"]
    except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
        raise failing(option, "peer_unreachable", why=type(error).__name__) from None
    if served != authority:
        raise faulty(option, "other_authority", served=clipped(str(served)), authority=authority)


@contextlib.contextmanager
def _running_pair(cluster: Cluster, directory: Path, plan: Plan) -> Iterator[Pair]:
    with opened_pair(
        plan.loaded.version,
        data_directory=directory,
        database_url=lambda authority: cluster.url(database_name(authority)),
        first_instant=FIRST_INSTANT,
    ) as pair:
        yield pair


def _own_pair(cluster: Cluster, plan: Plan) -> contextlib.AbstractContextManager[Pair]:
    """Both authorities with fresh databases and keys that nobody else has."""
    zone = plan.loaded.version.zone
    return own_pair(
        cluster,
        plan.loaded.version,
        prefix=_PREFIX,
        first_instant=instant_of(plan.first_day - timedelta(days=2), time(9), zone),
        connections_max=_CONNECTIONS,
    )


def _write_chart(report: Report, path: Path) -> None:
    # Loads matplotlib, which no other command needs.
    from tongguan.cli.demonstration.chart import write_chart  # noqa: PLC0415

    try:
        write_chart(report, path)
    except OSError as error:
        raise failing(str(path), "unwritable", why=error.strerror or "") from None
