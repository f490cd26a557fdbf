"""What every column of the domain tables is, as far as people are concerned.

``tests/adapters/postgres/test_personal.py`` reads the database's own catalogue and fails for a
column that is not declared here, for a personal one that is neither sealed nor keyed, and for one
that nothing deletes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How a column treats people."""

    KEYED = "keyed"
    """A keyed digest: finds a person for who has the key, says nothing to anyone else."""
    LINKED = "linked"
    """About a person only through an id or a keyed digest beside it; no content of its own."""
    NONE = "none"
    """About no traveller."""
    OFFICER = "officer"
    """The user name of an officer or of the program, kept for accountability."""
    SEALED = "sealed"
    """Personal data, encrypted for this column and row."""


class Retention(StrEnum):
    """When the rows of a table go."""

    DATED = "dated"
    """After the row's own ``delete_after``."""
    KEPT = "kept"
    """Never: policy, keys and the record of acts; no traveller's data stands in it."""
    WITH_APPLICATION = "with_application"
    """When the application it belongs to goes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """A table's rule of retention and what each of its columns is."""

    retention: Retention
    columns: Mapping[str, Kind]


def _columns(kind: Kind, names: str) -> dict[str, Kind]:
    return dict.fromkeys(names.split(), kind)


TABLES: Mapping[str, Table] = {
    "applicant": Table(
        retention=Retention.WITH_APPLICATION,
        columns={
            **_columns(Kind.LINKED, "application number"),
            "person_index": Kind.KEYED,
            "person_sealed": Kind.SEALED,
        },
    ),
    "application": Table(
        retention=Retention.DATED,
        columns={
            **_columns(Kind.LINKED, "id reference version_digest phase category itinerary state"),
            **_columns(Kind.LINKED, "decision submitted_at decided_at lapsed_at delete_after"),
            **_columns(Kind.LINKED, "sponsor decide_by"),
            "request_hash": Kind.KEYED,
            "evidence_sealed": Kind.SEALED,
            "stays_sealed": Kind.SEALED,
            "decided_by": Kind.OFFICER,
        },
    ),
    "audit_entry": Table(
        retention=Retention.KEPT,
        columns={
            **_columns(Kind.LINKED, "serial at action subject outcome codes"),
            "actor": Kind.OFFICER,
        },
    ),
    "clock": Table(
        retention=Retention.KEPT,
        columns=_columns(Kind.NONE, "only_row demonstration shift_microseconds last_seen"),
    ),
    "crossing": Table(
        retention=Retention.DATED,
        columns={
            **_columns(Kind.LINKED, "id gate pass_id direction control_point at"),
            **_columns(Kind.LINKED, "outcome crossed delete_after"),
            "decision_sealed": Kind.SEALED,
            "request_hash": Kind.KEYED,
        },
    ),
    "daily_figures": Table(
        retention=Retention.KEPT,
        columns=_columns(Kind.NONE, "serial signed_hash authority scheme day signed received_at"),
    ),
    "gate": Table(
        retention=Retention.KEPT,
        columns=_columns(Kind.NONE, "id name control_point token_hash enrolled_at withdrawn_at"),
    ),
    "health_code": Table(
        retention=Retention.DATED,
        columns={
            **_columns(Kind.LINKED, "id rule_version issued_at valid_until status_index"),
            **_columns(Kind.LINKED, "revoked_at delete_after"),
            **_columns(Kind.KEYED, "request_hash person_index"),
            **_columns(Kind.SEALED, "declared_sealed colour_sealed"),
        },
    ),
    "journey": Table(
        retention=Retention.WITH_APPLICATION,
        columns={
            **_columns(Kind.LINKED, "id application scheme cell_weeks phase version_digest"),
            **_columns(Kind.LINKED, "booked_at cancelled_at held_until replaced_by"),
            **_columns(Kind.LINKED, "windows window_persons"),
            "request_hash": Kind.KEYED,
        },
    ),
    "live_journey": Table(
        retention=Retention.WITH_APPLICATION,
        columns={
            "person": Kind.KEYED,
            **_columns(Kind.LINKED, "scheme number journey live_until"),
        },
    ),
    "migration": Table(
        retention=Retention.KEPT, columns=_columns(Kind.NONE, "number name checksum applied_at")
    ),
    "notice": Table(
        retention=Retention.WITH_APPLICATION,
        columns=_columns(Kind.LINKED, "serial application journey code facts at"),
    ),
    "pass": Table(
        retention=Retention.DATED,
        columns={
            **_columns(Kind.LINKED, "id journey application person_number leg status_index"),
            **_columns(Kind.LINKED, "issued_at expires_at revoked_at delete_after"),
            **_columns(Kind.NONE, "version_digest phase"),
        },
    ),
    "peer": Table(
        retention=Retention.KEPT,
        columns=_columns(Kind.NONE, "authority fingerprint key_set url trusted_at"),
    ),
    "peer_status_list": Table(
        retention=Retention.KEPT,
        columns=_columns(Kind.NONE, "authority list_id signed issued_at"),
    ),
    "place": Table(
        retention=Retention.WITH_APPLICATION,
        columns={
            **_columns(Kind.LINKED, "cell_scheme cell_week journey leg person_number direction"),
            **_columns(Kind.LINKED, "category control_point slot day sponsor"),
            "person": Kind.KEYED,
        },
    ),
    "quota_window": Table(
        retention=Retention.WITH_APPLICATION,
        columns={
            **_columns(Kind.NONE, "cell_scheme cell_week quota starts days capacity honoured"),
            **_columns(Kind.NONE, "taken reckoned_at forgotten number"),
            **_columns(Kind.KEYED, "dimensions part_of"),
        },
    ),
    "scheme_act": Table(
        retention=Retention.KEPT,
        columns=_columns(
            Kind.NONE, "serial signed_hash authority version_digest signed received_at"
        ),
    ),
    "scheme_annex": Table(
        retention=Retention.KEPT,
        columns=_columns(
            Kind.NONE, "serial signed_hash authority version_digest number signed received_at"
        ),
    ),
    "scheme_version": Table(
        retention=Retention.KEPT,
        columns=_columns(Kind.NONE, "serial digest id canonical adopted_at"),
    ),
    "sponsored_person": Table(
        retention=Retention.DATED,
        columns={
            **_columns(Kind.LINKED, "scheme sponsor named_at delete_after"),
            "person_index": Kind.KEYED,
        },
    ),
    "transition": Table(
        retention=Retention.KEPT,
        columns=_columns(
            Kind.NONE, "serial scheme version_digest phase last_day applied_at counts"
        ),
    ),
}
