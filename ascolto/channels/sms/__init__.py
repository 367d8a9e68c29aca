"""Text messages through a Twilio-compatible provider."""
