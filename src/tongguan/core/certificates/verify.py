"""One way in for every format: which it is, is told by how it begins."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from tongguan.core.certificates import eu_dcc
from tongguan.core.certificates.card_issuers import CardIssuers
from tongguan.core.certificates.eu_dcc import verify_eu_dcc
from tongguan.core.certificates.smart_health_card import verify_card_file, verify_smart_health_card
from tongguan.core.certificates.trust import TrustStore
from tongguan.core.certificates.vds_nc import verify_vds_nc
from tongguan.core.certificates.verdict import CertificateFault, CertificateKind, Refused, Verdict

TEXT_CHARACTERS_MAX: Final = 64 * 1024
"""No format has more: several codes of a card together, or a card as a file."""
CODE_BEGINS: Final = "shc:/"
"""How a code of a card begins, one of several or the only one."""
_DOTS_OF_MESSAGE: Final = 2
"""Between the three parts of a compact JWS."""
_FILE_OF_CARDS: Final = '"verifiableCredential"'


def verify_certificate(
    text: str, *, trust: TrustStore, issuers: CardIssuers, now: datetime
) -> Verdict:
    """What the certificate says at this instant, or why it says nothing.

    The codes of a SMART Health Card that is spread over several stand one after another, with a
    space between. A file of cards counts where it holds one alone: there is one verdict.
    """
    if len(text) > TEXT_CHARACTERS_MAX:
        return Refused(
            code=CertificateFault.TOO_LONG, detail=f"more than {TEXT_CHARACTERS_MAX} characters"
        )
    if _is_of_eu(text):
        return verify_eu_dcc(text, trust=trust, now=now)
    if text.startswith(CODE_BEGINS) or (text.count(".") == _DOTS_OF_MESSAGE and "{" not in text):
        return verify_smart_health_card(text, issuers=issuers, now=now)
    if _FILE_OF_CARDS in text:
        return _verify_file(text, issuers=issuers, now=now)
    if text.lstrip().startswith(("{", "[")):
        return verify_vds_nc(text, trust=trust, now=now)
    return Refused(code=CertificateFault.UNKNOWN_FORMAT, detail="the beginning is of no format")


def verify_certificates(
    texts: Sequence[str], *, trust: TrustStore, issuers: CardIssuers, now: datetime
) -> list[Verdict]:
    """The verdict on each, in their order, as ``verify_certificate`` has it.

    The EU's are verified together, for less; nothing passes from one to another.
    """
    of_eu = [text for text in texts if _is_of_eu(text)]
    verdicts = iter(eu_dcc.verify_eu_dccs(of_eu, trust=trust, now=now))
    return [
        next(verdicts)
        if _is_of_eu(text)
        else verify_certificate(text, trust=trust, issuers=issuers, now=now)
        for text in texts
    ]


def _is_of_eu(text: str) -> bool:
    return text.startswith(eu_dcc.PREFIX) and len(text) <= TEXT_CHARACTERS_MAX


def _verify_file(text: str, *, issuers: CardIssuers, now: datetime) -> Verdict:
    verdicts = verify_card_file(text, issuers=issuers, now=now)
    if len(verdicts) == 1:
        return verdicts[0]
    return Refused(
        kind=CertificateKind.SMART_HEALTH_CARD,
        code=CertificateFault.UNREADABLE_ENVELOPE,
        detail="several cards, which have to be judged one by one",
    )
