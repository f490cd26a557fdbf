"""The public page."""

from django.test import Client

from tests.builders.authorities import Pair


def test_public__show__in_every_language(hk: Pair, client: Client) -> None:
    for language in ("zh-hant", "zh-hans", "en"):
        response = client.get(f"/{language}/")
        assert response.status_code == 200
