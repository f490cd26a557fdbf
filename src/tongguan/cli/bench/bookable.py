"""An authority that takes bookings for a hot day with room for all, and many who may book it."""

import contextlib
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

import psycopg

from tongguan.adapters.cluster import Cluster
from tongguan.adapters.deployment import Deployment
from tongguan.adapters.scheme_files import LoadedScheme, load_bundled, load_scheme_text
from tongguan.app.acts import activate_phase, sign_version
from tongguan.app.applications import ApplicationRequest, submit_application
from tongguan.app.authorities import Authority
from tongguan.app.schemes import adopt_version
from tongguan.cli.bench.places import KEPT
from tongguan.cli.pair import Pair, opened_pair
from tongguan.core.booking.rules import LegWanted
from tongguan.core.credentials.ticket import Ticket
from tongguan.core.identifiers import (
    ApplicationId,
    AuthorityId,
    CategoryId,
    ControlPointId,
    DirectionId,
    DivisionCode,
    JourneyId,
    SlotId,
    VersionId,
)
from tongguan.core.people import Assurance, Document, DocumentType, Person
from tongguan.intake.asking import booking_body, ticket_texts

_SCHEME: Final = VersionId("hk-gd-2021-assumed")
_QUOTAS: Final = ("all-day", "port-day", "slot")
"""The day, the day at the port, the slot: three windows for a way out."""
_LIMIT: Final = 10_000_000
_START: Final = datetime(2021, 12, 13, 1, tzinfo=UTC)
HOT_DAY: Final = date(2021, 12, 14)
LEGS: Final = (
    LegWanted(
        direction=DirectionId("HK-GD"),
        day=HOT_DAY,
        slot=SlotId("morning"),
        control_point=ControlPointId("SZB"),
    ),
)
_TICKET_HOURS: Final = 12
_MAKE_COPIES: Final = b"""
    CREATE SCHEMA bench;
    CREATE TABLE bench.application AS TABLE tongguan.application;
    CREATE TABLE bench.applicant AS TABLE tongguan.applicant;
    CREATE TABLE bench.person (
        application uuid PRIMARY KEY, journey uuid NOT NULL, key bytea NOT NULL);
"""
_ADMIT: Final = b"""
    INSERT INTO tongguan.application
    SELECT made.*
    FROM bench.application AS one CROSS JOIN bench.person
    CROSS JOIN LATERAL jsonb_populate_record(one, jsonb_build_object(
        'id', person.application, 'reference', person.application)) AS made;
    INSERT INTO tongguan.applicant (application, number, person_index, person_sealed)
    SELECT person.application, 0, person.key, one.person_sealed
    FROM bench.applicant AS one CROSS JOIN bench.person;
    ANALYZE tongguan.application, tongguan.applicant;
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Bookable:
    """The authority, and how it is reached."""

    pair: Pair
    deployment: Deployment

    @property
    def authority(self) -> Authority:
        """The one that takes bookings."""
        return self.pair.booking

    def admit(self, count: int, *, seed: int = 3) -> list[bytes]:
        """Grant this many single travellers a journey each; the bodies that book them.

        One of them applied; the others are copies under ids and person keys of their own, which is
        all that a booking reads.
        """
        chance = random.Random(seed)  # noqa: S311 - made-up people need no secrecy
        people = [(_uuid(chance), _uuid(chance), chance.randbytes(16)) for _ in range(count)]
        with self.connection() as connection:
            connection.execute("TRUNCATE bench.person")
            rows = "COPY bench.person (application, journey, key) FROM STDIN"
            with connection.cursor().copy(rows) as copy:
                for each in people:
                    copy.write_row(each)
        tickets = (
            Ticket(journey=JourneyId(journey), application=ApplicationId(application))
            for application, journey, _ in people
        )
        until = datetime.now(UTC) + timedelta(hours=_TICKET_HOURS)
        return [booking_body(each, LEGS) for each in ticket_texts(self.authority, tickets, until)]

    def begin_anew(self) -> None:
        """Nobody has booked; everyone admitted may; a checkpoint was just made."""
        tables = ", ".join(f"tongguan.{table}" for table in KEPT)
        with self.connection() as connection:
            connection.execute(f"TRUNCATE {tables}, tongguan.application CASCADE".encode())
            connection.execute(_ADMIT)
        with self.connection() as connection:
            connection.execute("CHECKPOINT")

    @contextlib.contextmanager
    def connection(self) -> Iterator[psycopg.Connection]:
        """A connection of our own: committed at a normal end."""
        with psycopg.connect(self.deployment.database_url) as connection:
            yield connection


@contextlib.contextmanager
def bookable(cluster: Cluster, directory: Path) -> Iterator[Bookable]:
    """Both authorities of the scheme, the phase active, in databases of their own."""
    loaded = hot_scheme()

    def url(authority: AuthorityId) -> str:
        name = f"bench_{authority.lower()}"
        cluster.ensure_database(name)
        return cluster.url(name)

    with opened_pair(
        loaded.version,
        data_directory=directory,
        database_url=url,
        first_instant=_START - timedelta(minutes=1),
    ) as pair:
        pair.exchange_keys()
        _activate(pair, loaded)
        pair.set_time(_START)
        _apply(pair.booking)
        found = Bookable(
            pair=pair,
            deployment=Deployment(
                authority=pair.booking.id,
                data_directory=directory,
                database_url=url(pair.booking.id),
                demonstration=True,
            ),
        )
        with found.connection() as connection:
            connection.execute(_MAKE_COPIES)
        yield found


def hot_scheme() -> LoadedScheme:
    """The pilot, with room for all, three windows for a way out, and no way home to be booked."""
    data = json.loads(load_bundled(_SCHEME).canonical)
    (phase, *_) = data["phases"]
    phase["quotas"] = [
        {**quota, "limit": _LIMIT} for quota in phase["quotas"] if quota["id"] in _QUOTAS
    ]
    phase["return"]["place_required"] = False
    loaded = load_scheme_text(json.dumps(data).encode())
    match loaded:
        case LoadedScheme():
            return loaded
        case faults:
            raise RuntimeError(f"the scheme of the benchmark has faults: {faults}")


def _activate(pair: Pair, loaded: LoadedScheme) -> None:
    for authority in (pair.booking, pair.other):
        digest = adopt_version(authority, loaded.canonical)
        sign_version(authority, digest)
    pair.synchronise()
    activation = activate_phase(pair.booking, digest, loaded.version.phases[0].id)
    if activation.obstacles:
        raise RuntimeError(f"the phase of the benchmark cannot begin: {activation.obstacles}")


def _apply(authority: Authority) -> None:
    """A family visit of one person, granted by the rule."""
    document = Document(type=DocumentType.HOME_RETURN_PERMIT, number="H00000001", issuer="CHN")
    submit_application(
        authority,
        ApplicationRequest(
            id=ApplicationId(_uuid(random.Random(4))),  # noqa: S311 - as above
            category=CategoryId("family"),
            people=(Person(name="CHAN TAI MAN", document=document, assurance=Assurance.ASSERTED),),
            evidence={"kinship": "Marriage certificate"},
            itinerary=(DivisionCode("440300"),),
        ),
    )


def _uuid(chance: random.Random) -> str:
    return str(UUID(int=chance.getrandbits(128), version=4))
