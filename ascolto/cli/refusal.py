"""How a command says no."""


class Refusal(Exception):
    """The command cannot do it; the text says why and how to mend it. Exit code 1."""


class WrongUse(Exception):
    """What was asked for means nothing; the text says what to write. Exit code 2, as for an unknown option."""
