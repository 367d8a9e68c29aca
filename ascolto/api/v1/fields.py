"""The small types that shapes are made of: what is a moment, an address, a word of ours."""

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema

from ascolto.text.normalise import TooLong, normalise

RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6}\d*)?(Z|[+-]\d\d:\d\d)", re.IGNORECASE)
PHONE = re.compile(r"\+?[0-9][0-9 ()./-]{3,30}")
CLOCK_SLACK = timedelta(minutes=5)  # how far another system's clock may be ahead
ATTRIBUTES_LIMIT = 50
ATTRIBUTE_CHARS = 2000


class Shape(BaseModel):
    """What goes out."""

    model_config = ConfigDict(from_attributes=False)


class Given(BaseModel):
    """What comes in: a field that is not known is refused, never dropped."""

    model_config = ConfigDict(extra="forbid")


def read_moment(value: Any) -> datetime:
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str) or not RFC3339.fullmatch(value):
        raise ValueError("write it as RFC 3339, with its zone: 2026-11-18T11:00:00Z")
    try:
        return datetime.fromisoformat(value.upper()).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError("there is no such date or time") from error


def write_moment(value: datetime) -> str:
    """RFC 3339 in UTC with Z."""
    return value.astimezone(UTC).isoformat(timespec="microseconds" if value.microsecond else "seconds").replace("+00:00", "Z")


def read_email(value: str) -> str:
    try:
        return validate_email(value.strip(), check_deliverability=False, test_environment=True).normalized.lower()
    except EmailNotValidError as error:
        raise ValueError("this is no e-mail address") from error


def read_phone(value: str) -> str:
    if not PHONE.fullmatch(value.strip()):
        raise ValueError("write it with its country: +39 06 12345678")
    return ("+" if value.strip().startswith("+") else "") + re.sub(r"\D", "", value)


def printable(value: str) -> str:
    """One line of letters that show."""
    if not value.isprintable() or value != value.strip():
        raise ValueError("no control characters, no space around it")
    return value


def plain_attributes(value: dict[str, Any]) -> dict[str, Any]:
    """A flat set of small values: text, numbers, true, false, null."""
    if len(value) > ATTRIBUTES_LIMIT:
        raise ValueError(f"at most {ATTRIBUTES_LIMIT} attributes")
    return {plain_name(name): plain_value(each) for name, each in value.items()}


def plain_name(name: str) -> str:
    if not 1 <= len(name) <= 100 or not name.isprintable():
        raise ValueError("an attribute's name has 1 to 100 printable characters")
    return name


def plain_value(value: Any) -> Any:
    if isinstance(value, str):
        try:
            return normalise(value, max_chars=ATTRIBUTE_CHARS)
        except TooLong as error:
            raise ValueError(f"an attribute has at most {ATTRIBUTE_CHARS} characters") from error
    if value is None or isinstance(value, (bool, int, float)):
        return value
    raise ValueError("an attribute is a text, a number, true, false or null")


MOMENT_SCHEMA = {"type": "string", "format": "date-time", "examples": ["2026-11-18T11:00:00Z"]}
Moment = Annotated[
    datetime, BeforeValidator(read_moment), PlainSerializer(write_moment, return_type=str), WithJsonSchema(MOMENT_SCHEMA)
]
Email = Annotated[str, Field(max_length=254, json_schema_extra={"format": "email"}), AfterValidator(read_email)]
Phone = Annotated[str, Field(max_length=40), AfterValidator(read_phone)]
# 150: with the token's id in front it is a message's source, which holds 200.
ExternalId = Annotated[str, Field(min_length=1, max_length=150), AfterValidator(printable)]
Attributes = Annotated[dict[str, Any], AfterValidator(plain_attributes)]
Line = Annotated[str, Field(max_length=1000)]  # cut to what its place holds, see text.normalise_line
