"""Two authorities with databases and keys of their own, for tests of use cases."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from uuid import uuid4

from tongguan.adapters.deployment import (
    Deployment,
    open_authority,
    prepare_database,
    prepare_keys,
)
from tongguan.adapters.postgres.clock import Clock
from tongguan.adapters.scheme_files import load_bundled
from tongguan.app.acts import activate_phase, sign_version
from tongguan.app.applications import ApplicationAnswer, ApplicationRequest, submit_application
from tongguan.app.authorities import Authority
from tongguan.app.peers import sync_peer, trust_peer
from tongguan.app.publishing import published_keys
from tongguan.app.schemes import adopt_version
from tongguan.cli.pair import DirectSource, recognise_each_other
from tongguan.core.identifiers import (
    ApplicationId,
    AuthorityId,
    CategoryId,
    DivisionCode,
    PhaseId,
    VersionId,
)
from tongguan.core.people import Assurance, Document, DocumentType, Person

START = datetime(2021, 12, 13, 1, 0, tzinfo=UTC)
"""13 December 2021, 09:00 in Hong Kong."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Pair:
    """Hong Kong and Guangdong, each as its own deployment."""

    hk: Authority
    gd: Authority

    def sync(self) -> None:
        """Let each side fetch what the other publishes."""
        sync_peer(self.hk, self.gd.id, DirectSource(authority=self.gd))
        sync_peer(self.gd, self.hk.id, DirectSource(authority=self.hk))

    def set_time(self, instant: datetime) -> None:
        """Move the demonstration clock of both sides."""
        for authority in (self.hk, self.gd):
            Clock(authority.database).set_domain_time(instant)  # type: ignore[arg-type]

    def activate(self, version: str = "hk-gd-2021-assumed", phase: str = "pilot") -> None:
        """Both sides adopt and sign the version, and Hong Kong activates the phase.

        Two clocks never agree to the millisecond, so the acts lie a minute back when tests begin.
        """
        self.set_time(START - timedelta(minutes=1))
        self.activate_text(load_bundled(VersionId(version)).canonical, phase)
        self.set_time(START)

    def activate_text(self, canonical: bytes, phase: str = "pilot") -> None:
        """Both sides adopt and sign a text, and Hong Kong activates the phase, at this instant."""
        for authority in (self.hk, self.gd):
            digest = adopt_version(authority, canonical)
            sign_version(authority, digest)
        self.sync()
        activation = activate_phase(self.hk, digest, PhaseId(phase))
        assert not activation.obstacles, activation.obstacles
        self.sync()


def deployment(authority: str, url: str, directory: Path) -> Deployment:
    """A demonstration's deployment over a database that exists."""
    return Deployment(
        authority=AuthorityId(authority),
        data_directory=directory,
        database_url=url,
        demonstration=True,
    )


@contextmanager
def opened_pair(
    new_database_url: Callable[[], str],
    directory: Path,
    keys_made_at: Mapping[str, datetime] = MappingProxyType({}),
    start: datetime = START,
    is_recognised: bool = True,
) -> Iterator[Pair]:
    """Both authorities, their clocks at a start, keys pinned and recognised both ways.

    Keys are made at that start too, where nothing else is said of an authority.
    """
    with ExitStack() as stack:
        opened = []
        for name in ("HK", "GD"):
            each = deployment(name, new_database_url(), directory / name)
            prepare_database(each, first_instant=start, durability_required=False)
            prepare_keys(each, keys_made_at.get(name, start))
            opened.append(stack.enter_context(open_authority(each, durability_required=False)))
        pair = Pair(hk=opened[0], gd=opened[1])
        # Two clocks never agree to the millisecond, so that what is signed here lies back.
        pair.set_time(start - timedelta(minutes=1))
        trust_peer(pair.hk, published_keys(pair.gd))
        trust_peer(pair.gd, published_keys(pair.hk))
        if is_recognised:
            recognise_each_other(pair.hk, pair.gd)
        pair.set_time(start)
        yield pair


def person(number: int = 1, name: str = "CHAN TAI MAN") -> Person:
    """A traveller with a Home Return Permit."""
    document = Document(type=DocumentType.HOME_RETURN_PERMIT, number=f"H{number:08d}", issuer="CHN")
    return Person(name=name, document=document, assurance=Assurance.ASSERTED)


EVIDENCE = {
    "business": {"invitation": "Invitation of 1 December from a firm in Shenzhen"},
    "family": {"kinship": "Marriage certificate"},
}


def application(
    category: str = "business",
    people: tuple[Person, ...] = (person(),),
    evidence: dict[str, str] | None = None,
    itinerary: tuple[str, ...] = ("440300",),
) -> ApplicationRequest:
    """A request under a new id; by default a business trip of one person to Shenzhen."""
    return ApplicationRequest(
        id=ApplicationId(str(uuid4())),
        category=CategoryId(category),
        people=people,
        evidence=EVIDENCE.get(category, {}) if evidence is None else evidence,
        itinerary=tuple(DivisionCode(each) for each in itinerary),
    )


def granted(authority: Authority, *people: Person) -> ApplicationAnswer:
    """A granted business application of these people."""
    answer = submit_application(authority, application(people=people or (person(),)))
    assert answer.application.state == "granted", answer.application.decision
    return answer
