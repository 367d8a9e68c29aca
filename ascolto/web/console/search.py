"""Find any conversation by its number or by words in it, among those that one may see."""

import re

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from ascolto.accounts.models import User
from ascolto.conversations import access, queries
from ascolto.conversations.timeline import texts_of
from ascolto.eventlog.read import last_position
from ascolto.search.find import BadCursor, Match, count, find
from ascolto.web.console.excerpt import excerpt
from ascolto.web.console.rows import Row, row_of
from ascolto.web.console.visible import colleague

NUMBER = re.compile(r"#?\s*(\d{1,15})")
PAGE = 50
MAX_CHARS = 200


@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """Rows with the words that were found; a number goes straight to its conversation."""
    user, q = colleague(request), request.GET.get("q", "").strip()[:MAX_CHARS]
    if (number := NUMBER.fullmatch(q)) and access.visible_to(user).filter(number=int(number[1])).exists():
        return redirect("conversation", number=int(number[1]))
    scopes = None if user.is_admin else access.visible_inbox_ids(user)
    try:
        matches = find(q, scopes=scopes, internal=True, limit=PAGE + 1, before=request.GET.get("cursor") or None)
    except BadCursor as error:
        raise Http404 from error
    context = {
        "q": q,
        "rows": rows_of_matches(user, matches[:PAGE], q),
        "count": count(q, scopes=scopes, internal=True) if matches else 0,
        "next": matches[PAGE - 1].cursor if len(matches) > PAGE else None,
        "place": "conversations",
        "position": last_position(),
        "now": timezone.now(),
    }
    return render(request, "console/search.html", context)


def rows_of_matches(user: User, matches: list[Match], q: str) -> list[Row]:
    """The rows of what was found, best first; what this person may no longer see is left out. At most five queries."""
    conversations = {each.id: each for each in queries.by_ids(user, [match.group for match in matches])}
    texts = texts_of([match.key for match in matches], conversations=conversations)
    now = timezone.now()
    found = [(conversations[match.group], match.key) for match in matches if match.group in conversations]
    # What was found by its subject or its customer's name shows its subject, never some other words.
    return [row_of(each, now=now, found=excerpt(texts.get(key) or each.subject, q)) for each, key in found]
