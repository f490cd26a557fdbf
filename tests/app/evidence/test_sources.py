"""Who is enrolled to vouch for evidence."""

import pytest

from tests.builders.authorities import Pair
from tests.builders.evidence import source_signing_key
from tongguan.app.evidence.sources import (
    EnrolmentFault,
    EnrolmentRefusedError,
    SourceToEnrol,
    enrol_source,
    sources,
)
from tongguan.core.evidence.sources import SourceKind


@pytest.mark.parametrize("kind", SourceKind)
def test_source__without_a_unit__is_enrolled_but_for_an_order_office(
    active: Pair, kind: SourceKind
) -> None:
    """Its orders would count against nobody but a key."""
    to_enrol = SourceToEnrol(
        id="source-1", kind=kind, name="Source", public=source_signing_key("source-1").public.public
    )
    if kind is not SourceKind.ORDER_OFFICE:
        assert enrol_source(active.hk, to_enrol, by="console").unit is None
        return
    with pytest.raises(EnrolmentRefusedError) as refused:
        enrol_source(active.hk, to_enrol, by="console")
    assert refused.value.code is EnrolmentFault.UNIT_MISSING
    assert sources(active.hk) == ()
