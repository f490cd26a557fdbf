"""Signed trust lists and recognitions as the bytes that were signed; they only grow."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from psycopg import Connection

from tongguan.app.recognition_store import StoredRecognition, StoredTrustList
from tongguan.core.identifiers import AuthorityId


@dataclass(frozen=True, slots=True)
class PostgresRecognitions:
    """``RecognitionStore`` within one transaction."""

    connection: Connection[Any]

    def add_list(self, trust_list: StoredTrustList) -> bool:
        return bool(
            self.connection.execute(
                "INSERT INTO tongguan.trust_list"
                " (signed_hash, authority, version, digest, signed, received_at)"
                " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
                (
                    hashlib.sha256(trust_list.signed).digest(),
                    trust_list.authority,
                    trust_list.version,
                    trust_list.digest,
                    trust_list.signed,
                    trust_list.received_at,
                ),
            ).rowcount
        )

    def lists(self) -> tuple[StoredTrustList, ...]:
        rows = self.connection.execute(
            "SELECT authority, version, digest, signed, received_at FROM tongguan.trust_list"
            " ORDER BY serial"
        ).fetchall()
        return tuple(
            StoredTrustList(
                authority=AuthorityId(authority),
                version=version,
                digest=digest,
                signed=bytes(signed),
                received_at=received_at,
            )
            for authority, version, digest, signed, received_at in rows
        )

    def add(self, recognition: StoredRecognition) -> bool:
        return bool(
            self.connection.execute(
                "INSERT INTO tongguan.recognition (signed_hash, authority, signed, received_at)"
                " VALUES (%s, %s, %s, %s) ON CONFLICT (signed_hash) DO NOTHING",
                (
                    hashlib.sha256(recognition.signed).digest(),
                    recognition.authority,
                    recognition.signed,
                    recognition.received_at,
                ),
            ).rowcount
        )

    def all(self) -> tuple[StoredRecognition, ...]:
        rows = self.connection.execute(
            "SELECT authority, signed, received_at FROM tongguan.recognition ORDER BY serial"
        ).fetchall()
        return tuple(
            StoredRecognition(
                authority=AuthorityId(authority), signed=bytes(signed), received_at=received_at
            )
            for authority, signed, received_at in rows
        )

    def use_statement(self, statement: bytes, at: datetime, delete_after: date) -> bool:
        return bool(
            self.connection.execute(
                "INSERT INTO tongguan.used_statement (statement, used_at, delete_after)"
                " VALUES (%s, %s, %s) ON CONFLICT (statement) DO NOTHING",
                (statement, at, delete_after),
            ).rowcount
        )
