"""What an authority does while it serves: hear the other side, delete what is due, keep time."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

import psycopg

from tongguan.adapters.deployment import prepare_keys
from tongguan.adapters.peer_http import HttpPeerSource, PeerUnreachableError
from tongguan.adapters.postgres.connections import DatabaseUnavailable
from tongguan.app.control.proposals import lapse_proposals
from tongguan.app.health.corrections import tell_of_relief
from tongguan.app.holds import are_holds_due, expire_holds
from tongguan.app.no_shows import release_no_shows
from tongguan.app.peers import known_peers, sync_peer
from tongguan.app.recognition import issue_trust_list
from tongguan.app.registration.registrations import uphold_due_claims
from tongguan.app.retention import delete_expired
from tongguan.app.suspensions import tell_of_suspensions
from tongguan.app.transitions import apply_what_holds
from tongguan.cli.console import remarks
from tongguan.cli.deployments import OpenedAuthority
from tongguan.cli.speech import say

TIME_KEPT_EVERY_SECONDS: Final = 2.0
HOLDS_LOOKED_AT_EVERY_SECONDS: Final = 0.25
"""A place that was held is free again within a second of its hour."""
PEER_HEARD_EVERY_SECONDS: Final = 30.0
PLACES_FOLLOW_EVERY_SECONDS: Final = 30.0
HOLDERS_TOLD_EVERY_SECONDS: Final = 300.0
RELIEF_TOLD_EVERY_SECONDS: Final = 30.0
NO_SHOWS_FOUND_EVERY_SECONDS: Final = 300.0
CLAIMS_LOOKED_AT_EVERY_SECONDS: Final = 60.0
PROPOSALS_LAPSE_EVERY_SECONDS: Final = 60.0
DELETED_EVERY_SECONDS: Final = 3600.0
KEYS_RENEWED_EVERY_SECONDS: Final = 24 * 3600.0
FIRST_AFTER_SECONDS: Final = 5.0
_DOWN: Final = (DatabaseUnavailable, psycopg.Error)


@dataclass(slots=True)
class Upkeep:
    """Repeats each duty at its own pace; what fails is said once and tried again."""

    opened: OpenedAuthority
    peer_url: str | None
    _stopping: threading.Event = field(default_factory=threading.Event, init=False)
    _said: str | None = field(default=None, init=False)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Keep up while the block runs."""
        threads = [
            threading.Thread(target=self._run, name="upkeep", daemon=True),
            # By itself, since a peer that does not answer must not keep a place from being free.
            threading.Thread(target=self._run_holds, name="holds", daemon=True),
        ]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._stopping.set()
            for thread in threads:
                thread.join(timeout=PEER_HEARD_EVERY_SECONDS)

    def _run_holds(self) -> None:
        while not self._stopping.wait(HOLDS_LOOKED_AT_EVERY_SECONDS):
            self._do(self._expire_holds)

    def _run(self) -> None:
        duties = [
            (TIME_KEPT_EVERY_SECONDS, self._keep_time),
            (PEER_HEARD_EVERY_SECONDS, self._hear_peer),
            (PLACES_FOLLOW_EVERY_SECONDS, self._follow),
            (HOLDERS_TOLD_EVERY_SECONDS, self._tell),
            (RELIEF_TOLD_EVERY_SECONDS, self._tell_of_relief),
            (NO_SHOWS_FOUND_EVERY_SECONDS, self._release_no_shows),
            (CLAIMS_LOOKED_AT_EVERY_SECONDS, self._uphold_claims),
            (PROPOSALS_LAPSE_EVERY_SECONDS, self._lapse_proposals),
            (DELETED_EVERY_SECONDS, self._delete),
            (KEYS_RENEWED_EVERY_SECONDS, self._renew_keys),
        ]
        # Two authorities that start together need a moment before either can hear the other.
        due = [time.monotonic() + FIRST_AFTER_SECONDS] * len(duties)
        while not self._stopping.wait(TIME_KEPT_EVERY_SECONDS / 2):
            for number, (every_seconds, duty) in enumerate(duties):
                if time.monotonic() >= due[number]:
                    due[number] = time.monotonic() + every_seconds
                    self._do(duty)

    def _do(self, duty: Callable[[], None]) -> None:
        try:
            duty()
        except (PeerUnreachableError, *_DOWN) as error:
            self._say(say("serve.waiting", why=str(error) or type(error).__name__))
        except Exception as error:  # noqa: BLE001 - one failed round must not end the others
            self._say(say("serve.waiting", why=type(error).__name__))
        else:
            self._said = None

    def _say(self, sentence: str) -> None:
        if sentence != self._said:
            remarks().print(f"{self.opened.authority.id}: {sentence}")
        self._said = sentence

    def _keep_time(self) -> None:
        if self.opened.deployment.demonstration:
            self.opened.clock.remember()

    def _hear_peer(self) -> None:
        authority = self.opened.authority
        for peer in known_peers(authority):
            url = self.peer_url or peer.url
            if url is not None:
                sync_peer(authority, peer.authority, HttpPeerSource(url))

    def _follow(self) -> None:
        """Bring the places under the text that holds, where nobody has done it before."""
        apply_what_holds(self.opened.authority)

    def _tell(self) -> None:
        tell_of_suspensions(self.opened.authority)

    def _tell_of_relief(self) -> None:
        """Relief itself began with the clock of the case; this is only the word of it."""
        tell_of_relief(self.opened.authority)

    def _expire_holds(self) -> None:
        if are_holds_due(self.opened.authority):
            expire_holds(self.opened.authority)

    def _release_no_shows(self) -> None:
        release_no_shows(self.opened.authority)

    def _uphold_claims(self) -> None:
        uphold_due_claims(self.opened.authority)

    def _lapse_proposals(self) -> None:
        """They count for nothing since their time was over; this closes them."""
        lapse_proposals(self.opened.authority)

    def _delete(self) -> None:
        delete_expired(self.opened.authority)

    def _renew_keys(self) -> None:
        prepare_keys(self.opened.deployment, self.opened.clock.now())
        issue_trust_list(self.opened.authority)
