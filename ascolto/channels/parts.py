"""A reply that a provider takes in several parts: cut where a reader would, and no part sent again that it has."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from uuid import UUID

REMEMBERED = 1000  # replies that broke off between two parts

Part = Callable[[], str]


def split_text(text: str, *, max_units: int) -> list[str]:
    """
    The text in parts that each fit, cut between paragraphs, lines, words or, if it must be, anywhere. Pure.

    :param max_units: of UTF-16, by which the providers count; letters outside the BMP are two
    """
    parts: list[str] = []
    rest = text.strip()
    while units(rest) > max_units:
        place = cut_before(rest, max_units)
        parts.append(rest[:place].rstrip())
        rest = rest[place:].lstrip()
    return [part for part in [*parts, rest] if part]


def units(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut_before(text: str, max_units: int) -> int:
    """How many characters of the beginning fit, up to the best place to end."""
    fits = min(len(text), max_units)
    while units(text[:fits]) > max_units:
        fits -= max(1, (units(text[:fits]) - max_units) // 2)
    for ending in ("\n\n", "\n", ". ", " "):
        place = text.rfind(ending, fits // 2, fits)
        if place > 0:
            return place + len(ending)
    return max(fits, 1)


class Begun:
    """What the provider has of replies that broke off, so that this process does not send it again."""

    def __init__(self) -> None:
        self.taken: OrderedDict[UUID, list[str]] = OrderedDict()

    def send(self, message: UUID, parts: Sequence[Part]) -> list[str]:
        """
        Send the parts in their order and return what the provider calls each.

        Twice goes on where the first time broke off; after a restart it begins anew. Raises what a part raises.
        """
        taken = self.taken.setdefault(message, [])
        self.taken.move_to_end(message)
        while len(self.taken) > REMEMBERED:
            self.taken.popitem(last=False)
        for part in parts[len(taken) :]:
            taken.append(part())
        return self.taken.pop(message)
