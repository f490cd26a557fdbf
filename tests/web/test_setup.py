"""Preparing the web: a database that does not answer is no fault of the program."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.web.conftest import DJANGO
from tongguan.adapters.postgres.connections import DatabaseUnavailable
from tongguan.web import settings, setup


def test_prepare__database_stopped_answering__says_that_it_is_unavailable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from django.db import connections  # noqa: PLC0415 - needs the settings

    nowhere = settings.database_of("postgresql://127.0.0.1:1/none")
    described = {**connections.databases["default"], **nowhere}
    monkeypatch.setitem(connections.databases, "default", described)
    # A thread has connections of its own, and leaves those of other tests alone.
    with ThreadPoolExecutor(1) as thread:
        prepared = thread.submit(setup.prepare, DJANGO)
        with pytest.raises(DatabaseUnavailable, match="port 1"):
            prepared.result()
