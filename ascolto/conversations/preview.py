"""The first words of a message, as lists show them."""

LENGTH = 200


def preview_of(text: str) -> str:
    """The first words on one line, at most 200 characters; pure. Reads no more of a long text than it needs."""
    return " ".join(text[: LENGTH * 4].split())[:LENGTH]


def shortened(text: str, length: int) -> str:
    """The first words on one line, cut between two words where that is possible, with … at the cut; pure."""
    line = preview_of(text)
    if len(line) <= length:
        return line
    cut = line[: length - 1]
    whole = cut.rpartition(" ")[0] if line[length - 1] != " " else cut
    return (whole or cut).rstrip(" ,;:–-") + "…"
