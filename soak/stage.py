"""Before the first operation: databases, keys, a text that holds, and people who were granted."""

import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from soak.parties import APPLICATIONS, Party
from soak.settings import Settings, limits_of, write_durably
from soak.texts import PHASE, START, canonical, first_text
from tongguan.adapters.deployment import Deployment, open_authority, prepare_database, prepare_keys
from tongguan.adapters.postgres.clock import Clock
from tongguan.adapters.postgres.connections import Database
from tongguan.app.acts import activate_phase, receive_act, sign_version
from tongguan.app.applications import ApplicationRequest, submit_application
from tongguan.app.authorities import Authority
from tongguan.app.peers import known_peers, trust_peer
from tongguan.app.publishing import published_acts, published_keys
from tongguan.app.schemes import adopt_version, holding_now
from tongguan.core.identifiers import ApplicationId, AuthorityId, CategoryId, DivisionCode
from tongguan.core.people import Assurance, Document, DocumentType, Person

_CATEGORIES = {
    "business": {"invitation": "Invitation from a firm in Shenzhen"},
    "family": {"kinship": "Marriage certificate"},
}
_SIZES = (1, 1, 1, 2, 2, 3, 4)
_SHARED_PEOPLE = 0.1
"""How many parties have a member who also travels with somebody else's."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Stage:
    """Both authorities; only Hong Kong keeps places."""

    hong_kong: Authority
    guangdong: Authority
    clocks: tuple[Clock, Clock]

    def send_acts(self) -> None:
        """Let each hold every act of the other."""
        for sender, other in (
            (self.hong_kong, self.guangdong),
            (self.guangdong, self.hong_kong),
        ):
            for message in published_acts(sender):
                receive_act(other, message)

    def step(self, forward: timedelta) -> None:
        """Let it be so much later, at both."""
        instant = self.clocks[0].now() + forward
        for clock in self.clocks:
            clock.set_domain_time(instant)


@contextmanager
def opened_stage(directory: Path, urls: dict[str, str]) -> Iterator[Stage]:
    """Both authorities over databases that may be new."""
    hong_kong, guangdong = (
        Deployment(
            authority=AuthorityId(name),
            data_directory=directory / "data",
            database_url=urls[name],
            demonstration=True,
            connections_max=2,
        )
        for name in ("HK", "GD")
    )
    for each in (hong_kong, guangdong):
        prepare_database(each, first_instant=START)
        prepare_keys(each, START)
    with (
        open_authority(hong_kong) as hk,
        open_authority(guangdong) as gd,
        Database(hong_kong.database_url, connections_max=1) as own,
        Database(guangdong.database_url, connections_max=1) as other,
    ):
        yield Stage(hong_kong=hk, guangdong=gd, clocks=(Clock(own), Clock(other)))


def set_up(directory: Path, settings: Settings, urls: dict[str, str]) -> tuple[Party, ...]:
    """The people of the run; what was set up before stays as it is."""
    kept = directory / APPLICATIONS
    if not kept.exists():
        with opened_stage(directory, urls) as stage:
            _begin(stage, settings)
            parties = [asdict(each) for each in _grant(stage.hong_kong, settings)]
        write_durably(kept, json.dumps(parties))
    return tuple(Party(**each) for each in json.loads(kept.read_text()))


def _begin(stage: Stage, settings: Settings) -> None:
    """Pinned keys, two signatures, an active phase."""
    if not known_peers(stage.hong_kong):
        trust_peer(stage.hong_kong, published_keys(stage.guangdong))
        trust_peer(stage.guangdong, published_keys(stage.hong_kong))
    if holding_now(stage.hong_kong) is not None:
        return
    text = canonical(first_text(limits_of(settings.places_per_day)))
    for authority in (stage.hong_kong, stage.guangdong):
        digest = adopt_version(authority, text)
        sign_version(authority, digest)
    stage.send_acts()
    # An act counts from the second after it; two clocks never agree to the millisecond.
    stage.step(timedelta(minutes=1))
    activation = activate_phase(stage.hong_kong, digest, PHASE)
    if activation.obstacles:
        raise RuntimeError("; ".join(each.what.en for each in activation.obstacles))
    stage.send_acts()


def _grant(authority: Authority, settings: Settings) -> Iterator[Party]:
    """Every client's parties, in the same way for the same seed."""
    chance = random.Random(f"{settings.seed}/parties")
    number = person = 0
    for client in range(settings.clients):
        for _ in range(settings.applications_per_client):
            size = chance.choice(_SIZES)
            people = []
            for _ in range(size):
                is_shared = person > 0 and chance.random() < _SHARED_PEOPLE / size
                people.append(chance.randrange(person) if is_shared else person)
                person += not is_shared
            category = chance.choice(tuple(_CATEGORIES))
            yield _granted(
                authority,
                Party(
                    number=number,
                    client=client,
                    application=str(UUID(int=chance.getrandbits(128), version=4)),
                    reference="",
                    secret="",
                    category=category,
                    size=len(set(people)),
                ),
                sorted(set(people)),
            )
            number += 1


def _granted(authority: Authority, party: Party, people: list[int]) -> Party:
    answer = submit_application(
        authority,
        ApplicationRequest(
            id=ApplicationId(party.application),
            category=CategoryId(party.category),
            people=tuple(_person(each) for each in people),
            evidence=_CATEGORIES[party.category],
            itinerary=(DivisionCode("440300"),),
        ),
    )
    if answer.application.state != "granted":
        raise RuntimeError(f"an application of the stage was {answer.application.state}")
    slip = answer.slip
    return Party(**(asdict(party) | {"reference": slip.reference, "secret": slip.secret}))


def _person(number: int) -> Person:
    return Person(
        name="CHAN TAI MAN",
        document=Document(
            type=DocumentType.HOME_RETURN_PERMIT, number=f"H{number:08d}", issuer="CHN"
        ),
        assurance=Assurance.ASSERTED,
    )
