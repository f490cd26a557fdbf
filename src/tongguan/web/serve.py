"""Serve one authority over HTTP: Granian workers, each with its own open authority."""

import multiprocessing
import os
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from typing import Any

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from tongguan.adapters.deployment import Deployment, open_authority
from tongguan.web import service, settings

WORKERS = 2
THREADS_PER_WORKER = 4
_BACKLOG = 1024
_PARENT_WATCHED_EVERY_SECONDS = 0.5


def serve(
    deployment: Deployment,
    *,
    host: str = "127.0.0.1",
    port: int,
    workers: int = WORKERS,
    durability_required: bool = True,
) -> None:
    """Serve until SIGTERM or SIGINT; the deployment must be prepared.

    Only tests waive durability, to be fast on a database without ``fsync``.

    Workers are fresh processes, not forks: whatever threads and connections the caller has, such as
    those of upkeep, do not reach them.
    """
    multiprocessing.set_start_method("spawn", force=True)
    server = Server(
        "tongguan",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS_PER_WORKER,
        backlog=_BACKLOG,
        log_level=LogLevels.warning,
        workers_kill_timeout=5,
    )
    server.serve(
        target_loader=partial(
            application,
            deployment,
            parent=os.getpid(),
            durability_required=durability_required,
        ),
        wrap_loader=False,
    )


def application(
    deployment: Deployment, *, parent: int | None = None, durability_required: bool = True
) -> Callable[..., Any]:
    """The WSGI application of a deployment, with its authority open for this process's life."""
    if parent is not None:
        _end_with(parent)
    settings.configure(deployment)
    opened = ExitStack()
    authority = opened.enter_context(
        open_authority(deployment, durability_required=durability_required)
    )
    service.hold_authority(authority, peer_url=deployment.peer_url)
    from django.core.wsgi import get_wsgi_application  # noqa: PLC0415 - needs the settings

    serving = get_wsgi_application()
    serving.opened = opened  # type: ignore[attr-defined] # closes with the process
    return serving


def _end_with(parent: int) -> None:
    """End this worker when the server that started it is gone.

    A server killed with SIGKILL cannot stop its workers; left alone they would keep the port and
    answer in place of the one started next.
    """

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_PARENT_WATCHED_EVERY_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
