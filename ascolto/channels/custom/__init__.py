"""Any other channel, by a bridge that speaks signed calls (docs/use/custom-channel.md)."""
