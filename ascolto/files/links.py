"""Signed links to a file: good for minutes, and only for the one they were made for."""

from datetime import datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.core import signing

LASTS = timedelta(minutes=5)


class BadLink(Exception):
    """Forged, expired, or made for someone else; which of these is nobody's business."""


def sign(*, file_id: UUID, viewer: str, now: datetime) -> str:
    """
    The token of a link to this file, for LASTS.

    :param viewer: who may use it, as "user:<id>" or "visit:<id>"; it is part of the signature, not of the token
    """
    return signer(viewer).sign(f"{file_id.hex}.{int((now + LASTS).timestamp()):x}")


def path_of(*, file_id: UUID, viewer: str, now: datetime, is_preview: bool = False) -> str:
    """The path of a link to this file (or to its small picture), for LASTS. It names the viewer it was signed for."""
    asked = {"for": viewer, "preview": "1"} if is_preview else {"for": viewer}
    return f"/files/{sign(file_id=file_id, viewer=viewer, now=now)}?{urlencode(asked)}"


def read(*, token: str, viewer: str, now: datetime) -> UUID:
    """
    The file that a token opens for this viewer.

    :raises BadLink: whatever is wrong with it
    """
    try:
        file_hex, expires = signer(viewer).unsign(token).split(".")
        if now.timestamp() >= int(expires, 16):
            raise BadLink
        return UUID(hex=file_hex)
    except (signing.BadSignature, ValueError) as error:
        raise BadLink from error


def signer(viewer: str) -> signing.Signer:
    return signing.Signer(salt=f"ascolto.files.links:{viewer}")
