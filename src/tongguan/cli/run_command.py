"""``tongguan run``: the demonstration of two authorities, from nothing to two open pages."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Final

import psycopg
import typer
from rich.console import Console

from tongguan.adapters.cluster import Cluster, ClusterError, leaving_on_signals
from tongguan.adapters.deployment import Deployment
from tongguan.adapters.postgres.clock import Clock
from tongguan.adapters.postgres.connections import DatabaseUnavailable
from tongguan.adapters.scheme_files import LoadedScheme, load_bundled
from tongguan.cli.children import (
    Child,
    ChildDiedError,
    end_children,
    end_left_behind,
    remember_children,
)
from tongguan.cli.console import answers, remarks
from tongguan.cli.demonstration_gates import enrol_demonstration_gates
from tongguan.cli.deployments import FIRST_INSTANT, database_name, made_directory
from tongguan.cli.first_signing import show_signing
from tongguan.cli.options import DataOption, help_of
from tongguan.cli.pair import Pair, opened_pair
from tongguan.cli.problems import failing
from tongguan.cli.reading import shown_path
from tongguan.cli.serve_command import LOOPBACK, require_free_port
from tongguan.cli.speech import say
from tongguan.cli.standing_time import time_kept
from tongguan.core.identifiers import AuthorityId, ControlPointId, VersionId
from tongguan.web.setup import DEMONSTRATION_OFFICERS, demonstration_officers

SCHEME: Final = VersionId("hk-gd-2021-assumed")
_START_SECONDS_MAX: Final = 60.0
_POLL_SECONDS: Final = 0.1
_LOOK_EVERY_SECONDS: Final = 0.5
_TIME_KEPT_EVERY_SECONDS: Final = 2.0
_DOWN_SECONDS_MAX: Final = 30.0
_LOCK: Final = "run.lock"
_CHILDREN: Final = "run-children.json"


def run(
    data: DataOption = Path(".data"),
    port_hk: Annotated[
        int, typer.Option("--port-hk", metavar="NUMBER", min=1, max=65535, help=help_of("port_hk"))
    ] = 8000,
    port_gd: Annotated[
        int, typer.Option("--port-gd", metavar="NUMBER", min=1, max=65535, help=help_of("port_gd"))
    ] = 8001,
) -> None:
    """Run the demonstration until Ctrl-C; the data stay, and time stands still in between."""
    directory = made_directory(data)
    loaded = load_bundled(SCHEME)
    with leaving_on_signals(), _alone(directory):
        if end_left_behind(directory / _CHILDREN):
            remarks().print(say("run.left_behind"))
        require_free_port(LOOPBACK, port_hk, "--port-hk")
        require_free_port(LOOPBACK, port_gd, "--port-gd")
        if port_hk == port_gd:
            raise failing("--port-gd", "port_taken", host=LOOPBACK, port=port_gd, why="--port-hk")
        _demonstrate(directory, loaded, {AuthorityId("HK"): port_hk, AuthorityId("GD"): port_gd})


def _demonstrate(directory: Path, loaded: LoadedScheme, ports: dict[AuthorityId, int]) -> None:
    console = answers()
    console.print(say("run.warning"), style="bold yellow")
    with (
        Cluster.open(directory) as cluster,
        _pair(cluster, directory, loaded) as pair,
        _time(directory, pair),
    ):
        show_signing(pair, loaded, console)
        enrol_demonstration_gates(pair, _control_point(loaded), directory)
        children = [_child(name, directory, ports) for name in pair.by_id]
        try:
            _start(children, directory)
            _print_addresses(children, directory, console)
            _watch(children, cluster, pair, directory)
        finally:
            end_children(children)
            (directory / _CHILDREN).unlink(missing_ok=True)
            console.print(say("run.ended"))


@contextmanager
def _alone(directory: Path) -> Iterator[None]:
    """One run for a data directory; the kernel lets go of the lock however this process ends."""
    descriptor = os.open(directory / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise failing(shown_path(directory), "runs_already") from None
    try:
        yield
    finally:
        os.close(descriptor)


@contextmanager
def _pair(cluster: Cluster, directory: Path, loaded: LoadedScheme) -> Iterator[Pair]:
    def url(name: AuthorityId) -> str:
        cluster.ensure_database(database_name(name))
        return cluster.url(database_name(name))

    with opened_pair(
        loaded.version,
        data_directory=directory,
        database_url=url,
        first_instant=FIRST_INSTANT,
    ) as pair:
        yield pair


@contextmanager
def _time(directory: Path, pair: Pair) -> Iterator[None]:
    clocks = [Clock(database) for database in pair.databases.values()]
    with time_kept(directory, clocks):
        yield


def _control_point(loaded: LoadedScheme) -> ControlPointId:
    entry = loaded.version.phases[0].entry
    points = entry.control_points if entry else None
    if not points:
        raise LookupError(f"{loaded.version.id} names no control point")
    return points[0].id


def _child(name: AuthorityId, directory: Path, ports: dict[AuthorityId, int]) -> Child:
    own, other = ports[name], next(port for each, port in ports.items() if each != name)
    arguments = ("serve", "--authority", name, "--data", str(directory), "--port", str(own))
    peer = ("--peer", f"http://{LOOPBACK}:{other}")
    return Child(name=name, arguments=(*arguments, *peer), url=f"http://{LOOPBACK}:{own}")


def _start(children: list[Child], directory: Path) -> None:
    """Start every child and wait until all of them serve."""
    for child in children:
        child.start()
    remember_children(directory / _CHILDREN, children)
    deadline = time.monotonic() + _START_SECONDS_MAX
    for child in children:
        while not child.answers():
            if child.has_died() or time.monotonic() > deadline:
                raise failing(child.name, "child_not_up", url=child.url)
            time.sleep(_POLL_SECONDS)


def _watch(children: list[Child], cluster: Cluster, pair: Pair, directory: Path) -> None:
    """Keep database, children and time going until a signal ends the run."""
    kept_at = 0.0
    down_since: float | None = None
    while True:
        time.sleep(_LOOK_EVERY_SECONDS)
        _start_dead_again(children, directory)
        try:
            cluster.ensure_running()
            if time.monotonic() - kept_at > _TIME_KEPT_EVERY_SECONDS:
                pair.remember_time()
                kept_at = time.monotonic()
        except (ClusterError, DatabaseUnavailable, psycopg.Error):
            if down_since is None:
                down_since = time.monotonic()
                remarks().print(say("run.database_died"))
            elif time.monotonic() - down_since > _DOWN_SECONDS_MAX:
                raise
        else:
            down_since = None


def _start_dead_again(children: list[Child], directory: Path) -> None:
    for child in children:
        if child.has_died():
            remarks().print(say("run.child_died", name=child.name))
            try:
                child.start_again()
            except ChildDiedError:
                raise failing(child.name, "child_keeps_dying") from None
            remember_children(directory / _CHILDREN, children)


def _print_addresses(children: list[Child], directory: Path, console: Console) -> None:
    for child in children:
        console.print(say("run.open", name=child.name, url=child.url), style="bold green")
        deployment = Deployment(
            authority=AuthorityId(child.name), data_directory=directory, database_url=""
        )
        for officer in demonstration_officers(deployment):
            console.print(
                "    "
                + say(
                    "run.officer",
                    url=f"{child.url}/en/desk/",
                    user=officer.user_name,
                    password=officer.password,
                    unit=DEMONSTRATION_OFFICERS[officer.user_name],
                )
            )
    console.print(say("run.stop"))
