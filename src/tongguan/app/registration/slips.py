"""A new secret for a registration, taken with the old one, which opens nothing from then on.

Whoever typed a registration at a counter has seen its slip; its holder need not keep that one.
"""

from datetime import datetime

from tongguan.app.applications import RequestIdReusedError
from tongguan.app.authorities import Authority
from tongguan.app.registration.claim_decisions import uphold_due_claims
from tongguan.app.registration.registering import hold_number, record
from tongguan.app.registration.requests import SLIP_AGAIN_TIME
from tongguan.app.registration.store import Registration
from tongguan.core.credentials.index import Slip, normalised_reference


def renew_slip(authority: Authority, renewal: str, reference: str, secret: str) -> Slip | None:
    """The new slip, to whoever holds reference and secret of an open registration; else ``None``.

    ``renewal`` is a UUID chosen by the client. The same again, with the secret before, gives the
    same slip for some minutes: the answer may have been lost, and nothing else opens by then.
    Raises ``RequestIdReusedError`` for the id of the latest renewal with the secret after it.
    """
    uphold_due_claims(authority)
    with authority.database.transaction() as transaction:
        found = transaction.registrations.by_reference(normalised_reference(reference))
        if found is None:
            return None
        held = hold_number(transaction, found.person)
        if held is None or held.id != found.id:
            return None
        if authority.index.opens_registration(held.id, secret, held.slip_turn):
            if held.slip_renewal == renewal:
                raise RequestIdReusedError
            transaction.registrations.renew_slip(held.id, renewal, at=transaction.now)
            record(transaction, "traveller", "registration.renew_slip", held.id, "renewed")
            return authority.index.registration_slip(held.id, held.slip_turn + 1)
        is_before = held.slip_renewal == renewal and authority.index.opens_registration(
            held.id, secret, held.slip_turn - 1
        )
        if not is_before or transaction.now - _renewed_at(held) > SLIP_AGAIN_TIME:
            return None
        return authority.index.registration_slip(held.id, held.slip_turn)


def _renewed_at(registration: Registration) -> datetime:
    """Of one whose slip was renewed."""
    if registration.slip_renewed_at is None:
        raise LookupError("its slip was never renewed")
    return registration.slip_renewed_at
