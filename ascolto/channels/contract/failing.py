"""What stands in the way: of reading, of believing a call, of sending now, of sending ever."""

from datetime import timedelta

from django.utils.functional import Promise

Words = str | Promise


class Unreadable(Exception):
    """What arrived cannot be read; it is kept, shown with this reason (in plain words), and can be read again later."""


class Forged(Exception):
    """A call that does not prove to be from the provider; it is answered 403 and nothing of it is kept."""


class TryLater(Exception):
    """The provider does not answer or does not take it now, for a reason (in plain words) that passes."""

    def __init__(self, reason: str, *, after: timedelta | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.after = after  # what the provider asked for (Retry-After); None: the desk's own waits


class Never(Exception):
    """The provider refuses this message for good; the reason, in plain words, is shown beside it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
