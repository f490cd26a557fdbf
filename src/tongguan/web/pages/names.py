"""What ids name, though a later text may have replaced the one in which they stand."""

from collections.abc import Iterable

from tongguan.app.schemes import Holding, text_of
from tongguan.app.stores import Application
from tongguan.core.eligibility.decide import category_of
from tongguan.core.identifiers import CategoryId
from tongguan.core.scheme.model import Phase, Version
from tongguan.web.service import current_authority
from tongguan.web.templatetags.scheme import category_name


def texts_of(application: Application, holding: Holding) -> tuple[tuple[Version, Phase], ...]:
    """The text that was applied under, and what holds; first the one that has the category.

    An officer may have granted under a category that only the later text has, so both are asked.
    """
    own = text_of(current_authority(), application.version, application.phase)
    texts = (own, (holding.version, holding.phase))
    return tuple(sorted(texts, key=lambda text: category_of(text[1], application.category) is None))


def name_of_category(phases: Iterable[Phase], category: str) -> str:
    """What a category is called in the first of the phases that has it."""
    names = (category_name(phase, CategoryId(category)) for phase in phases)
    return next((name for name in names if name != category), category)
