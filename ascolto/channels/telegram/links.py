"""Links that open a chat with the bot, and go on there with a conversation that began elsewhere."""


def deep_link(*, bot_name: str, token: str) -> str:
    """Whoever opens it and presses “Start” goes on with the conversation of this reply token. Pure; empty without a bot."""
    name = bot_name.strip().removeprefix("@")
    return f"https://t.me/{name}?start={token}" if name else ""
