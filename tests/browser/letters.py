"""What goes round by the API and by mail: conversations made quickly, and the links a customer gets."""

import email
import email.policy
import re
import time
from pathlib import Path
from typing import Any

import httpx

from tests.running import RunningDesk


def api_of(desk: RunningDesk) -> httpx.Client:
    """The REST API with the desk's token; an answer that is not a success raises."""
    return httpx.Client(
        base_url=f"{desk.url}/api/v1",
        headers={"Authorization": f"Bearer {desk.facts['token']}"},
        timeout=40,
        event_hooks={"response": [refuse_failure]},
    )


def refuse_failure(answer: httpx.Response) -> None:
    if answer.is_error:
        answer.read()
        raise AssertionError(f"{answer.request.method} {answer.url}: {answer.status_code} {answer.text[:300]}")


def begin(api: httpx.Client, words: str, *, name: str, address: str, language: str = "it", **rest: Any) -> Any:
    """A conversation by the API, with a reply, so that a mail with the private link goes out."""
    customer = {"name": name, "email": address, "language": language}
    began = api.post("/conversations", json={"customer": customer, "body": words, **rest}).json()
    api.post(f"/conversations/{began['id']}/messages", json={"body": "Le rispondo subito.", "author": "agent"})
    return began


def survey_on(customer: Any) -> str:
    """The address of the questions, once the customer's own page offers them."""
    for _ in range(60):
        customer.goto(customer.url.partition("?")[0])
        link = customer.locator("a[href*='/r/']")
        if link.count():
            return str(link.first.get_attribute("href"))
        time.sleep(0.5)
    raise AssertionError("the page never offered the questions")


def link_in_mail(folder: Path, address: str) -> str:
    """The private page's link in the mail that went to that address."""
    for _ in range(160):
        for path in sorted(folder.glob("*.eml")) if folder.exists() else []:
            message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            body = message.get_body(("plain",))
            found = re.search(r"/t/[\w-]+", body.get_content() if body else "")
            if found and address in str(message["To"]):
                return found.group(0)
        time.sleep(0.25)
    raise AssertionError(f"no mail with a link went to {address}")
