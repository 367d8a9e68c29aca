"""How a command says no."""


class Refusal(Exception):
    """The command cannot do it; the text says why and how to mend it. Exit code 1."""
