"""One process: whoever listens is here."""

from ascolto.realtime.sighting import OnPosition, OnPresence, Sighting


class InProcess:
    """Calls every listener directly."""

    def __init__(self) -> None:
        self.ends: list[tuple[OnPosition, OnPresence]] = []

    async def start(self, *, on_position: OnPosition, on_presence: OnPresence) -> None:
        self.ends.append((on_position, on_presence))

    async def stop(self) -> None:
        self.ends.clear()

    def tell_position(self, position: int) -> None:
        for on_position, _ in self.ends:
            on_position(position)

    def tell_presence(self, sighting: Sighting) -> None:
        for _, on_presence in self.ends:
            on_presence(sighting)
