"""What the index knows of a document besides its words; the words live in a table that each database has its own way of."""

from typing import ClassVar

from django.db import models


class Document(models.Model):
    """One message that can be found. Its words are in `search_words`, row by row under the same id."""

    key = models.UUIDField(unique=True)  # the message
    group = models.UUIDField()  # its conversation: what a search shows
    scope = models.UUIDField()  # its inbox: what a reader may or may not see
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["group"], name="documents_of_a_group"),  # rescope: a conversation moves to another inbox
        ]
