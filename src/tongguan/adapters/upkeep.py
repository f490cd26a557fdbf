"""What a running authority does by itself: fetch from its peer, keep time, delete what is due."""

import logging
import threading
from collections.abc import Callable
from contextlib import suppress

from tongguan.adapters.peer_http import HttpPeerSource, PeerUnreachableError
from tongguan.adapters.postgres.clock import Clock, Connecting
from tongguan.adapters.postgres.connections import DatabaseUnavailable
from tongguan.app.authorities import Authority
from tongguan.app.peers import known_peers, sync_peer
from tongguan.app.retention import delete_expired

SYNC_SECONDS = 20
REMEMBER_SECONDS = 2
DELETE_SECONDS = 3600

_log = logging.getLogger(__name__)


class Upkeep:
    """Threads beside a server; a failure of one round is logged and the next round tries again."""

    def __init__(self, authority: Authority, database: Connecting, *, peer_url: str | None) -> None:
        self._authority = authority
        self._clock = Clock(database)
        self._peer_url = peer_url
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._repeat, args=work, name=work[0].__name__, daemon=True)
            for work in self._works()
        ]

    def __enter__(self) -> "Upkeep":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout=5)
        if self._authority.demonstration:
            with suppress(DatabaseUnavailable):
                self._clock.remember()

    def sync(self) -> None:
        """Fetch what every pinned peer published, once."""
        if self._peer_url is None:
            return
        for peer in known_peers(self._authority):
            report = sync_peer(
                self._authority, peer.authority, HttpPeerSource(peer.url or self._peer_url)
            )
            for refused in report.refused:
                _log.warning("refused from %s: %s", peer.authority, refused)

    def remember(self) -> None:
        """Keep domain time, to go on from after a stop; only in a demonstration."""
        if self._authority.demonstration:
            self._clock.remember()

    def delete(self) -> None:
        """Delete what the scheme's schedule says is over."""
        delete_expired(self._authority)

    def _works(self) -> tuple[tuple[Callable[[], None], int], ...]:
        return (
            (self.sync, SYNC_SECONDS),
            (self.remember, REMEMBER_SECONDS),
            (self.delete, DELETE_SECONDS),
        )

    def _repeat(self, work: Callable[[], None], seconds: int) -> None:
        while True:
            try:
                work()
            except (DatabaseUnavailable, PeerUnreachableError) as error:
                _log.warning("%s: %s", work.__name__, error)
            except Exception:  # noqa: BLE001 - one failed round must not end the work for good
                _log.exception("%s failed", work.__name__)
            if self._stop.wait(seconds):
                return
