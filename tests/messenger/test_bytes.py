"""What the messenger weighs, as it goes over the line (gzip)."""

import gzip
import re
from typing import Any

from ascolto.project.settings import PACKAGE

BEFORE_INTENT = 6_000  # a site that embeds us carries no more than this until someone reaches for the button
OPENED = 40_000  # loader, page, styles and scripts of the opened messenger together

STATIC = PACKAGE / "web" / "static"


def weight(content: bytes) -> int:
    return len(gzip.compress(content, 9, mtime=0))


def test_before_anyone_reaches_for_it_the_messenger_is_one_small_script(client: Any, world: Any) -> None:
    assert weight(client.get("/messenger/sito.js").content) <= BEFORE_INTENT


def test_the_opened_messenger_is_small_with_everything_it_loads(client: Any, world: Any) -> None:
    page = client.get("/messenger/sito/?embedded=1").content
    files = loaded_by(page.decode())

    total = (
        weight(client.get("/messenger/sito.js").content)
        + weight(page)
        + sum(weight((STATIC / name).read_bytes()) for name in files)
    )

    assert {"js/messenger/frame.js", "js/messenger/thread.js", "css/tokens.css"} <= files
    assert total <= OPENED


def loaded_by(page: str) -> set[str]:
    """Static files that the page names, and those that its scripts import."""
    files = set(re.findall(r'(?:href|src)="/static/([^"?]+)', page))
    waiting = [name for name in files if name.endswith(".js")]
    while waiting:
        name = waiting.pop()
        folder = name.rpartition("/")[0]
        for other in re.findall(r'(?:from|import) "\./([^"]+)"', (STATIC / name).read_text()):
            if (path := f"{folder}/{other}") not in files:
                files.add(path)
                waiting.append(path)
    return files
