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
    WITH_CASE = "with_case"
    """When the case it belongs to goes."""
    WITH_EVIDENCE = "with_evidence"
    """When the evidence it belongs to goes."""
    WITH_REGISTRATION = "with_registration"
    """When the registration it belongs to goes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """A table's rule of retention and what each of its columns is."""

    retention: Retention
    columns: Mapping[str, Kind]


def _columns(kind: Kind, names: str) -> dict[str, Kind]:
    return dict.fromkeys(names.split(), kind)


TABLES: Mapping[str, Table] = {
    "adverse_act": Table(
        retention=Retention.KEPT,
        columns={
            **_columns(Kind.LINKED, "serial evidence route targets at held reviewed_at"),
            **_columns(Kind.OFFICER, "causers reviewed_by"),
        },
    ),
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
    "brought_certificate": Table(
        retention=Retention.WITH_REGISTRATION,
        columns={
            "certificate": Kind.KEYED,
            **_columns(Kind.LINKED, "registration key_id brought_at"),
        },
    ),
    "claim_refusal": Table(
        retention=Retention.KEPT,
        columns={**_columns(Kind.LINKED, "claim refused_at units"), "officers": Kind.OFFICER},
    ),
    "clock": Table(
        retention=Retention.KEPT,
        columns=_columns(Kind.NONE, "only_row demonstration shift_microseconds last_seen"),
    ),
    "correction_case": Table(
        retention=Retention.DATED,
        columns={
            **_columns(Kind.LINKED, "id registration evidence state opened_at decide_by"),
            **_columns(Kind.LINKED, "decided_at delete_after"),
            "decided_by": Kind.OFFICER,
            "person_index": Kind.KEYED,
            "words_sealed": Kind.SEALED,
        },
    ),
    "correction_clock": Table(
        retention=Retention.KEPT,
        columns=_columns(Kind.LINKED, "correction_case opened_at decide_by decided_at"),
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
    "evidence": Table(
        retention=Retention.DATED,
        columns={
            **_columns(Kind.LINKED, "serial id registration route source batch issued_at"),
            **_columns(Kind.LINKED, "received_at ends_at delete_after"),
            **_columns(Kind.KEYED, "request_hash person_index"),
            "causers": Kind.OFFICER,
            "content_sealed": Kind.SEALED,
        },
    ),
    "evidence_batch": Table(
        retention=Retention.DATED,
        columns={
            **_columns(Kind.LINKED, "digest source received_at delete_after"),
            "signed_sealed": Kind.SEALED,
        },
    ),
    "evidence_event": Table(
        retention=Retention.WITH_EVIDENCE,
        columns={
            **_columns(Kind.LINKED, "serial evidence kind at units correction_case decide_by"),
            "by": Kind.OFFICER,
        },
    ),
    "evidence_source": Table(
        retention=Retention.KEPT,
        columns=_columns(
            Kind.NONE,
            "id kind unit name public not_before not_after enrolled_at withdrawn_at unsound_since"
            " unsound_because",
        ),
    ),
    "gate": Table(
        retention=Retention.KEPT,
        columns=_columns(Kind.NONE, "id name control_point token_hash enrolled_at withdrawn_at"),
    ),
    "health_alarm": Table(
        retention=Retention.KEPT,
        columns={
            **_columns(Kind.LINKED, "serial kind acts raised_at reviewed_at"),
            **_columns(Kind.OFFICER, "subject reviewed_by"),
        },
    ),
    "health_code": Table(
        retention=Retention.DATED,
        columns={
            **_columns(Kind.LINKED, "id rule_version issued_at valid_until status_index"),
            **_columns(Kind.LINKED, "revoked_at delete_after registration"),
            **_columns(Kind.KEYED, "request_hash person_index"),
            **_columns(Kind.SEALED, "declared_sealed colour_sealed"),
        },
    ),
    "health_notice": Table(
        retention=Retention.DATED,
        columns={
            **_columns(Kind.LINKED, "serial id at delete_after"),
            "person_index": Kind.KEYED,
            "notice_sealed": Kind.SEALED,
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
    "number_claim": Table(
        retention=Retention.DATED,
        columns={
            **_columns(Kind.LINKED, "id registration state opened_at decide_by decided_at"),
            **_columns(Kind.LINKED, "units delete_after"),
            **_columns(Kind.KEYED, "request_hash person_index"),
            "decided_by": Kind.OFFICER,
            "holder_sealed": Kind.SEALED,
        },
    ),
    "officer_unit": Table(
        retention=Retention.KEPT,
        columns={**_columns(Kind.NONE, "serial unit since"), "officer": Kind.OFFICER},
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
    "proposal": Table(
        retention=Retention.DATED,
        columns={
            **_columns(Kind.LINKED, "id kind unit proposed_at lapses_at state decided_unit"),
            **_columns(Kind.LINKED, "decided_at delete_after"),
            **_columns(Kind.OFFICER, "proposed_by decided_by"),
            "person_index": Kind.KEYED,
            "content_sealed": Kind.SEALED,
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
    "recognition": Table(
        retention=Retention.KEPT,
        columns=_columns(Kind.NONE, "serial signed_hash authority signed received_at"),
    ),
    "registration": Table(
        retention=Retention.DATED,
        columns={
            **_columns(Kind.LINKED, "id reference route state registered_at verified_at"),
            **_columns(Kind.LINKED, "replaced_by replaced_at delete_after"),
            **_columns(Kind.LINKED, "slip_turn slip_renewal slip_renewed_at"),
            **_columns(Kind.KEYED, "request_hash person_index"),
            **_columns(Kind.OFFICER, "registered_by verified_by"),
            "holder_sealed": Kind.SEALED,
        },
    ),
    "relief_told": Table(
        retention=Retention.WITH_CASE, columns=_columns(Kind.LINKED, "correction_case at")
    ),
    "risk_place": Table(
        retention=Retention.KEPT,
        columns=_columns(
            Kind.NONE, "serial division first_on last_on source listed_at taken_back_at"
        ),
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
    "trust_list": Table(
        retention=Retention.KEPT,
        columns=_columns(
            Kind.NONE, "serial signed_hash authority version digest signed received_at"
        ),
    ),
    "used_statement": Table(
        retention=Retention.DATED,
        columns=_columns(Kind.LINKED, "statement used_at delete_after"),
    ),
}
