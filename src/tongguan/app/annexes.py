"""Annexes of this authority, signed, and those of the other side, received; both only grow."""

from dataclasses import dataclass

from tongguan.app.authorities import Authority
from tongguan.app.ports import Transaction
from tongguan.app.receipts import Receipt
from tongguan.app.schemes import (
    CLOCK_TOLERANCE,
    adopted_texts,
    all_annexes,
    note_done,
    trusted_keys,
    version_by_digest,
)
from tongguan.app.stores import StoredAnnex
from tongguan.core.calendar import whole_second
from tongguan.core.credentials.faults import Unreadable
from tongguan.core.credentials.keys import KeyUse
from tongguan.core.identifiers import AnnexId, VersionDigest
from tongguan.core.scheme.annex_statements import (
    AnnexSigned,
    SignedAnnex,
    annexes_in_force,
    read_signed_annex,
    sign_annex,
)
from tongguan.core.scheme.annexes import check_annex
from tongguan.core.scheme.faults import Fault
from tongguan.core.scheme.model import Annex


class AnnexRefusedError(ValueError):
    """The annex is not within the bounds of its agreement; carries every fault."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__(faults[0].message.en)
        self.faults = faults


class AnnexNumberError(ValueError):
    """A later annex of this authority holds already: the number must be higher than its."""

    def __init__(self, number: int) -> None:
        super().__init__(f"annex {number} holds already")
        self.number = number


def sign_own_annex(authority: Authority, digest: VersionDigest, annex: Annex) -> SignedAnnex:
    """Sign an annex to an adopted text; it holds from now on. Again gives what was signed.

    ``AnnexRefusedError`` when the agreement does not allow it, ``AnnexNumberError`` when another
    annex of the same number or a higher one was signed before, ``KeyError`` for a text that was
    never adopted here.
    """
    with authority.database.transaction() as transaction:
        version = version_by_digest(transaction, digest)
        at = whole_second(transaction.now)
        faults = check_annex(version, annex, at=at)
        if faults:
            raise AnnexRefusedError(faults)
        for signed in all_annexes(transaction, digest):
            if signed.statement.authority != authority.id:
                continue
            if signed.statement.annex == annex:
                return signed
            if signed.statement.annex.number >= annex.number:
                raise AnnexNumberError(signed.statement.annex.number)
        statement = AnnexSigned(authority=authority.id, at=at, digest=digest, annex=annex)
        signed = sign_annex(statement, authority.keys.signing_key(KeyUse.SCHEME, at))
        _keep(transaction, signed)
        note_done(transaction, authority, "annex.sign", annex.id, digest[:16])
        return signed


def receive_annex(authority: Authority, message: bytes) -> Receipt:
    """Keep an annex that a trusted authority signed and its agreement allows; else say why not."""
    with authority.database.transaction() as transaction:
        signed = read_signed_annex(message, trusted_keys(authority, transaction))
        if isinstance(signed, Unreadable):
            return Receipt(is_new=False, refused=signed.code.value)
        refused = _refused(transaction, signed.statement)
        if refused is not None:
            return Receipt(is_new=False, refused=refused)
        is_new = _keep(transaction, signed)
        if is_new:
            annex = signed.statement.annex
            note_done(transaction, authority, "annex.receive", annex.id, signed.statement.authority)
        return Receipt(is_new=is_new, refused=None)


@dataclass(frozen=True, kw_only=True, slots=True)
class AnnexRecord:
    """An annex kept here, and whether it holds now."""

    signed: SignedAnnex
    in_force: bool


def annex_records(authority: Authority, digest: VersionDigest) -> tuple[AnnexRecord, ...]:
    """Every annex to a text adopted here, by authority and number."""
    with authority.database.transaction() as transaction:
        version = version_by_digest(transaction, digest)
        kept = all_annexes(transaction, digest)
        statements = [each.statement for each in kept]
        held = annexes_in_force(version, digest, statements, whole_second(transaction.now))
    records = [AnnexRecord(signed=each, in_force=each.statement in held) for each in kept]
    return tuple(sorted(records, key=_in_order))


def annexes_left_behind(
    authority: Authority, before: VersionDigest, digest: VersionDigest
) -> tuple[AnnexId, ...]:
    """Annexes in force to a text before, whose authority has none to the text that follows.

    An annex is held against the bounds of one text and signed for it, so it goes over to no other.
    """
    with authority.database.transaction() as transaction:
        new = {each.statement.authority for each in all_annexes(transaction, digest)}
    return tuple(
        each.signed.statement.annex.id
        for each in annex_records(authority, before)
        if each.in_force and each.signed.statement.authority not in new
    )


def _in_order(record: AnnexRecord) -> tuple[str, int]:
    statement = record.signed.statement
    return statement.authority, statement.annex.number


def _refused(transaction: Transaction, statement: AnnexSigned) -> str | None:
    """Why an annex could do nothing here."""
    if statement.at > transaction.now + CLOCK_TOLERANCE:
        return "dated_ahead"
    version = adopted_texts(transaction).get(statement.digest)
    if version is None:
        return "text_not_adopted"
    faults = check_annex(version, statement.annex, at=statement.at)
    return faults[0].code.value if faults else None


def _keep(transaction: Transaction, signed: SignedAnnex) -> bool:
    statement = signed.statement
    return transaction.annexes.add(
        StoredAnnex(
            authority=statement.authority,
            version=statement.digest,
            number=statement.annex.number,
            signed=signed.message,
            received_at=transaction.now,
        )
    )
