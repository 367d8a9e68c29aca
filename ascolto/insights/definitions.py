"""What each figure means: its rule in words, whom it counts, where it comes from. The pages print what stands here."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, kw_only=True)
class Definition:
    """A metric. A change of rule or wording raises `version`, and series break there."""

    id: str
    version: int
    name: str | Promise
    rule: str | Promise
    cohort: str | Promise
    source: str | Promise


ASKED_IN_PERIOD = _("Conversations whose customer was asked in the period; an answer counts for the day of the question.")

CSAT = Definition(
    id="csat",
    version=1,
    name=_("Satisfaction (CSAT)"),
    rule=_("Answers 4 and 5 out of all answers 1 to 5 to “How satisfied are you with the help you received?”, in percent."),
    cohort=ASKED_IN_PERIOD,
    source=_("Two best points of five. Interval: Wilson 1927, 95 %, as Brown, Cai and DasGupta recommend (2001)."),
)
EFFORT = Definition(
    id="ces-a",
    version=1,
    name=_("Net ease (CES-A)"),
    rule=_("Percent who found it less work than they thought (1, 2) minus percent who found it more (4, 5): from −100 to +100."),
    cohort=ASKED_IN_PERIOD,
    source=_("Effort against expectation; it falls when people expect more. Interval: two shares of one sample, 95 %."),
)
ANSWERS = Definition(
    id="answers",
    version=1,
    name=_("Answers"),
    rule=_("Customers who chose at least one answer or wrote why. Looking at the questions counts nothing."),
    cohort=ASKED_IN_PERIOD,
    source=_("One answer for each resolution; one changed within 7 days replaces the first."),
)
RESPONSE = Definition(
    id="response-rate",
    version=1,
    name=_("Response rate"),
    rule=_("Answers out of questions that arrived: shown on a screen, or taken by the mail server. In percent."),
    cohort=ASKED_IN_PERIOD,
    source=_("Both sides have the same filter, so it never passes 100 %. Questions of the last 14 days may still be answered."),
)
DEFINITIONS = (CSAT, EFFORT, ANSWERS, RESPONSE)
