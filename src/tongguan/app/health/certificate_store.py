"""Certificates that people brought, as kept: no word of them, only whose each of them is."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from tongguan.core.identifiers import RegistrationId


class CertificateStore(Protocol):
    """Which certificate counts for which registration; each for one alone."""

    def keep(
        self, certificate: bytes, registration: RegistrationId, key_id: str, at: datetime
    ) -> RegistrationId:
        """Whose it is from now on: of this registration, or of the one that brought it before."""

    def give(
        self,
        certificate: bytes,
        registration: RegistrationId,
        key_id: str,
        at: datetime,
        *,
        instead_of: RegistrationId,
    ) -> bool:
        """Let it be of another registration; ``False`` where it is no longer of that one."""

    def by_key(self) -> Mapping[str, int]:
        """How many rest on each key, by its id."""

    def registration_of(self, certificate: bytes) -> RegistrationId | None:
        """Whose it is; ``None`` for one that nobody has brought."""
