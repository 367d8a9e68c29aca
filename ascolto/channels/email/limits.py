"""
How much of a mail is read. What lies beyond is not dropped: the original is kept, and a warning says what was left out.

The numbers are those of the threat model, "Hard limits to write into code"; beside each, the case that it stands against.
"""


def gettext_noop(sentence: str) -> str:
    """Mark a sentence for the catalogue of words. Django's own asks for settings, which the reading child does not have."""
    return sentence


MAX_RAW_BYTES = 35 * 1024 * 1024  # what mail servers take as a rule; more is never fetched (A18)
MAX_HEADER_BLOCK_BYTES = 256 * 1024  # all header lines of a part together (A12)
MAX_HEADER_BYTES = 64 * 1024  # one header with its folded lines (A12)
MAX_HEADERS = 1_000  # in one part (A12)
MAX_DEPTH = 50  # of parts within parts: 1,000 in 55 KB end the standard parser (m4)
MAX_PARTS = 1_000  # 20,000 in 0.6 MB take the standard parser 8 s (m5)
MAX_PARAMETERS = 200  # of one header: 4,000 in 35 KB take the standard parser 2 s (m6)
MAX_COMMENT_DEPTH = 50  # 1,000 in 2 KB end the standard parser (m3)
MAX_ADDRESSES = 500  # parsed in one header
MAX_SHOWN_ADDRESSES = 40  # taken over as addresses (A15)
MAX_REFERENCES = 200  # Message-IDs of one mail's References; the latest
MAX_ID_CHARS = 998  # a header line; no Message-ID can be longer
MAX_HTML_CHARS = 2_000_000  # what the sanitizer takes
MAX_NAME_CHARS = 1_000  # of a file, before files/names.py makes it a name
MAX_EMBEDDED_FILES = 200  # in one winmail.dat or one text with uuencoded files

CPU_S = 10  # for one mail
WALL_S = 10  # for one mail, the child's start included
MEMORY_BYTES = 512 * 1024 * 1024  # address space of the child

TOO_LARGE = gettext_noop("This mail is larger than 35 MB. Only its head was read; the original can be downloaded.")
NOT_KEPT = gettext_noop(
    "This mail is larger than 35 MB, so only its head was kept. Ask its sender for the rest in smaller parts."
)
LEFT_THERE = gettext_noop("This mail is larger than 35 MB, so only its head was fetched. The rest is in the mailbox.")
NOT_GIVEN = gettext_noop("The mail server gives out only the head of this mail. The rest is in the mailbox.")
HEAD_CUT = gettext_noop("The head of this mail is longer than any that is meant. Only its beginning was read.")
TOO_MANY_PARTS = gettext_noop("This mail has more than 1,000 parts. The others are in the original.")
TOO_DEEP = gettext_noop("Parts of this mail lie more than 50 levels deep. They were kept as a file, unread.")
TOO_MANY_ADDRESSES = gettext_noop("This mail names more than 40 recipients. The others are in the original.")
TEXT_CUT = gettext_noop("The text is longer than 100,000 characters. The rest is in the original.")
HTML_CUT = gettext_noop("The formatted text is larger than 2 MB. The rest is in the original.")
SEVERAL_SENDERS = gettext_noop("The head names several senders. The first is answered; nothing proves who it is.")
NO_SENDER = gettext_noop("The sender cannot be told: the head does not name exactly one valid address.")
ENCRYPTED = gettext_noop("This mail is encrypted. Its content is attached as it came.")
BROKEN_TNEF = gettext_noop("A file from Outlook (winmail.dat) could not be opened. It is attached as it came.")
NOT_DISPLAYED = gettext_noop("This mail cannot be displayed. The original can be downloaded.")
UNREADABLE = gettext_noop("This mail cannot be read. The original is kept.")
