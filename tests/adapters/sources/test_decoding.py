"""Bytes become text strictly or not at all."""

import pytest

from tongguan.adapters.sources.decoding import SIZE_BYTES_MAX, decoded
from tongguan.adapters.sources.refusals import SourceRefusal, SourceRefusedError


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("渡轮".encode(), "utf-8"),
        (b"\xef\xbb\xbf" + "渡轮".encode(), "utf-8"),
        (b"\xff\xfe" + "渡轮".encode("utf-16-le"), "utf-16-le"),
        (b"<meta charset=GB2312>" + "渡轮".encode("gb18030"), "gb18030"),
        (b"<meta charset='big5'>" + "渡輪".encode("big5"), "big5hkscs"),
        (b'<meta http-equiv=a content="text/html; charset=gbk">' + "渡轮".encode("gbk"), "gb18030"),
    ],
)
def test_bytes__are_read__in_the_encoding_they_declare(content: bytes, encoding: str) -> None:
    found = decoded(content)
    assert found.encoding == encoding
    assert found.text.endswith(("渡轮", "渡輪"))


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", SourceRefusal.EMPTY),
        (b"\xef\xbb\xbf \n", SourceRefusal.EMPTY),
        (b"\x89PNG\r\n\x1a\n\x00\x00", SourceRefusal.BINARY),
        (b"title\x07", SourceRefusal.BINARY),
        (b"a" * (SIZE_BYTES_MAX + 1), SourceRefusal.TOO_LARGE),
        ("渡轮".encode("gb18030"), SourceRefusal.ENCODING_WRONG),
        (b"<meta charset=big5>\xff\xff", SourceRefusal.ENCODING_WRONG),
        (b"<meta charset=utf-7>\xff", SourceRefusal.ENCODING_WRONG),
    ],
)
def test_bytes__that_are_no_text__are_refused(content: bytes, code: SourceRefusal) -> None:
    with pytest.raises(SourceRefusedError) as refused:
        decoded(content)
    assert refused.value.code is code
