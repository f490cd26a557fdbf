"""Serve the intake of one authority over HTTP, on one event loop, until it is told to stop."""

import gc
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, Final

import uvicorn

from tongguan.adapters.deployment import Deployment, open_authority
from tongguan.adapters.words import texts
from tongguan.app.authorities import Authority
from tongguan.app.schemes import holding_now
from tongguan.intake.decider import begun
from tongguan.intake.program import Intake

LOOPBACK: Final = "127.0.0.1"
_BACKLOG: Final = 2048
_STOP_SECONDS_MAX: Final = 10
_TRUSTED_SECONDS: Final = 1.0
"""In the rush a group follows the other; each need not ask whether the database is still there."""


def serve(
    deployment: Deployment,
    *,
    host: str = LOOPBACK,
    port: int,
    durability_required: bool = True,
) -> None:
    """Serve until SIGTERM or SIGINT; whoever has been let in is answered first.

    The deployment must be prepared. Only tests waive durability, to be fast on a database without
    ``fsync``.
    """
    with open_authority(deployment, durability_required=durability_required) as authority:
        _warm_up(authority)
        opened = partial(_deciding, deployment, durability_required=durability_required)
        with begun(opened) as decider:
            server(Intake(authority, decider.lanes), host=host, port=port).run()


@contextmanager
def _deciding(deployment: Deployment, *, durability_required: bool) -> Iterator[Authority]:
    """The authority in the process that decides, warmed up."""
    with open_authority(
        deployment, durability_required=durability_required, trusted_seconds=_TRUSTED_SECONDS
    ) as authority:
        _warm_up(authority)
        yield authority


def _warm_up(authority: Authority) -> None:
    """Read the text that holds and all words before anybody waits for them."""
    holding_now(authority)
    texts()
    # None of it goes away any more: the collector need not look through it again and again.
    gc.collect()
    gc.freeze()


def server(program: Any, *, host: str = LOOPBACK, port: int) -> uvicorn.Server:
    """The server that an ASGI program runs on here, ready to run.

    A benchmark that compares the intake with an answer that is always the same uses this too.
    """
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    return _Server(
        uvicorn.Config(
            program,
            host=host,
            port=port,
            loop="uvloop",
            http="httptools",
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            backlog=_BACKLOG,
            timeout_graceful_shutdown=_STOP_SECONDS_MAX,
        )
    )


class _Server(uvicorn.Server):
    """Ends at a signal as a program that has done what it was told, not as one that was killed."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        with super().capture_signals():
            yield
            self._captured_signals.clear()
