"""What a survey asks, in the active language; a change of these words breaks the series of the figures."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext


@dataclass(frozen=True, kw_only=True)
class Wording:
    """The two questions with a word for every point, and the room for one's own words."""

    csat: str
    csat_points: tuple[tuple[int, str], ...]
    effort: str
    effort_points: tuple[tuple[int, str], ...]
    why: str


def wording() -> Wording:
    """The questions as measurement.md 1.1 words them."""
    return Wording(
        csat=_("How satisfied are you with the help you received?"),
        csat_points=(
            (1, pgettext("satisfaction", "Not at all")),
            (2, pgettext("satisfaction", "A little")),
            (3, pgettext("satisfaction", "Fairly")),
            (4, pgettext("satisfaction", "Quite")),
            (5, pgettext("satisfaction", "Very")),
        ),
        effort=_("How much did it cost you to solve the problem with our customer service?"),
        effort_points=(
            (1, _("Much less than I thought")),
            (2, _("Less than I thought")),
            (3, _("As much as I thought")),
            (4, _("More than I thought")),
            (5, _("Much more than I thought")),
        ),
        why=_("What made it so?"),
    )
