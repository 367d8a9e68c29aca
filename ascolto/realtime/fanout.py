"""Tells other processes of this desk that there is news: positions of the log and who looks at what, never content."""

from typing import Protocol

from ascolto.realtime.fanouts.inprocess import InProcess
from ascolto.realtime.sighting import OnPosition, OnPresence, Sighting


class Fanout(Protocol):
    """What all of these promise: what one end tells is heard by every other end, soon, or not at all when the line is down."""

    async def start(self, *, on_position: OnPosition, on_presence: OnPresence) -> None:
        """Begin to listen; the functions are called in the loop."""

    async def stop(self) -> None:
        """Stop listening. Twice is once."""

    def tell_position(self, position: int) -> None:
        """The log has been read up to here. Call it in the loop; it does not wait."""

    def tell_presence(self, sighting: Sighting) -> None:
        """Someone was seen; heard here at once, elsewhere soon. Call it in the loop; it does not wait."""


def choose(redis_url: str) -> Fanout:
    """Through Redis when there is one, else inside this process."""
    if redis_url:
        from ascolto.realtime.fanouts.redis import ThroughRedis

        return ThroughRedis(redis_url)
    return InProcess()
