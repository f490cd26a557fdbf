"""Trust lists and recognitions: issued and signed here, received from the other side; only grow."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final

from tongguan.app.authorities import Authority
from tongguan.app.ports import Transaction
from tongguan.app.receipts import Receipt
from tongguan.app.recognition_store import StoredRecognition, StoredTrustList
from tongguan.app.schemes import CLOCK_TOLERANCE, note_done, trusted_keys
from tongguan.core.calendar import whole_second
from tongguan.core.credentials.faults import Unreadable
from tongguan.core.credentials.keys import KeySet, KeyUse
from tongguan.core.identifiers import AuthorityId
from tongguan.core.recognition.references import (
    RecognisedUse,
    Reference,
    SignedRecognition,
    StatementKind,
    read_kept_recognition,
    read_signed_recognition,
    reference_digest,
    sign_recognition,
    statement_about,
)
from tongguan.core.recognition.state import (
    Recognitions,
    RecognitionState,
    list_of,
    state_of,
)
from tongguan.core.recognition.trust_lists import (
    SignedTrustList,
    TrustList,
    read_kept_trust_list,
    read_signed_trust_list,
    says_the_same,
    sign_trust_list,
    trust_list_digest,
    trust_list_of,
)

SHOWN_DIGITS: Final = 16
"""Of a digest: enough to tell references apart, and for people to compare aloud."""


class RecognitionRefusedError(ValueError):
    """What was asked cannot be signed; carries a stable word that says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def issue_trust_list(authority: Authority) -> SignedTrustList:
    """This authority's list of today: the latest, or the next where keys or rules changed since."""
    with authority.database.transaction() as transaction:
        at = whole_second(transaction.now)
        own = [each for each in _lists(transaction) if each.statement.authority == authority.id]
        latest = max(own, key=lambda each: each.statement.version, default=None)
        rules = () if authority.health_rules is None else (authority.health_rules.colours.id,)
        made = trust_list_of(
            authority.id,
            authority.keys.key_set(),
            rules,
            version=1 if latest is None else latest.statement.version + 1,
            at=at,
        )
        if latest is not None and says_the_same(latest.statement, made):
            return latest
        signed = sign_trust_list(made, authority.keys.signing_key(KeyUse.SCHEME, at))
        if _keep_list(transaction, signed):
            note_done(transaction, authority, "trust_list.issue", authority.id, str(made.version))
            return signed
    return issue_trust_list(authority)  # another process was faster


def receive_trust_list(authority: Authority, message: bytes) -> Receipt:
    """Keep a list that a trusted authority signed; of one number the first that came counts."""
    with authority.database.transaction() as transaction:
        signed = read_signed_trust_list(message, trusted_keys(authority, transaction))
        if isinstance(signed, Unreadable):
            return Receipt(is_new=False, refused=signed.code.value)
        made = signed.statement
        if made.at > transaction.now + CLOCK_TOLERANCE:
            return Receipt(is_new=False, refused="dated_ahead")
        known = {(each.authority, each.version): each for each in known_lists(transaction)}
        kept = known.get((made.authority, made.version))
        if kept is not None and kept != made:
            return Receipt(is_new=False, refused="version_known")
        is_new = kept is None and _keep_list(transaction, signed)
        if is_new:
            note_done(
                transaction, authority, "trust_list.receive", made.authority, str(made.version)
            )
        return Receipt(is_new=is_new, refused=None)


def receive_recognition(authority: Authority, message: bytes) -> Receipt:
    """Keep a statement that a trusted authority signed about a reference that names this one."""
    with authority.database.transaction() as transaction:
        signed = read_signed_recognition(message, trusted_keys(authority, transaction))
        if isinstance(signed, Unreadable):
            return Receipt(is_new=False, refused=signed.code.value)
        statement = signed.statement
        if authority.id not in (statement.by, statement.of):
            return Receipt(is_new=False, refused="of_others")
        if statement.at > transaction.now + CLOCK_TOLERANCE:
            return Receipt(is_new=False, refused="dated_ahead")
        is_new = _keep(transaction, signed)
        if is_new:
            digest = reference_digest(statement.reference)
            action = f"recognition.receive_{statement.kind.value}"
            note_done(transaction, authority, action, digest[:SHOWN_DIGITS], statement.authority)
        return Receipt(is_new=is_new, refused=None)


def recognise(
    authority: Authority,
    of: AuthorityId,
    *,
    version: int | None = None,
    usages: Iterable[RecognisedUse] = tuple(RecognisedUse),
    begins: datetime | None = None,
    ends: datetime,
) -> SignedRecognition:
    """Sign a reference to a list of another authority; in force once that one has signed it too.

    The latest list where no version is named, from now on where no beginning is. Again gives what
    was signed. ``RecognitionRefusedError`` for a list that is not known here, this authority's own,
    or dates that hold nothing.
    """
    with authority.database.transaction() as transaction:
        at = whole_second(transaction.now)
        chosen = [
            each
            for each in known_lists(transaction)
            if each.authority == of and version in (None, each.version)
        ]
        if of == authority.id:
            raise RecognitionRefusedError("own_list")
        if not chosen:
            raise RecognitionRefusedError("list_unknown")
        trust_list = max(chosen, key=lambda each: each.version)
        begins = at if begins is None else begins
        if ends <= max(begins, at):
            raise RecognitionRefusedError("ends_too_soon")
        reference = Reference(
            by=authority.id,
            of=of,
            list_version=trust_list.version,
            list_digest=trust_list_digest(trust_list),
            usages=tuple(sorted(set(usages))),
            begins=begins,
            ends=ends,
        )
        return _sign(authority, transaction, reference)


def countersign(authority: Authority, digest: str) -> SignedRecognition:
    """Sign the reference of this digest by which another authority recognises this one's list.

    The first digits are enough where no other begins so. ``RecognitionRefusedError`` for one that
    is not known here, is another's, or names a list that this authority never issued.
    """
    with authority.database.transaction() as transaction:
        reference = _reference(transaction, digest)
        if reference.of != authority.id:
            raise RecognitionRefusedError("not_of_own_list")
        if list_of(reference, known_lists(transaction)) is None:
            raise RecognitionRefusedError("list_unknown")
        if whole_second(transaction.now) >= reference.ends:
            raise RecognitionRefusedError("ends_too_soon")
        return _sign(authority, transaction, reference)


def withdraw(authority: Authority, digest: str) -> SignedRecognition:
    """Withdraw a reference of which this authority is one of the two: at once, and for good."""
    with authority.database.transaction() as transaction:
        reference = _reference(transaction, digest)
        if authority.id not in (reference.by, reference.of):
            raise RecognitionRefusedError("of_others")
        return _state(authority, transaction, reference, StatementKind.WITHDRAW)


@dataclass(frozen=True, kw_only=True, slots=True)
class RecognitionRecord:
    """A reference with what was done about it."""

    reference: Reference
    digest: str
    state: RecognitionState
    signed_by: tuple[AuthorityId, ...]
    withdrawn_by: tuple[AuthorityId, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class TrustOverview:
    """Every list and every reference known here."""

    lists: tuple[SignedTrustList, ...]
    recognitions: tuple[RecognitionRecord, ...]


def trust_overview(authority: Authority) -> TrustOverview:
    """What is known here of lists and of references, each with its state now."""
    with authority.database.transaction() as transaction:
        now = whole_second(transaction.now)
        known = known_recognitions(transaction)

        def by(reference: Reference, kind: StatementKind) -> tuple[AuthorityId, ...]:
            return tuple(
                dict.fromkeys(
                    each.authority
                    for each in known.statements
                    if (each.reference, each.kind) == (reference, kind)
                )
            )

        records = tuple(
            RecognitionRecord(
                reference=each,
                digest=reference_digest(each),
                state=state_of(each, known.statements, known.lists, now),
                signed_by=by(each, StatementKind.SIGN),
                withdrawn_by=by(each, StatementKind.WITHDRAW),
            )
            for each in known.references()
        )
        return TrustOverview(lists=_lists(transaction), recognitions=records)


def known_recognitions(transaction: Transaction) -> Recognitions:
    """Every list and statement kept here, as the gate and the conversion ask them."""
    return _recognitions(
        tuple(each.signed for each in transaction.recognitions.lists()),
        tuple(each.signed for each in transaction.recognitions.all()),
    )


def known_lists(transaction: Transaction) -> tuple[TrustList, ...]:
    """Every trust list kept here, in the order received."""
    return tuple(each.statement for each in _lists(transaction))


def recognised_keys(
    authority: Authority, transaction: Transaction, usage: RecognisedUse, now: datetime
) -> KeySet:
    """The keys of others that this authority recognises for a usage at an instant."""
    found = known_recognitions(transaction).keys_for(authority.id, usage, now)
    return KeySet(
        keys=tuple(
            key
            for key in trusted_keys(authority, transaction).keys
            if key.key_id in found.get(key.authority, frozenset())
        )
    )


@lru_cache(maxsize=16)
def _recognitions(lists: tuple[bytes, ...], statements: tuple[bytes, ...]) -> Recognitions:
    return Recognitions(
        lists=tuple(read_kept_trust_list(each).statement for each in lists),
        statements=tuple(read_kept_recognition(each).statement for each in statements),
    )


def _lists(transaction: Transaction) -> tuple[SignedTrustList, ...]:
    return tuple(read_kept_trust_list(each.signed) for each in transaction.recognitions.lists())


def _reference(transaction: Transaction, digest: str) -> Reference:
    """The one reference whose digest begins so."""
    known = known_recognitions(transaction).references()
    found = [each for each in known if reference_digest(each).startswith(digest.lower())]
    if len(found) != 1 or len(digest) < SHOWN_DIGITS:
        raise RecognitionRefusedError("reference_unknown")
    return found[0]


def _sign(
    authority: Authority, transaction: Transaction, reference: Reference
) -> SignedRecognition:
    statements = known_recognitions(transaction).statements
    if any(
        (each.reference, each.kind) == (reference, StatementKind.WITHDRAW) for each in statements
    ):
        raise RecognitionRefusedError("withdrawn")
    return _state(authority, transaction, reference, StatementKind.SIGN)


def _state(
    authority: Authority, transaction: Transaction, reference: Reference, kind: StatementKind
) -> SignedRecognition:
    """What this authority said of the reference before, or says now."""
    for each in transaction.recognitions.all():
        kept = read_kept_recognition(each.signed)
        said = kept.statement
        if (said.authority, said.kind, said.reference) == (authority.id, kind, reference):
            return kept
    at = whole_second(transaction.now)
    statement = statement_about(reference, kind, authority.id, at)
    signed = sign_recognition(statement, authority.keys.signing_key(KeyUse.SCHEME, at))
    _keep(transaction, signed)
    digest = reference_digest(reference)[:SHOWN_DIGITS]
    note_done(transaction, authority, f"recognition.{kind.value}", digest, reference.of)
    return signed


def _keep_list(transaction: Transaction, signed: SignedTrustList) -> bool:
    made = signed.statement
    return transaction.recognitions.add_list(
        StoredTrustList(
            authority=made.authority,
            version=made.version,
            digest=trust_list_digest(made),
            signed=signed.message,
            received_at=transaction.now,
        )
    )


def _keep(transaction: Transaction, signed: SignedRecognition) -> bool:
    return transaction.recognitions.add(
        StoredRecognition(
            authority=signed.statement.authority,
            signed=signed.message,
            received_at=transaction.now,
        )
    )
