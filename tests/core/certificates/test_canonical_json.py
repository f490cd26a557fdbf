from typing import Any

import pytest
import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from tongguan.core.certificates.canonical_json import canonical_form

SAFE = 2**53 - 1
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-SAFE, SAFE)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)


@given(values)
@example({"\ufb33": 1, "\U0001f600": 2, "\u20ac": 3, "\r": 4, "1": 5, "\x80": 6})
@example(['\x00\x07\b\t\n\x0b\f\r\x1f\x7f\x80\u2028\u2029"\\/<\U0001f600'])
@example([0, -0.0, 1.0, 1e16, 1e21, 1e-7, 333333333.33333329, 5e-324])
@example({"b": {"d": [True, None], "c": ""}, "a": [{}, []], "": SAFE})
def test_canonical_form__is_that_of_rfc_8785(value: Any) -> None:
    assert canonical_form(value) == rfc8785.dumps(value)


@pytest.mark.parametrize(
    "value", [SAFE + 1, -SAFE - 1, [2**64], float("nan"), float("inf"), ["\ud800"], {"\ud800": 1}]
)
def test_value_without_a_canonical_form__is_an_error(value: Any) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - of whatever kind
        canonical_form(value)
