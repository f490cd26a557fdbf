"""Which format a text is of is told by how it begins; every text has a verdict."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import cards, dcc, seals
from tongguan.core.certificates.card_issuers import CardIssuers
from tongguan.core.certificates.trust import TrustStore
from tongguan.core.certificates.verdict import (
    CertificateFault,
    CertificateKind,
    Refused,
    Verdict,
    Verified,
)
from tongguan.core.certificates.verify import TEXT_CHARACTERS_MAX, verify_certificate

NOW = datetime(2021, 12, 13, 4, 0, tzinfo=UTC)


def verdict(text: str, now: datetime = NOW) -> Verdict:
    return verify_certificate(
        text,
        trust=TrustStore(certificates=(dcc.default_certificate(), *seals.TRUST.certificates)),
        issuers=cards.ISSUERS,
        now=now,
    )


@pytest.mark.parametrize(
    ("text", "now", "kind"),
    [
        (dcc.dcc_text(), NOW, CertificateKind.EU_DCC),
        (cards.SOUND, cards.NOW, CertificateKind.SMART_HEALTH_CARD),
        (cards.codes(cards.SOUND)[0], cards.NOW, CertificateKind.SMART_HEALTH_CARD),
        (" ".join(cards.codes(cards.SOUND, 3)), cards.NOW, CertificateKind.SMART_HEALTH_CARD),
        (seals.text_of(seals.Signer().seal()), seals.NOW, CertificateKind.VDS_NC),
        (" \n" + seals.text_of(seals.Signer().seal()), seals.NOW, CertificateKind.VDS_NC),
    ],
)
def test_certificate__of_each_format__is_known_by_its_beginning(
    text: str, now: datetime, kind: CertificateKind
) -> None:
    found = verdict(text, now)
    assert isinstance(found, Verified), found
    assert found.kind is kind


@pytest.mark.parametrize("text", ["", " ", "hc1:", "TG1:NCF", "SHC:/1", "eyJ", "a.b", "健康碼"])
def test_certificate__of_no_format__is_refused_as_such(text: str) -> None:
    found = verdict(text)
    assert isinstance(found, Refused)
    assert (found.code, found.kind) == (CertificateFault.UNKNOWN_FORMAT, None)


def test_certificate__longer_than_any__is_not_read() -> None:
    found = verdict("HC1:" + "A" * TEXT_CHARACTERS_MAX)
    assert isinstance(found, Refused)
    assert found.code is CertificateFault.TOO_LONG


def test_certificate__of_an_issuer_that_is_not_enrolled__is_never_believed() -> None:
    for text, now in (
        (dcc.dcc_text(), NOW),
        (cards.SOUND, cards.NOW),
        (seals.text_of(seals.Signer().seal()), seals.NOW),
    ):
        found = verify_certificate(text, trust=TrustStore(), issuers=CardIssuers(), now=now)
        assert isinstance(found, Refused)
        assert found.code is CertificateFault.UNKNOWN_KEY


@given(st.sampled_from(["HC1:", "shc:/", "{", "[", "eyJ", ""]), st.text(max_size=200))
def test_certificate__of_any_text__has_a_verdict(beginning: str, rest: str) -> None:
    assert isinstance(verdict(beginning + rest), Refused)
