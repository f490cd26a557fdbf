"""Other authorities as kept here, and the protocol of the store that keeps them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from tongguan.core.identifiers import AuthorityId


@dataclass(frozen=True, kw_only=True, slots=True)
class Peer:
    """The other side, as far as it is known: its published, self-signed key set, pinned."""

    authority: AuthorityId
    fingerprint: str
    key_set: bytes
    url: str | None
    trusted_at: datetime


class PeerStore(Protocol):
    """Other authorities and what they published."""

    def trust(self, peer: Peer) -> None: ...

    def peers(self) -> tuple[Peer, ...]: ...

    def get(self, authority: AuthorityId) -> Peer | None: ...

    def keep_status_list(
        self, authority: AuthorityId, list_id: str, signed: bytes, issued_at: datetime
    ) -> None:
        """Keep the newest list of an issuer and kind; an older one than is kept is ignored."""

    def status_lists(self) -> tuple[tuple[AuthorityId, str, bytes], ...]: ...
