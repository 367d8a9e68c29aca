"""A messenger that an admin closed."""

import pytest

from ascolto.channels.configure import close_inbox
from tests.conftest import World
from tests.edge.desk import desk, run


@pytest.mark.django_db(transaction=True)
def test_a_closed_messenger_says_so_and_takes_nothing(world: World) -> None:
    close_inbox(inbox=world.inbox)

    async def story() -> None:
        async with desk() as here:
            answer = await here.call("POST", "/messenger/sito/api/session", said={})
            assert answer.status == 404
            assert answer.json["error"]["code"] == "inbox_closed"

    run(story())
