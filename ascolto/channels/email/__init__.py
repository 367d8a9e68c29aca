"""E-mail: reading what arrives, sending what leaves."""
