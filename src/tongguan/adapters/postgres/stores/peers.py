"""Other authorities as far as they are known: pinned key sets and the lists they published."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import Connection
from psycopg.rows import dict_row

from tongguan.app.peer_store import Peer
from tongguan.core.identifiers import AuthorityId

_TRUST = """
    INSERT INTO tongguan.peer (authority, fingerprint, key_set, url, trusted_at)
    VALUES (%s, %s, %s, %s, %s)
    ON CONFLICT (authority) DO UPDATE SET fingerprint = excluded.fingerprint,
        key_set = excluded.key_set, url = excluded.url, trusted_at = excluded.trusted_at
"""
_KEEP = """
    INSERT INTO tongguan.peer_status_list (authority, list_id, signed, issued_at)
    VALUES (%s, %s, %s, %s)
    ON CONFLICT (authority, list_id) DO UPDATE
        SET signed = excluded.signed, issued_at = excluded.issued_at
        WHERE tongguan.peer_status_list.issued_at < excluded.issued_at
"""


@dataclass(frozen=True, slots=True)
class PostgresPeers:
    """``PeerStore`` within one transaction."""

    connection: Connection[Any]

    def trust(self, peer: Peer) -> None:
        self.connection.execute(
            _TRUST,
            (peer.authority, peer.fingerprint, peer.key_set, peer.url, peer.trusted_at),
        )

    def peers(self) -> tuple[Peer, ...]:
        with self.connection.cursor(row_factory=dict_row) as cursor:
            rows = cursor.execute("SELECT * FROM tongguan.peer ORDER BY authority").fetchall()
        return tuple(
            Peer(
                authority=AuthorityId(row["authority"]),
                fingerprint=row["fingerprint"],
                key_set=bytes(row["key_set"]),
                url=row["url"],
                trusted_at=row["trusted_at"],
            )
            for row in rows
        )

    def get(self, authority: AuthorityId) -> Peer | None:
        return next((each for each in self.peers() if each.authority == authority), None)

    def keep_status_list(
        self, authority: AuthorityId, list_id: str, signed: bytes, issued_at: datetime
    ) -> None:
        self.connection.execute(_KEEP, (authority, list_id, signed, issued_at))

    def status_lists(self) -> tuple[tuple[AuthorityId, str, bytes], ...]:
        rows = self.connection.execute(
            "SELECT authority, list_id, signed FROM tongguan.peer_status_list"
            " ORDER BY authority, list_id"
        ).fetchall()
        return tuple((AuthorityId(row[0]), row[1], bytes(row[2])) for row in rows)
