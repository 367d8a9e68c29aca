"""Stands for the Cloud API of Meta: numbers, messages, media and subscriptions, as its documentation describes them."""

import hmac
from hashlib import sha256
from typing import Any

from tests.standins.provider import Asked, Provider, Said, as_json

TOKEN, APP_SECRET, VERIFY_TOKEN = "EAAG-una-parola", "un-altro-segreto", "lo-so-io"
NUMBER_ID, ACCOUNT_ID = "106540352242922", "102290129340398"


class WhatsApp(Provider):
    """One number of one account."""

    def __init__(self) -> None:
        super().__init__()
        self.media: dict[str, tuple[str, bytes]] = {}  # by id: type, bytes
        self.places: dict[str, str] = {}  # where a file is, when it is not here
        self.sent: list[dict[str, Any]] = []
        self.subscribed: dict[str, Any] = {}
        self.closed_windows: set[str] = set()
        self.read: list[str] = []

    def answer(self, asked: Asked) -> Said:
        if asked.path.startswith("/kept/"):
            kept = self.media.get(asked.path.removeprefix("/kept/"))
            return Said(body=kept[1]) if kept and is_authorized(asked) else Said(status=404)
        if not is_authorized(asked):
            return refused(401, 190, "Error validating access token: Session has expired")
        path = asked.path.strip("/").split("/")
        answers = {
            (NUMBER_ID,): self.number,
            (NUMBER_ID, "messages"): self.message,
            (NUMBER_ID, "media"): self.upload,
            (ACCOUNT_ID, "subscribed_apps"): self.subscription,
        }
        found = answers.get(tuple(path[1:]))
        return found(asked) if found else self.place(path[-1])

    def number(self, asked: Asked) -> Said:
        proof = asked.query.get("appsecret_proof")
        if proof and proof != hmac.new(APP_SECRET.encode(), TOKEN.encode(), sha256).hexdigest():
            return refused(400, 100, "Invalid appsecret_proof provided in the API argument")
        return as_json({"display_phone_number": "+39 06 5550 0199", "verified_name": "Lumen", "quality_rating": "GREEN"})

    def message(self, asked: Asked) -> Said:
        said = asked.json
        if said.get("status") == "read":
            self.read.append(said["message_id"])
            return as_json({"success": True})
        to = said.get("to") or said.get("recipient")
        if said["type"] != "template" and to in self.closed_windows:
            return refused(400, 131047, "Re-engagement message")
        if said["type"] == "text" and len(said["text"]["body"]) > 4096:
            return refused(400, 100, "Param text['body'] must be at most 4096 characters long.")
        self.sent.append(said)
        return as_json({"messaging_product": "whatsapp", "messages": [{"id": f"wamid.out{len(self.sent)}"}]})

    def upload(self, asked: Asked) -> Said:
        form = asked.form
        id = f"up{len(self.media) + 1}"
        self.media[id] = (form["type"], form["file"][1])
        return as_json({"id": id})

    def place(self, id: str) -> Said:
        if id not in self.media:
            return refused(404, 100, "Unsupported get request. Object does not exist")
        kind, content = self.media[id]
        url = self.places.get(id, f"{self.url}/kept/{id}")
        return as_json({"url": url, "mime_type": kind, "file_size": len(content), "id": id, "messaging_product": "whatsapp"})

    def subscription(self, asked: Asked) -> Said:
        if asked.method == "POST":
            self.subscribed = asked.json
            return as_json({"success": True})
        apps = [{"whatsapp_business_api_data": {"id": "1"}, **self.subscribed}] if self.subscribed else []
        return as_json({"data": apps})


def is_authorized(asked: Asked) -> bool:
    return asked.headers.get("authorization") == f"Bearer {TOKEN}"


def refused(status: int, code: int, words: str) -> Said:
    return as_json({"error": {"message": words, "type": "OAuthException", "code": code, "fbtrace_id": "A"}}, status=status)


def signed(body: bytes, secret: str = APP_SECRET) -> dict[str, str]:
    """The header by which Meta proves a call."""
    return {"x-hub-signature-256": "sha256=" + hmac.new(secret.encode(), body, sha256).hexdigest()}
