"""What people call their files, made safe to show and to offer as a download name; pure."""

import re
import unicodedata

LIMIT_BYTES = 150  # file systems take 255 bytes; the receiver may add " (1)" and a path of its own
EXTENSION_LIMIT = 16
NAMELESS = "file"
# Control and format characters (NUL, zero-width space, right-to-left override), surrogates, private use.
UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
FORBIDDEN = re.compile(r'[<>:"|?*]')
RESERVED = re.compile(r"^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(\.|$)", re.IGNORECASE)


def clean_name(original: str) -> str:
    """
    The name without paths, unseen characters, leading dots and names that systems reserve; never empty.

    Cleans first and checks after: what was hidden behind an unseen character is seen by the checks. Twice changes nothing.
    """
    seen = "".join(letter for letter in unicodedata.normalize("NFC", original) if unicodedata.category(letter) not in UNSEEN)
    last = re.split(r"[/\\]", seen)[-1]
    name = " ".join(FORBIDDEN.sub("-", last).split())
    name = shorten(name.strip(". ")).strip(". ")
    if RESERVED.match(name):
        name = f"_{name}"
    return name or NAMELESS


def shorten(name: str) -> str:
    """At most LIMIT_BYTES of UTF-8, cutting the stem and keeping the extension."""
    if len(name.encode()) <= LIMIT_BYTES:
        return name
    stem, dot, extension = name.rpartition(".")
    if not stem or len(extension.encode()) > EXTENSION_LIMIT:
        stem, dot, extension = name, "", ""
    room = LIMIT_BYTES - len((dot + extension).encode())
    return stem.encode()[:room].decode(errors="ignore").rstrip(". ") + dot + extension
