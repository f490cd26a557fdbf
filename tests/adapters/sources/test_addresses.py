"""Addresses lose what follows readers and nothing else."""

import pytest

from tongguan.adapters.sources.addresses import is_tracked, plain_address, publisher_label


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("https://a.example/x?utm_source=b&id=1", "https://a.example/x?id=1"),
        ("https://a.example/x?fbclid=1", "https://a.example/x"),
        ("https://A.example/x?Q=%E4%BD%A0&b", "https://a.example/x?Q=%E4%BD%A0&b"),
        ("http://a.example/x#part", "http://a.example/x"),
        ("/y?id=2", "https://base.example/y?id=2"),
        ("javascript:alert(1)", None),
        ("JaVaScRiPt:alert(1)", None),
        ("data:text/html,x", None),
        ("mailto:a@b.example", None),
        ("https://user:pass@a.example/", None),
        ("https://a.example/" + "x" * 2000, None),
        ("https://[bad", None),
        ('https://a.example/"><script>', None),
        ("https://a.example:port/?" + "a&" * 300, None),
    ],
)
def test_address__is__plain_or_none(written: str, plain: str | None) -> None:
    assert plain_address(written, "https://base.example/z") == plain


def test_address__is_tracked__by_its_parameters_alone() -> None:
    assert is_tracked("https://a.example/?id=1&UTM_medium=x")
    assert not is_tracked("https://a.example/utm_medium?id=1")


@pytest.mark.parametrize(
    ("address", "label"),
    [
        ("https://www.zaobao.com/x", "zaobao"),
        ("https://www.news.gov.hk/x", "news"),
        ("https://m.bay-daily.example.co.uk", "bay-daily-example"),
        ("https://localhost/", "localhost"),
        ("https://127.0.0.1/", "127-0-0"),
    ],
)
def test_publisher__is_labelled__by_the_host(address: str, label: str) -> None:
    assert publisher_label(address) == label
