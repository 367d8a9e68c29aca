"""What we know of each file that was given to us; the bytes themselves stand on disk under their digest."""

from django.db import models

from ascolto.database.ids import new_id


class StoredFile(models.Model):
    """
    One file as someone gave it. Two rows may share bytes: the same digest is on disk once.

    `owner` says who gave it ("visit:<id>", "user:<id>", "token:<id>"), for quotas and for who may attach it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    digest = models.CharField(max_length=64)  # sha256 in hex: the place on disk
    size_bytes = models.PositiveIntegerField()
    type = models.CharField(max_length=100)  # decided by content, always one of types.TABLE
    name = models.CharField(max_length=255)  # what they called it, cleaned; data, never a path
    width = models.PositiveIntegerField(null=True)  # known once a picture has been decoded
    height = models.PositiveIntegerField(null=True)
    preview_digest = models.CharField(max_length=64, blank=True)  # empty: none (yet)
    preview_tried_at = models.DateTimeField(null=True)  # a picture that cannot be drawn is not tried for ever
    owner = models.CharField(max_length=80)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["owner", "created_at"], name="files_of_an_owner_by_time"),  # quota of a day
            models.Index(fields=["digest"], name="files_by_digest"),  # sweep: does anyone still hold these bytes
            models.Index(  # sweep, previews; most rows have none
                fields=["preview_digest"], condition=~models.Q(preview_digest=""), name="files_by_preview_digest"
            ),
        ]
        constraints = [models.CheckConstraint(condition=models.Q(size_bytes__gt=0), name="no_file_is_empty")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_picture(self) -> bool:
        """A picture that was decoded without harm, so that it may be shown where it stands."""
        return self.width is not None and self.type.startswith("image/")
