"""What two officers may judge together."""

import pytest

from tests.builders.kept import kept, stay
from tongguan.core.evidence.records import EvidenceKind
from tongguan.core.evidence.two_officers import speaks_against
from tongguan.core.health.grounds import HealthReason


@pytest.mark.parametrize("kind", [EvidenceKind.DISCHARGE, EvidenceKind.DOSE])
@pytest.mark.parametrize("ground", [None, HealthReason.DISCHARGED_RECENTLY])
def test_evidence__for_a_person__speaks_never_against_them(
    kind: EvidenceKind, ground: HealthReason | None
) -> None:
    assert not speaks_against(kept(ground, kind=kind).evidence)


def test_evidence__with_a_ground_or_of_a_place__speaks_against_them() -> None:
    assert speaks_against(kept(HealthReason.CLOSE_CONTACT).evidence)
    assert speaks_against(stay("440305").evidence)
    assert not speaks_against(kept(None).evidence)
