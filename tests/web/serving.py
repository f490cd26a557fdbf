"""The service as a process of its own, for tests over HTTP and in a browser."""

from contextlib import AbstractContextManager
from multiprocessing import Process

from tests.builders.authorities import START
from tests.builders.serving import serving
from tongguan.adapters.deployment import Deployment, prepare_database, prepare_keys
from tongguan.web import setup
from tongguan.web.serve import serve


def run(deployment: Deployment, port: int) -> None:
    """As the program does it: prepare, then serve, in one process."""
    prepare_database(deployment, first_instant=START, durability_required=False)
    prepare_keys(deployment, START)
    setup.prepare(deployment)
    serve(deployment, port=port, workers=2, durability_required=False)


def served(deployment: Deployment) -> AbstractContextManager[tuple[Process, str]]:
    """The server's process and address, once it answers."""
    return serving(run, deployment)
