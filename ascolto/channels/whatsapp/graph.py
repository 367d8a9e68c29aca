"""Calls to the Graph API of Meta."""

import json
from collections.abc import Mapping
from typing import Any

from ascolto.channels.contract import Door, Unreadable
from ascolto.channels.provider_calls import FILE_WAIT_S, ask
from ascolto.channels.said import NOTHING, Said, object_in
from ascolto.channels.whatsapp.errors import refuse
from ascolto.egress.client import Reply
from ascolto.egress.multipart import Upload, multipart


def api_url(door: Door, *path: str) -> str:
    return "/".join((door.get("api_url").rstrip("/"), *path))


def authorization(door: Door) -> dict[str, str]:
    return {"Authorization": f"Bearer {door.get('access_token')}"}


def get(door: Door, *path: str, query: str = "") -> Reply:
    """:raises TryLater:"""
    return ask("GET", api_url(door, *path) + (f"?{query}" if query else ""), headers=authorization(door))


def post(door: Door, *path: str, said: Mapping[str, Any]) -> Said:
    """What came back, empty when it cannot be read: it was taken then as well. :raises TryLater, Never:"""
    head = {**authorization(door), "Content-Type": "application/json"}
    reply = ask("POST", api_url(door, *path), headers=head, content=json.dumps(said).encode())
    refuse(reply)
    return answer_in(reply)


def upload(door: Door, file: Upload) -> Said:
    """:raises TryLater, Never:"""
    type, content = multipart({"messaging_product": "whatsapp", "type": file.type}, [file])  # noqa: A001
    url = api_url(door, door.get("phone_number_id"), "media")
    reply = ask("POST", url, headers={**authorization(door), "Content-Type": type}, content=content, timeout_s=FILE_WAIT_S)
    refuse(reply)
    return answer_in(reply)


def answer_in(reply: Reply) -> Said:
    try:
        return object_in(reply.body)
    except Unreadable:
        return NOTHING
