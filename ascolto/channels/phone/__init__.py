"""Phone calls through a Twilio-compatible provider: greeting, hours, queue, call-back, voicemail, click to call."""
