"""Facts about surveys: ids and numbers, never the customer's words."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ascolto.conversations.events import ConversationFact
from ascolto.eventlog.event import kind


@kind("survey.invited")
@dataclass(frozen=True, kw_only=True)
class SurveyInvited(ConversationFact):
    sentence: ClassVar[str | Promise] = _("The customer was asked how it went")
    invitation: UUID
    episode: int


@kind("survey.answered")
@dataclass(frozen=True, kw_only=True)
class SurveyAnswered(ConversationFact):
    sentence: ClassVar[str | Promise] = _("The customer said how it went")
    invitation: UUID
    csat: int | None = None
    effort: int | None = None
    has_words: bool = False
    is_amended: bool = False
