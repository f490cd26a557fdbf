"""Versions and signed acts as the bytes that were signed; both only grow."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from psycopg import Connection
from psycopg.rows import dict_row

from tongguan.app.stores import StoredAct, StoredVersion
from tongguan.core.identifiers import AuthorityId, VersionDigest, VersionId

_ACTS = """
    SELECT authority, version_digest, signed, received_at
    FROM tongguan.scheme_act
"""
_VERSIONS = "SELECT id, digest, canonical, adopted_at FROM tongguan.scheme_version "


@dataclass(frozen=True, slots=True)
class PostgresSchemes:
    """``SchemeStore`` within one transaction."""

    connection: Connection[Any]

    def adopt(self, version: StoredVersion) -> bool:
        return bool(
            self.connection.execute(
                "INSERT INTO tongguan.scheme_version (digest, id, canonical, adopted_at)"
                " VALUES (%s, %s, %s, %s) ON CONFLICT (digest) DO NOTHING",
                (version.digest, version.id, version.canonical, version.adopted_at),
            ).rowcount
        )

    def versions(self) -> tuple[StoredVersion, ...]:
        return self._versions("ORDER BY serial", ())

    def by_digest(self, digest: VersionDigest) -> StoredVersion | None:
        found = self._versions("WHERE digest = %s", (digest,))
        return found[0] if found else None

    def latest(self, version: VersionId) -> StoredVersion | None:
        found = self._versions("WHERE id = %s ORDER BY serial DESC LIMIT 1", (version,))
        return found[0] if found else None

    def add_act(self, act: StoredAct) -> bool:
        return bool(
            self.connection.execute(
                "INSERT INTO tongguan.scheme_act"
                " (signed_hash, authority, version_digest, signed, received_at)"
                " VALUES (%s, %s, %s, %s, %s) ON CONFLICT (signed_hash) DO NOTHING",
                (
                    hashlib.sha256(act.signed).digest(),
                    act.authority,
                    act.version,
                    act.signed,
                    act.received_at,
                ),
            ).rowcount
        )

    def acts(self, version: VersionDigest | None = None) -> tuple[StoredAct, ...]:
        where = "" if version is None else "WHERE version_digest = %s"
        with self.connection.cursor(row_factory=dict_row) as cursor:
            rows = cursor.execute(
                _ACTS + where + " ORDER BY serial",
                () if version is None else (version,),
            ).fetchall()
        return tuple(
            StoredAct(
                authority=AuthorityId(row["authority"]),
                version=VersionDigest(row["version_digest"]),
                signed=bytes(row["signed"]),
                received_at=row["received_at"],
            )
            for row in rows
        )

    def _versions(self, where: str, parameters: Sequence[Any]) -> tuple[StoredVersion, ...]:
        with self.connection.cursor(row_factory=dict_row) as cursor:
            rows = cursor.execute(
                _VERSIONS + where,
                parameters,
            ).fetchall()
        return tuple(
            StoredVersion(
                id=VersionId(row["id"]),
                digest=VersionDigest(row["digest"]),
                canonical=bytes(row["canonical"]),
                adopted_at=row["adopted_at"],
            )
            for row in rows
        )
