"""What a clause assumes is named by the key that it has in that clause."""

from django.utils import translation

from tests.builders.changes import assumed
from tests.builders.schemes import text
from tongguan.core.scheme.model import Basis
from tongguan.web.templatetags.scheme import basis


def labels(form: str, *keys: str) -> list[str]:
    assuming = Basis(assumed=dict.fromkeys(keys, text("a test")))
    with translation.override("en"):
        return [each.field for each in basis(assumed(), assuming, form)["assumed"]]


def test_assumption__of_booking__is_not_named_as_one_of_a_control_point() -> None:
    assert labels("booking", "closes", "party", "hours.closes", "releases") == [
        "When booking closes",
        "Who may travel together",
        "End of booking hours",
        "When booking opens",
    ]
    assert labels("", "closes", "party") == ["Closing time", "The party"]
