"""How many statements one booking over REST sends; each is a way to the database and back."""

from typing import Any

import psycopg
import pytest
from django.test import Client

from tests.builders.authorities import Pair
from tests.web.api.calls import applied, booked

STATEMENTS_MAX = 14
"""Thirteen now, of which two only ask whether a pooled connection is alive."""


def test_booking__over_rest__sends_few_statements_and_reads_the_record_once(
    hk: Pair, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    slips = [applied(client)["slip"] for _ in range(3)]
    booked(client, slips[0])
    sent: list[str] = []
    real = psycopg.Cursor.execute

    def execute(self: Any, query: Any, *given: Any, **named: Any) -> Any:
        sent.append(query.decode() if isinstance(query, bytes) else str(query))
        return real(self, query, *given, **named)

    monkeypatch.setattr(psycopg.Cursor, "execute", execute)
    for slip in slips[1:]:
        sent.clear()
        assert booked(client, slip)["taken"]
        assert len(sent) <= STATEMENTS_MAX, "\n".join(sent)
        assert not any("signed FROM tongguan" in each for each in sent)
        assert not any("tongguan.pass" in each for each in sent)
