"""One database transaction with everything a use case may ask of it."""

from datetime import datetime
from functools import cached_property

import psycopg

from tongguan.adapters.postgres.bearings import Bearings, bearings
from tongguan.adapters.postgres.clock import domain_now
from tongguan.adapters.postgres.ledger import TEXT_LOCK, PostgresLedger
from tongguan.adapters.postgres.places_check import PostgresPlacesCheck
from tongguan.adapters.postgres.sealed import Seals
from tongguan.adapters.postgres.stores.annexes import PostgresAnnexes
from tongguan.adapters.postgres.stores.applications import PostgresApplications
from tongguan.adapters.postgres.stores.audit import PostgresAudit
from tongguan.adapters.postgres.stores.certificates import PostgresCertificates
from tongguan.adapters.postgres.stores.controls import PostgresControls
from tongguan.adapters.postgres.stores.crossings import PostgresCrossings
from tongguan.adapters.postgres.stores.evidence import PostgresEvidence
from tongguan.adapters.postgres.stores.evidence_sources import PostgresEvidenceSources
from tongguan.adapters.postgres.stores.figures import PostgresFigures
from tongguan.adapters.postgres.stores.grants import PostgresGrants
from tongguan.adapters.postgres.stores.health_codes import PostgresHealthCodes
from tongguan.adapters.postgres.stores.health_figures import PostgresHealthFigures
from tongguan.adapters.postgres.stores.no_shows import PostgresNoShows
from tongguan.adapters.postgres.stores.notices import PostgresNotices
from tongguan.adapters.postgres.stores.passes import PostgresPasses
from tongguan.adapters.postgres.stores.peers import PostgresPeers
from tongguan.adapters.postgres.stores.recognitions import PostgresRecognitions
from tongguan.adapters.postgres.stores.record import LastRecord, PostgresRecord
from tongguan.adapters.postgres.stores.registrations import PostgresRegistrations
from tongguan.adapters.postgres.stores.retention import PostgresRetention
from tongguan.adapters.postgres.stores.schemes import PostgresSchemes
from tongguan.adapters.postgres.stores.sponsors import PostgresSponsors
from tongguan.adapters.postgres.stores.transitions import PostgresTransitions


class PostgresTransaction:
    """What is done through it is kept together or not at all; stores are made when asked for."""

    def __init__(
        self,
        connection: psycopg.Connection,
        seals: Seals | None = None,
        last_record: LastRecord | None = None,
    ) -> None:
        self.connection = connection
        self._seals = seals
        self._last_record = LastRecord() if last_record is None else last_record
        self._now: datetime | None = None
        self._bearings: Bearings | None = None

    @property
    def now(self) -> datetime:
        """Domain time, asked once, when it is first needed."""
        # No cached_property: before Python 3.12 it holds one lock for all transactions meanwhile.
        if self._now is None:
            self._now = domain_now(self.connection)
        return self._now

    def begin_to_book(self) -> bool:
        """Hold the text and look about; whether something is held beyond its hour."""
        self._bearings = bearings(self.connection, TEXT_LOCK)
        self._now = self._bearings.now
        return self._bearings.is_hold_due

    @property
    def seals(self) -> Seals:
        """What encrypts personal fields; a database opened without it holds none."""
        if self._seals is None:
            raise RuntimeError("this database was opened without its sealing key")
        return self._seals

    @cached_property
    def annexes(self) -> PostgresAnnexes:
        return PostgresAnnexes(self.connection)

    @cached_property
    def applications(self) -> PostgresApplications:
        return PostgresApplications(self.connection, self.seals)

    @cached_property
    def audit(self) -> PostgresAudit:
        return PostgresAudit(self.connection)

    @cached_property
    def certificates(self) -> PostgresCertificates:
        return PostgresCertificates(self.connection)

    @cached_property
    def controls(self) -> PostgresControls:
        return PostgresControls(self.connection, self.seals)

    @cached_property
    def crossings(self) -> PostgresCrossings:
        return PostgresCrossings(self.connection, self.seals)

    @cached_property
    def evidence(self) -> PostgresEvidence:
        return PostgresEvidence(self.connection, self.seals)

    @cached_property
    def evidence_sources(self) -> PostgresEvidenceSources:
        return PostgresEvidenceSources(self.connection, self.seals)

    @cached_property
    def figures(self) -> PostgresFigures:
        return PostgresFigures(self.connection)

    @cached_property
    def grants(self) -> PostgresGrants:
        return PostgresGrants(self.connection)

    @cached_property
    def health_codes(self) -> PostgresHealthCodes:
        return PostgresHealthCodes(self.connection, self.seals)

    @cached_property
    def health_figures(self) -> PostgresHealthFigures:
        return PostgresHealthFigures(self.connection)

    @cached_property
    def ledger(self) -> PostgresLedger:
        return PostgresLedger(self.connection)

    @cached_property
    def no_shows(self) -> PostgresNoShows:
        return PostgresNoShows(self.connection)

    @cached_property
    def notices(self) -> PostgresNotices:
        return PostgresNotices(self.connection)

    @cached_property
    def passes(self) -> PostgresPasses:
        return PostgresPasses(self.connection)

    @cached_property
    def peers(self) -> PostgresPeers:
        return PostgresPeers(self.connection)

    @cached_property
    def places_check(self) -> PostgresPlacesCheck:
        return PostgresPlacesCheck(self.connection)

    @cached_property
    def recognitions(self) -> PostgresRecognitions:
        return PostgresRecognitions(self.connection)

    @cached_property
    def record(self) -> PostgresRecord:
        found = self._bearings
        serials = None if found is None else found.serials
        return PostgresRecord(self.connection, self._last_record, serials)

    @cached_property
    def registrations(self) -> PostgresRegistrations:
        return PostgresRegistrations(self.connection, self.seals)

    @cached_property
    def retention(self) -> PostgresRetention:
        return PostgresRetention(self.connection)

    @cached_property
    def schemes(self) -> PostgresSchemes:
        return PostgresSchemes(self.connection)

    @cached_property
    def sponsors(self) -> PostgresSponsors:
        return PostgresSponsors(self.connection)

    @cached_property
    def transitions(self) -> PostgresTransitions:
        found = self._bearings
        return PostgresTransitions(self.connection, None if found is None else (found.applied,))
