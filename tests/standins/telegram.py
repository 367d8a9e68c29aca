"""Stands for Telegram: the methods of the Bot API that a desk uses, as its documentation describes them."""

import re
from typing import Any
from urllib.parse import unquote

from tests.standins.provider import Asked, Provider, Said, as_json

TOKEN = "4242:una-parola-che-nessuno-indovina"
PATH = re.compile(r"^/(file/)?bot([^/]+)/(.+)$")


class Telegram(Provider):
    """One bot and the people who write to it."""

    def __init__(self) -> None:
        super().__init__()
        self.webhook: dict[str, Any] = {}
        self.trouble: dict[str, Any] = {}  # what getWebhookInfo says besides
        self.files: dict[str, bytes] = {}  # by file_id
        self.blocked_by: set[str] = set()
        self.sent: list[dict[str, Any]] = []
        self.last_id = 0

    def answer(self, asked: Asked) -> Said:
        found = PATH.match(unquote(asked.path))
        if found is None or found.group(2) != TOKEN:
            return refused(401, "Unauthorized")
        if found.group(1):
            content = self.files.get(found.group(3).partition("/")[2])
            return Said(body=content) if content is not None else Said(status=404)
        method = getattr(self, f"do_{found.group(3)}", None)
        return method(asked) if method else refused(404, "Not Found: method not found")

    def do_getMe(self, asked: Asked) -> Said:  # noqa: N802  as the Bot API calls it
        return ok({"id": 4242, "is_bot": True, "first_name": "Lumen", "username": "lumen_help_bot"})

    def do_setWebhook(self, asked: Asked) -> Said:  # noqa: N802
        if not asked.json["url"].startswith("https://"):
            return refused(400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
        self.webhook = asked.json
        return ok(True)

    def do_getWebhookInfo(self, asked: Asked) -> Said:  # noqa: N802
        return ok(
            {"url": self.webhook.get("url", ""), "has_custom_certificate": False, "pending_update_count": 0, **self.trouble}
        )

    def do_getFile(self, asked: Asked) -> Said:  # noqa: N802
        id = asked.json["file_id"]
        if id not in self.files:
            return refused(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
        return ok({"file_id": id, "file_unique_id": id, "file_size": len(self.files[id]), "file_path": f"documents/{id}"})

    def do_sendMessage(self, asked: Asked) -> Said:  # noqa: N802
        said = asked.json
        if len(said["text"].encode("utf-16-le")) // 2 > 4096:
            return refused(400, "Bad Request: message is too long")
        return self.deliver(str(said["chat_id"]), {"text": said["text"], "said": said})

    def do_sendPhoto(self, asked: Asked) -> Said:  # noqa: N802
        return self.deliver(asked.form["chat_id"], {"photo": asked.form["photo"], "caption": asked.form.get("caption", "")})

    def do_sendDocument(self, asked: Asked) -> Said:  # noqa: N802
        return self.deliver(asked.form["chat_id"], {"document": asked.form["document"], "caption": asked.form.get("caption", "")})

    def deliver(self, chat: str, what: dict[str, Any]) -> Said:
        if chat in self.blocked_by:
            return refused(403, "Forbidden: bot was blocked by the user")
        self.last_id += 1
        self.sent.append({"chat": chat, **what})
        return ok({"message_id": self.last_id, "date": 1763463600, "chat": {"id": int(chat), "type": "private"}})


def ok(result: Any) -> Said:
    return as_json({"ok": True, "result": result})


def refused(code: int, words: str, **parameters: Any) -> Said:
    said: dict[str, Any] = {"ok": False, "error_code": code, "description": words}
    return as_json({**said, "parameters": parameters} if parameters else said, status=code)


def busy(seconds: int) -> Said:
    return refused(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
