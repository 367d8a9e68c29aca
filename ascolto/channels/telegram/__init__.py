"""Telegram, by a bot of the company's own."""
