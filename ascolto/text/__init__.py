"""Text from people: made harmless, readable and searchable."""
