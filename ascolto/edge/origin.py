"""From which site a browser's request comes: only our own pages call these doors (threat D5)."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import split_domain_port, validate_host
from django.utils.translation import gettext_lazy as _
from starlette.types import Scope

from ascolto.edge.answer import Problem
from ascolto.edge.headers import header

WRONG_SITE = _("This door opens from the desk's own pages only.")


def refuse_other_sites(scope: Scope) -> None:
    """
    Let pass what our own pages send, and programs, which say no origin at all. :raises Problem: 403

    Browsers cannot be made to lie here: they send `Origin` with every POST and `Sec-Fetch-Site` with everything.
    """
    if not is_ours(origin=header(scope, b"origin"), fetch_site=header(scope, b"sec-fetch-site"), host=header(scope, b"host")):
        raise Problem(403, "wrong_site", WRONG_SITE)


def is_ours(*, origin: str, fetch_site: str, host: str) -> bool:
    """Whether a request with these headers comes from a page of this desk, or from no page. Pure but for the settings."""
    if fetch_site not in ("", "same-origin", "none"):
        return False
    return not origin or origin == settings.SITE_URL or (origin_host(origin) == host.lower() and is_allowed(host))


def origin_host(origin: str) -> str:
    """`host:port` of an origin as http or https write it; empty for `null` and anything odd."""
    try:
        parts = urlsplit(origin)
    except ValueError:
        return ""
    return parts.netloc.lower() if parts.scheme in ("http", "https") and origin == f"{parts.scheme}://{parts.netloc}" else ""


def is_allowed(host: str) -> bool:
    domain, _ = split_domain_port(host)
    return bool(domain) and validate_host(domain, settings.ALLOWED_HOSTS)
