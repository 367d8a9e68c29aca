"""Which looks a mail may have: properties and values that cannot load, cover or reach anything."""

import re

from ascolto.text.words import listed

MAX_STYLE_CHARS = 4_000
MAX_DECLARATIONS = 60
MAX_VALUE_CHARS = 200

PROPERTIES = listed(
    """
    background-color border border-bottom border-bottom-color border-bottom-style border-bottom-width border-collapse
    border-color border-left border-left-color border-left-style border-left-width border-radius border-right
    border-right-color border-right-style border-right-width border-spacing border-style border-top border-top-color
    border-top-style border-top-width border-width clear color direction display float font font-family font-size
    font-style font-variant font-weight height letter-spacing line-height list-style-type margin margin-bottom
    margin-left margin-right margin-top max-height max-width min-height min-width overflow-wrap padding padding-bottom
    padding-left padding-right padding-top table-layout text-align text-decoration text-indent text-transform
    vertical-align white-space width word-break word-spacing word-wrap
    """
)
DISPLAYS = listed("block inline inline-block list-item none table table-cell table-row")
VALUE = re.compile(r"[A-Za-z0-9\s#%.,()'\"+/_-]*+")
FUNCTION = re.compile(r"([\w-]*)\s*\(")
COLOURS = frozenset({"rgb", "rgba", "hsl", "hsla"})
# Less than nothing moves things over others; five digits and more are no length of a letter.
OUT_OF_PLACE = re.compile(r"(?<![\w#])-\s*[.\d]|(?<![#\w])\d{5,}|//|url|expression|image|attr|var\s*\(|calc", re.IGNORECASE)
COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}|[a-zA-Z]{3,25}|(?:rgb|hsl)a?\([\d\s.,%/]{1,60}\)")

LENGTH = re.compile(r"\d{1,4}(?:\.\d{1,4})?(?:%|px|pt|em)?")
NUMBER = re.compile(r"[+-]?\d{1,3}")
ALIGN = listed("left right center justify top middle bottom baseline absmiddle char")
FACE = re.compile(r"[\w\s,.'\"-]{1,150}")


def safe_style(style: str) -> str:
    """The declarations of `style` that a mail may have, in their order; the same again gives the same."""
    kept = []
    for declaration in style[:MAX_STYLE_CHARS].split(";")[:MAX_DECLARATIONS]:
        name, _, value = declaration.partition(":")
        name, value = name.strip().lower(), " ".join(value.replace("!important", "").split())
        if name == "background" and COLOUR.fullmatch(value):
            name = "background-color"
        if name in PROPERTIES and is_safe(name, value):
            kept.append(f"{name}:{value}")
    return ";".join(kept)


def is_safe(name: str, value: str) -> bool:
    if not value or len(value) > MAX_VALUE_CHARS or not VALUE.fullmatch(value) or OUT_OF_PLACE.search(value):
        return False
    if value.count("'") % 2 or value.count('"') % 2 or value.count("(") != value.count(")"):
        return False
    if any(found.lower() not in COLOURS for found in FUNCTION.findall(value)):
        return False
    return value.lower() in DISPLAYS if name == "display" else True


def attribute_value(name: str, value: str) -> str:
    """An old attribute's value as it may stay; empty when it may not."""
    value = value.strip()
    match name:
        case "width" | "height":
            return value if LENGTH.fullmatch(value) else ""
        case "align" | "valign":
            return value.lower() if value.lower() in ALIGN else ""
        case "bgcolor" | "color":
            return value if COLOUR.fullmatch(value) else ""
        case "face":
            return value if FACE.fullmatch(value) else ""
        case "type":
            return value if value in ("1", "a", "A", "i", "I") else ""
    return value if NUMBER.fullmatch(value) else ""
