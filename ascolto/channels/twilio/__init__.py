"""The protocol of Twilio and of providers compatible with it; what SMS and phone share."""
