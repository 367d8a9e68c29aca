"""What a mail holds: text, HTML and files, in the order and the roles that its sender's program gave them. Nothing is lost."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from html import escape
from urllib.parse import quote

from ascolto.channels.contract import ArrivedFile
from ascolto.channels.email import limits, names, tnef, uuencode
from ascolto.channels.email.charsets import decode
from ascolto.channels.email.headers import from_base64
from ascolto.channels.email.mime import Part
from ascolto.text import render, sanitize
from ascolto.text.normalise import MAX_CHARS, is_blank, normalise, normalise_line

PICTURES = frozenset({"image/png", "image/jpeg", "image/jpg", "image/pjpeg", "image/gif", "image/webp"})
TNEF_TYPES = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
ENCRYPTED_TYPES = frozenset({"multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime"})
META_CHARSET = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE)
BODY_OF = re.compile(r"<body[^<>]{0,2000}>(.*?)(?:</body\s*>|\Z)", re.IGNORECASE | re.DOTALL)
# Text for programs; all other kinds of text may be read as they are where they are the whole mail.
FOR_PROGRAMS = frozenset({"text/calendar", "text/csv", "text/vcard", "text/x-vcard", "text/directory", "text/xml", "text/rtf"})
# Formats of text with simple tags from before HTML was common.
ENRICHED = frozenset({"text/enriched", "text/richtext"})
DATA_PICTURE = re.compile(r"(?<=[\"'(=])data:(image/(?:png|jpeg|jpg|gif|webp));base64,([A-Za-z0-9+/=\s]{16,}+)", re.IGNORECASE)
# What is decoded at all: more than is kept, since characters may take four bytes and pictures may stand in the HTML.
MAX_TEXT_BYTES = 8 * MAX_CHARS
MAX_HTML_BYTES = 12 * limits.MAX_HTML_CHARS
MAX_TAGS_READ = 3 * sanitize.MAX_TAGS
SIGNATURE = "-- "  # the line before it
ENRICHED_TAG = re.compile(r"<param>[^<]*+</param>|<(?!<)[^<>]{1,60}>")


@dataclass(slots=True)
class Piece:
    """A stretch of what is to be read: text, HTML, the same in both, or a picture at its place."""

    text: str | None = None
    html: str | None = None
    picture: str = ""  # its Content-ID


@dataclass(slots=True)
class Content:
    """A mail's content, normalised. `html` is as it was sent, neither sanitised nor safe."""

    text: str = ""
    html: str = ""
    files: list[ArrivedFile] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def read_content(root: Part, hints: Sequence[str] = ()) -> Content:
    """Return what the mail under `root` holds."""
    reader = Reader(hints)
    pieces = reader.pieces(root, is_root=True)
    content = Content(warnings=reader.warnings)
    content.text, content.html = reader.put_together(pieces)
    content.files = [file if is_shown_in(content.html, file) else beside(file) for file in reader.files]
    if root.type in ENCRYPTED_TYPES and not content.text:
        content.warnings.append(limits.ENCRYPTED)
    return content


class Reader:
    """Walks the parts once; what is not text to be read becomes a file."""

    def __init__(self, hints: Sequence[str]) -> None:
        self.hints = hints
        self.files: list[ArrivedFile] = []
        self.names: dict[str, int] = {}
        self.warnings: list[str] = []
        self.has_text = False
        self.tags_left = MAX_TAGS_READ

    def pieces(self, part: Part, *, is_root: bool = False, is_alternative: bool = False) -> list[Piece]:
        """What of this part is to be read; the rest of it goes to the files."""
        if part.children:
            return self.of_many(part)
        if self.is_to_be_read(part, is_root=is_root, is_alternative=is_alternative):
            return self.of_text(part)
        return self.of_file(part)

    def of_many(self, part: Part) -> list[Piece]:
        match part.type:
            case "multipart/alternative":
                return self.of_alternatives(part)
            case "multipart/related":
                root = related_root(part)
                read = self.pieces(root)
                for child in part.children:
                    if child is not root:
                        self.keep_all(child)
                return read
            case "multipart/signed" | "multipart/report" | "multipart/encrypted":
                first, *others = part.children
                read = self.pieces(first, is_root=part.type == "multipart/signed")
                for child in others:
                    self.keep_all(child)
                return read
            case _:
                return [piece for child in part.children for piece in self.pieces(child)]

    def of_alternatives(self, part: Part) -> list[Piece]:
        """The same in several forms: the last HTML and the first text; what is neither (a calendar) is a file."""
        read = [self.pieces(child, is_alternative=True) for child in part.children]
        htmls = [pieces for pieces in read if any(piece.html is not None for piece in pieces)]
        texts = [pieces for pieces in read if pieces and all(piece.html is None for piece in pieces)]
        if not htmls:
            return texts[0] if texts else [piece for pieces in read for piece in pieces]
        if not texts:
            return htmls[-1]
        text = "\n\n".join(piece.text for piece in texts[0] if piece.text)
        if len(htmls[-1]) == 1:
            return [Piece(text=None if is_blank(text) else text, html=htmls[-1][0].html)]
        return [Piece(text=text, html=self.put_together(htmls[-1])[1])]

    def is_to_be_read(self, part: Part, *, is_root: bool, is_alternative: bool) -> bool:
        is_text = part.type in ("text/plain", "text/html", *ENRICHED)
        if not is_text and not (is_root and part.maintype == "text" and part.type not in FOR_PROGRAMS):
            return False
        disposition = part.disposition
        if disposition.value == "attachment" or disposition.get("filename"):
            return is_root and disposition.value != "attachment"
        return is_root or is_alternative or not (part.content_type.get("name") and self.has_text)

    def of_text(self, part: Part) -> list[Piece]:
        content = part.content()
        charset = part.content_type.get("charset")
        self.has_text = True
        if part.type == "text/html":
            html = decode(content[:MAX_HTML_BYTES], charset or declared_in(content), self.hints)
            return [Piece(html=self.cut_html(self.without_data(html)))]
        content, packed = uuencode.take_out(content)
        for name, each in packed:
            self.keep(names.tidy(decode(name, charset, self.hints)), each)
        if len(content) > MAX_TEXT_BYTES:
            self.warnings.append(limits.TEXT_CUT)
        text = decode(content[:MAX_TEXT_BYTES], charset, self.hints)[: 2 * MAX_CHARS]
        if part.content_type.get("format").lower() == "flowed":
            text = unflow(text, without_space=part.content_type.get("delsp").lower() == "yes")
        if part.type in ENRICHED:
            text = ENRICHED_TAG.sub("", text).replace("<<", "<")
        return [Piece(text=text)]

    def of_file(self, part: Part) -> list[Piece]:
        """Keep the part as a file; a picture that was put between texts is shown there."""
        content_id = names.content_id_of(part)
        is_picture = part.type in PICTURES and part.disposition.value != "attachment"
        if is_picture and not content_id:
            content_id = f"picture-{len(self.files) + 1}"
        self.keep_part(part, content_id)
        return [Piece(picture=content_id)] if is_picture else []

    def keep_all(self, part: Part) -> None:
        """Keep what stands beside the text of its multipart: each leaf is a file."""
        for child in part.children or ():
            self.keep_all(child)
        if not part.children:
            self.keep_part(part, names.content_id_of(part))

    def keep_part(self, part: Part, content_id: str) -> None:
        content = part.content()
        name = names.name_of(part, self.hints)
        if part.type in TNEF_TYPES or name.lower() == "winmail.dat":
            self.unpack(content)
        is_inline = bool(content_id) and part.maintype == "image"
        self.keep(name, content, mime_type=part.type, content_id=content_id, is_inline=is_inline)

    def unpack(self, content: bytes) -> None:
        try:
            packed = tnef.unpack(content)
        except tnef.NotTnef:
            self.warnings.append(limits.BROKEN_TNEF)
            return
        for each in packed.files:
            name = names.tidy(each.name) or "file"
            self.keep(name, each.content, mime_type=names.tidy(each.type), content_id=names.tidy(each.content_id))

    def keep(self, name: str, content: bytes, *, mime_type: str = "", content_id: str = "", is_inline: bool = False) -> None:
        given = names.unique(name or "file", self.names)
        self.names[name] = self.names.get(name, 0) + 1
        self.names.setdefault(given, 1)
        self.files.append(
            ArrivedFile(name=given, content=content, type=normalise_line(mime_type), content_id=content_id, is_inline=is_inline)
        )

    def put_together(self, pieces: Sequence[Piece]) -> tuple[str, str]:
        """The whole text, and the whole HTML; the latter only where a piece is HTML or a picture stands among the words."""
        htmls = "".join(piece.html for piece in pieces if piece.html is not None)
        shown = [piece for piece in pieces if not piece.picture or f"cid:{piece.picture}" not in htmls]
        texts = [text for piece in shown if (text := self.text_in(piece)) and not is_blank(text)]
        text = self.cut_text("\n\n".join(text.strip("\n") for text in texts)) if len(texts) != 1 else self.cut_text(texts[0])
        if not htmls and (not any(piece.picture for piece in shown) or not texts):
            return text, ""
        if len(shown) == 1:
            return text, shown[0].html or ""
        return text, self.cut_html("\n".join(html_of(piece) for piece in shown))

    def text_in(self, piece: Piece) -> str:
        if piece.text is not None and not (piece.html and is_blank(piece.text)):
            return piece.text
        # However many parts they come in: a tag takes a hundred times longer to read than a letter.
        tags = (piece.html or "").split("<", self.tags_left)
        self.tags_left -= len(tags) - 1
        if self.tags_left <= 0:
            self.warnings.append(limits.TEXT_CUT)
            tags = tags[:-1]
        return sanitize.plain_text("<".join(tags))

    def without_data(self, html: str) -> str:
        """Pictures that stand in the HTML itself become files that it refers to, as other mails have them."""
        if "data:image/" not in html:
            return html
        return DATA_PICTURE.sub(self.keep_picture, html, count=limits.MAX_EMBEDDED_FILES)

    def keep_picture(self, found: re.Match[str]) -> str:
        mime_type = found.group(1).lower()
        content_id = f"picture-{len(self.files) + 1}"
        content = from_base64(found.group(2).encode("ascii", "ignore"))
        name = f"picture.{mime_type.partition('/')[2].replace('jpeg', 'jpg')}"
        self.keep(name, content, mime_type=mime_type, content_id=content_id, is_inline=True)
        return f"cid:{content_id}"

    def cut_text(self, text: str) -> str:
        if len(text) > MAX_CHARS:
            self.warnings.append(limits.TEXT_CUT)
        # Normalising can make a text longer (accents in runs are kept apart); it never makes it twice as long.
        text = normalise(text[:MAX_CHARS], max_chars=2 * MAX_CHARS)
        return text if len(text) <= MAX_CHARS else normalise(text[: MAX_CHARS // 2])

    def cut_html(self, html: str) -> str:
        if len(html) <= limits.MAX_HTML_CHARS:
            return html.replace("\0", "")
        self.warnings.append(limits.HTML_CUT)
        return html[: limits.MAX_HTML_CHARS].replace("\0", "")


def is_shown_in(html: str, file: ArrivedFile) -> bool:
    """Whether the HTML refers to this file; many programs give an id to each file, referred to or not."""
    return bool(file.content_id) and (f"cid:{file.content_id}" in html or f"cid:{quote(file.content_id)}" in html)


def beside(file: ArrivedFile) -> ArrivedFile:
    return replace(file, content_id="", is_inline=False) if file.content_id else file


def related_root(part: Part) -> Part:
    """The part that the others belong to: the one named, else the first."""
    start = part.content_type.get("start").strip("<> ")
    return next((child for child in part.children if start and names.content_id_of(child) == start), part.children[0])


def declared_in(content: bytes) -> str:
    found = META_CHARSET.search(content[:4096])
    return found.group(1).decode("ascii") if found else ""


def html_of(piece: Piece) -> str:
    """A piece as part of a longer HTML text."""
    if piece.picture:
        return f'<p><img src="cid:{escape(piece.picture)}"></p>'
    if piece.html is None:
        return render.to_html(piece.text or "")
    found = BODY_OF.search(piece.html)
    return found.group(1) if found else piece.html


def unflow(text: str, *, without_space: bool) -> str:
    """Join the lines that were broken for sending only (RFC 3676): they end in a space, and are quoted as deep."""
    lines: list[list[str]] = []
    last_depth, goes_on = -1, False
    for line in text.replace("\r\n", "\n").split("\n"):
        content = line.lstrip(">")
        depth = len(line) - len(content)
        content = content.removeprefix(" ")
        if not goes_on or depth != last_depth or content == SIGNATURE:
            lines.append([">" * depth + " " if depth else ""])
        goes_on, last_depth = content.endswith(" ") and content != SIGNATURE, depth
        lines[-1].append(content[:-1] if goes_on and without_space else content)
    return "\n".join("".join(line) for line in lines)
