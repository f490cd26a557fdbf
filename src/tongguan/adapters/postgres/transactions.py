"""One database transaction with everything a use case may ask of it."""

from datetime import datetime
from functools import cached_property

import psycopg

from tongguan.adapters.postgres.clock import domain_now


class PostgresTransaction:
    """What is done through it is kept together or not at all; stores are made when asked for."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self.connection = connection

    @cached_property
    def now(self) -> datetime:
        """Domain time, asked once, when it is first needed."""
        return domain_now(self.connection)
