"""The first words of a message, as lists show them."""

LENGTH = 200


def preview_of(text: str) -> str:
    """The first words on one line, at most 200 characters; pure. Reads no more of a long text than it needs."""
    return " ".join(text[: LENGTH * 4].split())[:LENGTH]
