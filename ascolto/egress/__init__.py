"""The only way out: every call and every mail of the desk leaves through here."""
