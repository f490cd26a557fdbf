"""The MAC is HMAC-SHA256, whatever the lengths, and a key may be used again and again."""

import hmac
from concurrent.futures import ThreadPoolExecutor

from hypothesis import given
from hypothesis import strategies as st

from tongguan.core.credentials.mac import MacKey

BYTES = st.binary(max_size=200)


@given(BYTES, BYTES, st.lists(BYTES, max_size=4))
def test_mac__of_any_messages__is_hmac_sha256(
    key: bytes, begin: bytes, messages: list[bytes]
) -> None:
    mac = MacKey(key, begin)
    for each in messages:
        assert mac.digest(each) == hmac.digest(key, begin + each, "sha256")


def test_mac__known_answer__is_that_of_rfc_4231() -> None:
    expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert MacKey(b"Jefe").digest(b"what do ya want for nothing?").hex() == expected
    assert MacKey(b"Jefe", b"what do ").digest(b"ya want for nothing?").hex() == expected


def test_mac__of_many_threads_at_once__is_each_one_s_own() -> None:
    mac = MacKey(b"key")
    messages = [b"%d" % number for number in range(2000)]
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(mac.digest, messages))
    assert found == [hmac.digest(b"key", each, "sha256") for each in messages]
