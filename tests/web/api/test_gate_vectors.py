"""Every published vector of our own codes, put before a server that knows none of their keys."""

import json
from pathlib import Path

from django.test import Client

from tests.builders.authorities import Pair
from tests.web.api.calls import call, document
from tests.web.api.test_gate import enrolled

TEXT_CHARACTERS_MAX = 1000
"""Of a request; no code of ours is as long."""
FOLDER = Path(__file__).parents[3] / "conformance" / "credentials"


def texts(kind: str) -> list[str]:
    vectors = [json.loads(each.read_text()) for each in sorted((FOLDER / kind).glob("*/*.json"))]
    return [text for each in vectors for text in each.get("texts", [each.get("text")])]


def test_gate__whatever_text_is_shown__answers_and_admits_nobody(hk: Pair, client: Client) -> None:
    headers, papers = enrolled(hk), document()
    shown = [(text, []) for text in texts("pass")] + [(None, [text]) for text in texts("code")]
    assert len(shown) > 200
    for pass_text, code_texts in shown:
        body = {
            "direction": "HK-GD",
            "pass_text": pass_text,
            "code_texts": code_texts,
            "document": papers,
        }
        response = call(client, "POST", "/gate/decide", body, **headers)
        if any(len(text) > TEXT_CHARACTERS_MAX for text in (pass_text or "", *code_texts)):
            assert (response.status_code, response.json()["code"]) == (400, "request_invalid")
            continue
        assert response.status_code == 200, (pass_text, code_texts, response.content)
        answer = response.json()
        assert answer["outcome"] in ("deny", "refer")
        codes = {each["code"] for each in answer["reasons"]}
        assert "pass_unreadable" in codes if pass_text else "health_code_unreadable" in codes
