"""From which site a call may come: ours alone, however the header is bent."""

from typing import Any

import pytest

from tests.edge.desk import desk, run

API = "/messenger/sito/api/"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "http://testserver"}, 200),
        ({"origin": "http://testserver", "sec-fetch-site": "same-origin"}, 200),
        ({"sec-fetch-site": "same-origin"}, 200),
        ({"sec-fetch-site": "none"}, 200),
        ({"origin": "null"}, 403),
        ({"origin": "http://testserver.evil.com"}, 403),
        ({"origin": "http://eviltestserver"}, 403),
        ({"origin": "http://testserver@evil.com"}, 403),
        ({"origin": "http://testserver/"}, 403),
        ({"origin": "javascript://testserver"}, 403),
        ({"origin": "http://[", "host": "["}, 403),
        ({"origin": "http://evil.com", "host": "evil.com"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"origin": "http://testserver", "sec-fetch-site": "cross-site"}, 403),
    ],
)
def test_d5_only_our_own_pages_call_this_door(world: Any, headers: dict[str, str], status: int) -> None:
    async def story() -> None:
        async with desk() as here:
            assert (await here.call("POST", f"{API}session", {}, headers=headers)).status == status

    run(story())
