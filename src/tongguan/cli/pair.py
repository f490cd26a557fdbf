"""The two authorities of a demonstration, both at hand on one machine."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, TypeVar

import psycopg

from tongguan.adapters.deployment import (
    Deployment,
    open_authority,
    prepare_database,
    prepare_keys,
)
from tongguan.adapters.postgres.clock import Clock
from tongguan.adapters.postgres.connections import Database, DatabaseUnavailable
from tongguan.app.authorities import Authority
from tongguan.app.peers import known_peers, sync_peer, trust_peer
from tongguan.app.publishing import (
    published_acts,
    published_annexes,
    published_figures,
    published_keys,
    published_recognitions,
    published_status_list,
    published_trust_lists,
)
from tongguan.app.recognition import (
    countersign,
    issue_trust_list,
    receive_recognition,
    receive_trust_list,
    recognise,
    trust_overview,
)
from tongguan.core.identifiers import AuthorityId
from tongguan.core.recognition.references import reference_digest
from tongguan.core.recognition.trust_lists import trust_list_digest
from tongguan.core.scheme.model import Version

Answer = TypeVar("Answer")
_TRIED_SECONDS_MAX: Final = 90.0
_PAUSE_SECONDS: Final = 0.5
_RECOGNISED_FOR: Final = timedelta(days=400)
"""As long as the keys of a demonstration last."""
_BOTH: Final = 2


def until_answered(call: Callable[[], Answer]) -> Answer:
    """What the call answers, made again while the database does not; it must bear repeating."""
    deadline = time.monotonic() + _TRIED_SECONDS_MAX
    while True:
        try:
            return call()
        except (DatabaseUnavailable, psycopg.OperationalError):
            if time.monotonic() > deadline:
                raise
            time.sleep(_PAUSE_SECONDS)


@dataclass(frozen=True, kw_only=True, slots=True)
class DirectSource:
    """What an authority publishes, taken without a network between."""

    authority: Authority

    def keys(self) -> bytes:
        """Its signed key set."""
        return published_keys(self.authority)

    def acts(self) -> tuple[bytes, ...]:
        """The acts that it holds."""
        return published_acts(self.authority)

    def annexes(self) -> tuple[bytes, ...]:
        """The annexes that it holds."""
        return published_annexes(self.authority)

    def figures(self) -> tuple[bytes, ...]:
        """The daily figures that it holds."""
        return published_figures(self.authority)

    def trust_lists(self) -> tuple[bytes, ...]:
        """The trust lists that it holds."""
        return published_trust_lists(self.authority)

    def recognitions(self) -> tuple[bytes, ...]:
        """The statements of recognition that it holds."""
        return published_recognitions(self.authority)

    def status_list(self, list_id: str) -> bytes:
        """One of its status lists."""
        return published_status_list(self.authority, list_id)


@dataclass(frozen=True, kw_only=True, slots=True)
class Pair:
    """Both authorities, the one that takes bookings first."""

    booking: Authority
    other: Authority
    databases: Mapping[AuthorityId, Database]

    @property
    def by_id(self) -> dict[AuthorityId, Authority]:
        """Each authority under its id."""
        return {each.id: each for each in (self.booking, self.other)}

    def synchronise(self) -> None:
        """Let each fetch what the other published; what is refused now is fetched next time."""
        sync_peer(self.booking, self.other.id, DirectSource(authority=self.other))
        sync_peer(self.other, self.booking.id, DirectSource(authority=self.booking))

    def set_time(self, instant: datetime) -> None:
        """Let it be this instant at both."""
        for database in self.databases.values():
            Clock(database).set_domain_time(instant)

    def remember_time(self) -> None:
        """Keep the time of both, to go on from when they are started again."""
        for database in self.databases.values():
            Clock(database).remember()

    def now(self) -> datetime:
        """The time at the authority that takes bookings."""
        return Clock(self.databases[self.booking.id]).now()

    def exchange_keys(self) -> bool:
        """Pin and recognise each other's keys where that is not so; whether they are pinned now."""
        is_new = self.pin_keys()
        self.recognise()
        return is_new

    def pin_keys(self) -> bool:
        """Pin each other's key sets where that has not been done; whether it was done now."""
        is_new = not (known_peers(self.booking) and known_peers(self.other))
        if is_new:
            trust_peer(self.booking, published_keys(self.other))
            trust_peer(self.other, published_keys(self.booking))
        return is_new

    def recognise(self) -> None:
        """Let each recognise the other's keys, where that is not so yet."""
        recognise_each_other(self.booking, self.other)


def recognise_each_other(one: Authority, other: Authority) -> None:
    """Let each recognise the other's present list of keys, both signing, where that is not so yet.

    Their keys are pinned on both sides. In force from the second in which the later of them signs.
    """
    for by, of in ((one, other), (other, one)):
        latest = issue_trust_list(of)
        receive_trust_list(by, latest.message)
        digest = trust_list_digest(latest.statement)
        if any(
            each.reference.list_digest == digest and len(each.signed_by) == _BOTH
            for each in trust_overview(by).recognitions
        ):
            continue
        ends = latest.statement.at + _RECOGNISED_FOR
        signed = recognise(by, of.id, version=latest.statement.version, ends=ends)
        receive_recognition(of, signed.message)
        countersigned = countersign(of, reference_digest(signed.statement.reference))
        receive_recognition(by, countersigned.message)


@contextmanager
def opened_pair(
    version: Version,
    *,
    data_directory: Path,
    database_url: Callable[[AuthorityId], str],
    first_instant: datetime,
    connections_max: int = 4,
    durability_required: bool = True,
) -> Iterator[Pair]:
    """Both parties of a version as demonstrations, with databases, clocks and keys made ready.

    ``durability_required`` is waived by tests alone, on a server without ``fsync``.
    """
    first = version.booking_authority
    names = sorted((party.id for party in version.parties), key=lambda name: name != first)
    with ExitStack() as stack:
        opened, databases = [], {}
        for name in names:
            deployment = Deployment(
                authority=name,
                data_directory=data_directory,
                database_url=database_url(name),
                demonstration=True,
                connections_max=connections_max,
            )
            prepare_database(
                deployment, first_instant=first_instant, durability_required=durability_required
            )
            databases[name] = stack.enter_context(
                Database(
                    deployment.database_url,
                    connections_max=1,
                    durability_required=durability_required,
                )
            )
            prepare_keys(deployment, Clock(databases[name]).now())
            opened.append(
                stack.enter_context(
                    open_authority(deployment, durability_required=durability_required)
                )
            )
        yield Pair(booking=opened[0], other=opened[1], databases=databases)
