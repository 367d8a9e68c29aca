"""Nobody writes over what they have not read: ETag and If-Match (RFC 9110)."""

from django.http import HttpRequest

from ascolto.api.problems import Problem


def refuse_if_changed(request: HttpRequest, current: str) -> None:
    """
    Let pass without If-Match, with `*`, or when it names the current ETag.

    :raises Problem: 412, someone was first
    """
    wanted = request.headers.get("If-Match")
    if wanted is None or wanted.strip() == "*":
        return
    if current not in [each.strip() for each in wanted.split(",")]:
        raise Problem(
            "changed-meanwhile", "It has changed since you read it; read it again and repeat.", headers={"ETag": current}
        )
