"""What the use cases ask of the outside, as protocols; ``adapters`` answers them."""

from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from tongguan.app.change_stores import GrantStore, NoticeStore, TransitionStore
from tongguan.app.control.store import ControlStore
from tongguan.app.evidence.store import EvidenceSourceStore, EvidenceStore
from tongguan.app.health.certificate_store import CertificateStore
from tongguan.app.health.code_store import HealthCodeStore
from tongguan.app.health.figures_port import HealthFigureStore
from tongguan.app.ledger_port import Ledger
from tongguan.app.no_show_port import NoShowStore
from tongguan.app.peer_store import PeerStore
from tongguan.app.places_check_port import PlacesCheck
from tongguan.app.recognition_store import RecognitionStore
from tongguan.app.record_port import RecordStore
from tongguan.app.registration.store import RegistrationStore
from tongguan.app.retention_port import Retention
from tongguan.app.sponsor_port import SponsorStore
from tongguan.app.stores import (
    AnnexStore,
    ApplicationStore,
    AuditLog,
    CrossingStore,
    FigureStore,
    PassStore,
    SchemeStore,
)


class Transaction(Protocol):
    """One database transaction: everything done through it is kept, or nothing is."""

    @property
    def now(self) -> datetime:
        """Domain time when the transaction began (a demonstration's clock may be shifted)."""

    def begin_to_book(self) -> bool:
        """Hold the text, then look at the time, the record and what is applied, all at once.

        The first thing whoever books does. Whether something is held beyond its hour.
        """

    @property
    def annexes(self) -> AnnexStore: ...
    @property
    def applications(self) -> ApplicationStore: ...
    @property
    def audit(self) -> AuditLog: ...
    @property
    def certificates(self) -> CertificateStore: ...
    @property
    def controls(self) -> ControlStore: ...
    @property
    def crossings(self) -> CrossingStore: ...
    @property
    def evidence(self) -> EvidenceStore: ...
    @property
    def evidence_sources(self) -> EvidenceSourceStore: ...
    @property
    def figures(self) -> FigureStore: ...
    @property
    def grants(self) -> GrantStore: ...
    @property
    def health_codes(self) -> HealthCodeStore: ...
    @property
    def health_figures(self) -> HealthFigureStore: ...
    @property
    def ledger(self) -> Ledger: ...
    @property
    def no_shows(self) -> NoShowStore: ...
    @property
    def notices(self) -> NoticeStore: ...
    @property
    def passes(self) -> PassStore: ...
    @property
    def peers(self) -> PeerStore: ...
    @property
    def places_check(self) -> PlacesCheck: ...
    @property
    def recognitions(self) -> RecognitionStore: ...
    @property
    def record(self) -> RecordStore: ...
    @property
    def registrations(self) -> RegistrationStore: ...
    @property
    def retention(self) -> Retention: ...
    @property
    def schemes(self) -> SchemeStore: ...
    @property
    def sponsors(self) -> SponsorStore: ...
    @property
    def transitions(self) -> TransitionStore: ...


class Database(Protocol):
    """An authority's own database."""

    def transaction(self) -> AbstractContextManager[Transaction]:
        """Begin; commit at a normal end, roll back on an exception."""
