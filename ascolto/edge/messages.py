"""What is sent to the edge as JSON, read with care: an object with plain fields or a problem that says what is wrong."""

import json
import re
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from starlette.types import Receive

from ascolto.edge.answer import Problem
from ascolto.edge.guard import body_of

NOT_JSON = _("What was sent cannot be read: it has to be a JSON object.")
NOTHING_THERE = _("This is not here any more.")
ID = re.compile(r"^[0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}$")


class SenderLeft(Exception):
    """Whoever sent this has closed the connection before the end; there is nobody to answer."""


async def object_of(receive: Receive) -> dict[str, Any]:
    """The body as a JSON object; an empty body is an empty object. :raises Problem: 400"""
    body = await body_of(receive)
    if body is None:
        raise SenderLeft
    if not body:
        return {}
    try:
        found = json.loads(body.decode())  # json.loads would let half a surrogate pair pass in bytes
    except (ValueError, RecursionError) as error:
        raise Problem(400, "not_json", NOT_JSON) from error
    if not isinstance(found, dict):
        raise Problem(400, "not_json", NOT_JSON)
    return found


def text_of(said: dict[str, Any], name: str, *, max_chars: int) -> str:
    """A field that is text; empty when it is not there. :raises Problem: 422 when it is something else or too long"""
    value = said.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Problem(422, name, not_text(name))
    if len(value) > max_chars:
        raise Problem(422, name, format_lazy(_("“{name}” is too long: at most {count} characters."), name=name, count=max_chars))
    return value


def not_text(name: str) -> str | Promise:
    """What is said of a field that is not text; lazy, in the language of whoever reads it."""
    return format_lazy(_("“{name}” has to be text."), name=name)


def id_of(value: object, name: str) -> UUID | None:
    """A field that is an id; None when it is not there. :raises Problem: 404, as for one that nobody has"""
    if value in (None, ""):
        return None
    if not isinstance(value, str) or not ID.match(value):
        raise Problem(404, "not_found", NOTHING_THERE)
    return UUID(value)
