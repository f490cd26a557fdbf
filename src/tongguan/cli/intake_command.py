"""``tongguan intake``: places booked by groups beside ``serve``, until it is told to stop."""

from pathlib import Path
from typing import Annotated, Final

import typer

from tongguan.adapters.cluster import leaving_on_signals
from tongguan.cli.deployments import authority_at
from tongguan.cli.options import AuthorityOption, DataOption, authority_named, help_of
from tongguan.cli.serve_command import LOOPBACK, leave_with_parent, require_free_port

PORT_DEFAULT: Final = 8010


def intake(
    authority: AuthorityOption,
    data: DataOption = Path(".data"),
    host: Annotated[
        str, typer.Option("--host", metavar="ADDRESS", help=help_of("host"))
    ] = LOOPBACK,
    port: Annotated[
        int, typer.Option("--port", metavar="NUMBER", min=1, max=65535, help=help_of("port"))
    ] = PORT_DEFAULT,
) -> None:
    """Book for an authority that was made before; SIGTERM or Ctrl-C ends it."""
    # Loads the server, which no other command needs.
    from tongguan.intake.serve import serve  # noqa: PLC0415

    name = authority_named(authority)
    require_free_port(host, port, "--port")
    leave_with_parent()
    with leaving_on_signals(), authority_at(data, name) as opened:
        serve(opened.deployment, host=host, port=port)
