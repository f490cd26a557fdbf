"""The language of a request, read with and without the framework."""

import random

import pytest
from django.test import RequestFactory

from tongguan.adapters.languages import accepted_language
from tongguan.web.languages import accepted_language as by_framework

TAGS = (
    *("en", "en-GB", "zh", "zh-CN", "zh-HK", "zh-TW", "zh-Hans-CN", "zh-Hant-HK", "zh-SG", "zh-MO"),
    *("zh-MY", "zh-yue", "fr", "fr-CA", "*", "ja", "en-", "zh_CN", "yue-HK", "i-klingon"),
)
QUALITIES = ("", ";q=0.9", "; q=0.8", ";q=1", ";q=0", ";q=2", ";q=1.000", ";q=0.1234", " ;q=.5")


@pytest.mark.parametrize("seed", range(20))
def test_accept_language__any__is_read_as_the_framework_does(seed: int) -> None:
    drawn = random.Random(seed)
    for _ in range(100):
        ranges = [drawn.choice(TAGS) + drawn.choice(QUALITIES) for _ in range(drawn.randint(0, 4))]
        header = drawn.choice([",", ", ", " , ", ";"]).join(ranges * drawn.choice([1, 1, 1, 60]))
        request = RequestFactory().get("/", headers={"accept-language": header})
        assert accepted_language(header) is by_framework(request), header[:500]
