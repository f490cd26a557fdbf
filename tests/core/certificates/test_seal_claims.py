from collections.abc import Callable
from typing import Any

import pytest

from tests.builders.seals import (
    SIGNER,
    TEST,
    VACCINATION,
    changed,
    judged,
    text_of,
)
from tongguan.core.certificates.verdict import (
    CertificateFault,
    Refused,
)


def of_data(data: dict[str, Any]) -> CertificateFault | None:
    """What comes of a sound seal over the data; None where it holds."""
    verdict = judged(text_of(SIGNER.seal(data)))
    return verdict.code if isinstance(verdict, Refused) else None


def missing(*path: str) -> Callable[[dict[str, Any]], None]:
    def change(data: dict[str, Any]) -> None:
        *outer, last = path
        for each in outer:
            data = data[each]
        del data[last]

    return change


@pytest.mark.parametrize(
    ("data", "change"),
    [
        (VACCINATION, lambda d: d["hdr"].update(v=2)),
        (VACCINATION, lambda d: d["hdr"].update(t="icao.visa")),
        (VACCINATION, missing("msg", "uvci")),
        (VACCINATION, missing("msg", "pid")),
        (VACCINATION, missing("msg", "pid", "n")),
        (VACCINATION, missing("msg", "ve")),
        (VACCINATION, lambda d: d["msg"].update(ve=[])),
        (VACCINATION, lambda d: d["msg"].update(ve={})),
        (VACCINATION, lambda d: d["msg"]["ve"].append({"nam": "B", "vd": []})),
        (VACCINATION, lambda d: d["msg"]["ve"][0]["vd"].append(None)),
        (VACCINATION, lambda d: d["msg"]["ve"][0]["vd"][0].update(dvc="2021-02-30")),
        (VACCINATION, lambda d: d["msg"]["ve"][0]["vd"][0].update(dvc="20210203")),
        (VACCINATION, lambda d: d["msg"]["ve"][0]["vd"][0].update(seq=True)),
        (VACCINATION, lambda d: d["msg"]["ve"][0]["vd"][0].update(seq="²")),
        (TEST, missing("msg", "utci")),
        (TEST, missing("msg", "pid")),
        (TEST, missing("msg", "sp")),
        (TEST, missing("msg", "dat", "sc")),
        (TEST, missing("msg", "tr")),
        (TEST, lambda d: d["msg"]["dat"].update(sc="2023-02-09T12:00:00")),
        (TEST, lambda d: d["msg"]["dat"].update(sc="yesterday")),
        (TEST, lambda d: d["msg"]["dat"].update(sc="2023-02-09T21:00:00+08:00")),
    ],
)
def test_claims_of_another_form__are_unreadable(
    data: dict[str, Any], change: Callable[[dict[str, Any]], object]
) -> None:
    assert of_data(changed(change, data)) is CertificateFault.UNREADABLE_CLAIMS


@pytest.mark.parametrize(
    ("reported", "fault"),
    [
        ("2023-02-10T16:00:00+08:00", None),
        ("2023-02-10T16:00:01+08:00", CertificateFault.NOT_YET_VALID),
        ("9999-12-31T23:59:59-14:00", CertificateFault.NOT_YET_VALID),
    ],
)
def test_report_later_than_now__is_not_yet_valid(
    reported: str, fault: CertificateFault | None
) -> None:
    data = changed(lambda each: each["msg"]["dat"].update(ri=reported), TEST)
    assert of_data(data) is fault
