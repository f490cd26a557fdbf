"""``tongguan serve``: one authority over HTTP, until it is told to stop."""

import os
import signal
import socket
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Final
from urllib.parse import urlsplit

import typer

from tongguan.adapters.cluster import leaving_on_signals
from tongguan.adapters.deployment import Deployment
from tongguan.app.authorities import Authority
from tongguan.cli.deployments import authority_at, make_authority, reached_database
from tongguan.cli.options import AuthorityOption, DataOption, authority_named, help_of
from tongguan.cli.problems import clipped, failing, faulty
from tongguan.cli.upkeep import Upkeep

LOOPBACK: Final = "127.0.0.1"
PARENT_VARIABLE: Final = "TONGGUAN_PARENT"
"""Process number of the program that started this one, which it must not outlive."""
_PARENT_WATCHED_EVERY_SECONDS: Final = 0.5

PortOption = Annotated[
    int, typer.Option("--port", metavar="NUMBER", min=1, max=65535, help=help_of("port"))
]


def serve(  # noqa: PLR0917 - options, which people give by name
    authority: AuthorityOption,
    data: DataOption = Path(".data"),
    host: Annotated[
        str, typer.Option("--host", metavar="ADDRESS", help=help_of("host"))
    ] = LOOPBACK,
    port: PortOption = 8000,
    peer: Annotated[
        str | None, typer.Option("--peer", metavar="URL", help=help_of("peer"), show_default=False)
    ] = None,
    public_url: Annotated[
        str | None,
        typer.Option("--public-url", metavar="URL", help=help_of("public_url"), show_default=False),
    ] = None,
    demonstration: Annotated[
        bool, typer.Option("--demonstration", help=help_of("demonstration"))
    ] = False,
) -> None:
    """Serve an authority, making its database and keys at first; SIGTERM or Ctrl-C ends it."""
    name = authority_named(authority)
    for option, address in (("--peer", peer), ("--public-url", public_url)):
        require_url(address, option)
    require_free_port(host, port, "--port")
    leave_with_parent()
    with leaving_on_signals(), reached_database(data, name) as deployment:
        make_authority(deployment, demonstration=demonstration)
        with authority_at(data, name) as opened, Upkeep(opened=opened, peer_url=peer).running():
            served = replace(opened.deployment, peer_url=peer, public_url=public_url)
            _serve(opened.authority, served, host, port)


def require_url(address: str | None, option: str) -> None:
    """``SendersFaultError`` for what is no address of a site."""
    if address is None:
        return
    try:
        parts = urlsplit(address)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound:
        raise faulty(option, "no_url", given=clipped(address, 80))


def require_free_port(host: str, port: int, option: str) -> None:
    """``MachinesFaultError`` when nothing can listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            why = error.strerror or type(error).__name__
            raise failing(option, "port_taken", host=host, port=port, why=why) from None


def _serve(authority: Authority, deployment: Deployment, host: str, port: int) -> None:
    # Loads Django, which no other command needs.
    from tongguan.web.serve import WORKERS  # noqa: PLC0415
    from tongguan.web.serve import serve as serve_web  # noqa: PLC0415
    from tongguan.web.setup import prepare, put_officers_in_units  # noqa: PLC0415

    prepare(deployment)
    if deployment.demonstration:
        put_officers_in_units(authority)
    # Two authorities on one machine: one worker each is soonest up and enough to try it.
    workers = 1 if deployment.demonstration else WORKERS
    serve_web(deployment, host=host, port=port, workers=workers)


def leave_with_parent() -> None:
    """Stop when the program that started this one was killed: its port must be free again."""
    parent = os.environ.get(PARENT_VARIABLE, "")
    if not parent.isdigit():
        return

    def watch() -> None:
        while os.getppid() == int(parent):
            time.sleep(_PARENT_WATCHED_EVERY_SECONDS)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="parent", daemon=True).start()
