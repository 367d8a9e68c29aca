"""Whether a call is the provider's: signed with the account's token over our public address (threats H1, H2, H4)."""

from collections.abc import Iterator
from hashlib import sha256
from hmac import compare_digest
from urllib.parse import parse_qs, urlsplit

from twilio.request_validator import RequestValidator

from ascolto.channels.contract import Forged, HookCall, Unreadable
from ascolto.channels.twilio.forms import read_form

HEADER = "x-twilio-signature"
FORM = "application/x-www-form-urlencoded"
PORTS = {"http": 80, "https": 443}


def check_signature(call: HookCall, token: str) -> None:
    """
    Compare the signature, as the SDK computes it, over the body and our own address as it may be written.

    :param token: the account's; without one everything is refused
    :raises Forged:
    """
    given = call.headers.get(HEADER, "")
    if not token or not given:
        raise Forged
    validator = RequestValidator(token)
    try:
        params = signed_params(call)
    except Unreadable as error:
        raise Forged from error
    wanted = [validator.compute_signature(url, params) for url in spellings(call.url)]
    # A list, not a generator: all are compared, so that the time does not tell which one fits.
    if not any([compare_digest(each.encode(), given.encode("utf-8", "replace")) for each in wanted]):  # noqa: C419
        raise Forged


def signed_params(call: HookCall) -> dict[str, str]:
    """What is signed besides the address: the fields of a form; of another body its digest, which stands in the address."""
    if not call.body:
        return {}
    digest = parse_qs(urlsplit(call.url).query).get("bodySHA256")
    if digest and not call.headers.get("content-type", "").startswith(FORM):
        if not compare_digest(sha256(call.body).hexdigest().encode(), digest[0].lower().encode("utf-8", "replace")):
            raise Forged
        return {}
    return read_form(call.body)


def spellings(url: str) -> Iterator[str]:
    """
    Our address as the provider may have been told it: with http or https, with or without port and last slash (threat H2).

    Host, path and query are always ours, so that a call signed for another place is none for this one.
    """
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    bare = host[: -len(f":{parts.port}")] if parts.port else host
    paths = [parts.path, parts.path.rstrip("/") or "/"]
    for scheme, port in PORTS.items():
        for netloc in dict.fromkeys([host, bare, f"{bare}:{parts.port or port}"]):
            for path in dict.fromkeys(paths):
                yield parts._replace(scheme=scheme, netloc=netloc, path=path).geturl()
