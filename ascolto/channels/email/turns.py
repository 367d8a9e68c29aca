"""How many mails a minute go to one domain: large providers turn away who comes in crowds."""

import threading
from dataclasses import dataclass, field
from uuid import UUID

BURST = 10  # at once, when nothing went there for a while
KEPT_S = 600.0  # a place in the queue that nobody came for


@dataclass
class Turns:
    """Each mail gets a time of its own; it is kept for it until it comes back. In this process alone."""

    next_at_s: dict[str, float] = field(default_factory=dict)  # by domain
    places: dict[UUID, float] = field(default_factory=dict)  # by mail
    lock: threading.Lock = field(default_factory=threading.Lock)

    def wait_s(self, *, id: UUID, domain: str, per_minute: int, now_s: float) -> float:
        """How long this mail has to wait; 0: it may go, and its turn is taken. :param per_minute: 0 for no limit"""
        if per_minute <= 0:
            return 0.0
        with self.lock:
            place_s = self.places.get(id)
            if place_s is None:
                interval_s = 60.0 / per_minute
                place_s = max(self.next_at_s.get(domain, 0.0), now_s - BURST * interval_s)
                self.next_at_s[domain] = place_s + interval_s
            if place_s <= now_s:
                self.places.pop(id, None)
                return 0.0
            self.places[id] = place_s
            self.forget(now_s)
            return place_s - now_s

    def forget(self, now_s: float) -> None:
        if len(self.places) > 10_000:
            self.places = {id: at_s for id, at_s in self.places.items() if at_s > now_s - KEPT_S}
