"""Which certificate counts for which registration; of the certificate a keyed digest alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import Connection

from tongguan.core.identifiers import RegistrationId


@dataclass(frozen=True, slots=True)
class PostgresCertificates:
    """``CertificateStore`` within one transaction."""

    connection: Connection[Any]

    def keep(
        self, certificate: bytes, registration: RegistrationId, key_id: str, at: datetime
    ) -> RegistrationId:
        # Who brings the same one in the same moment waits here for the other's end.
        self.connection.execute(
            "INSERT INTO tongguan.brought_certificate (certificate, registration, key_id,"
            " brought_at) VALUES (%s, %s, %s, %s) ON CONFLICT (certificate) DO NOTHING",
            (certificate, registration, key_id, at),
        )
        found = self.registration_of(certificate)
        assert found is not None  # noqa: S101 - it stands there now, whoever put it
        return found

    def give(
        self,
        certificate: bytes,
        registration: RegistrationId,
        key_id: str,
        at: datetime,
        *,
        instead_of: RegistrationId,
    ) -> bool:
        return bool(
            self.connection.execute(
                "UPDATE tongguan.brought_certificate SET registration = %s, key_id = %s,"
                " brought_at = %s WHERE certificate = %s AND registration = %s",
                (registration, key_id, at, certificate, instead_of),
            ).rowcount
        )

    def by_key(self) -> Mapping[str, int]:
        return dict(
            self.connection.execute(
                "SELECT key_id, count(*) FROM tongguan.brought_certificate GROUP BY key_id"
            ).fetchall()
        )

    def registration_of(self, certificate: bytes) -> RegistrationId | None:
        row = self.connection.execute(
            "SELECT registration FROM tongguan.brought_certificate WHERE certificate = %s",
            (certificate,),
        ).fetchone()
        return RegistrationId(str(row[0])) if row else None
