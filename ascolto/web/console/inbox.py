"""The lists: mine, my team's, unassigned, waiting on us, waiting on the customer, resolved."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_GET

from ascolto.accounts.models import User
from ascolto.conversations import access, queries
from ascolto.conversations.models import Inbox
from ascolto.eventlog.read import last_position
from ascolto.web.console.rows import rows_of
from ascolto.web.console.visible import colleague
from ascolto.web.page import page

FIRST = "mine"
# What each list is called in its tab, as a title, and what it says when it is empty.
NAMES: dict[str, tuple[str | Promise, str | Promise, str | Promise]] = {
    "mine": (
        pgettext_lazy("conversations", "Mine"),
        _("My conversations"),
        _("The conversations that you take, or are given, are shown here."),
    ),
    "team": (
        pgettext_lazy("conversations", "Team"),
        _("My team"),
        _("The conversations that are given to one of your teams are shown here."),
    ),
    "unassigned": (
        pgettext_lazy("conversations", "Unassigned"),
        _("Unassigned conversations"),
        _("Every open conversation is assigned to somebody. New ones appear here by themselves."),
    ),
    "open": (
        _("Wait on us"),
        _("Wait on us"),
        _("No customer is waiting for an answer. When one writes, their conversation appears here."),
    ),
    "waiting": (
        _("Wait on the customer"),
        _("Wait on the customer"),
        _("When we have answered and the customer has not yet, the conversation is shown here."),
    ),
    "resolved": (
        pgettext_lazy("conversations", "Resolved"),
        pgettext_lazy("conversations", "Resolved"),
        _("Nothing has been resolved yet."),
    ),
}
IN_TABS = ("mine", "team", "unassigned")


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The console opens with what is mine."""
    return redirect("inbox", view=FIRST)


@require_GET
def inbox(request: HttpRequest, view: str) -> HttpResponse:
    """One list; nothing is opened beside it yet."""
    context = list_context(colleague(request), view, cursor=request.GET.get("cursor"), now=timezone.now())
    context |= {"place": "conversations", "position": last_position()}
    return page(request, "console/inbox/_list.html", "console/inbox.html", context)


@require_GET
def rows(request: HttpRequest, view: str) -> HttpResponse:
    """
    The rows of a list: the first page with all counts, for live updates; or the page after a cursor.

    With `keep`, the conversation that is open beside it is among them even when it has left the list.
    """
    user, now, cursor = colleague(request), timezone.now(), request.GET.get("cursor")
    current = number_or_none(request.GET.get("current", ""))
    context = list_context(user, view, cursor=cursor, now=now, current=current)
    if current is not None and "keep" in request.GET and current not in [each.conversation.number for each in context["rows"]]:
        left = queries.for_rows(access.visible_to(user).filter(number=current), user)
        context["left"] = rows_of(left, now=now)
    return render(request, "console/inbox/_items.html" if cursor else "console/inbox/_refresh.html", context)


@require_GET
def counts(request: HttpRequest) -> HttpResponse:
    """The tabs with how many conversations each list has."""
    view = request.GET.get("list", FIRST)
    if view not in NAMES:
        raise Http404
    return render(request, "console/inbox/_views.html", views_context(colleague(request), view))


def number_or_none(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 19 else None


def list_context(user: User, view: str, *, cursor: str | None, now: datetime, current: int | None = None) -> dict[str, Any]:
    """What the list pane shows. :raises Http404: no such list, or a cursor that this list never gave"""
    if view not in NAMES:
        raise Http404
    try:
        found = queries.list_page(user, view, cursor=cursor)
    except queries.BadCursor as error:
        raise Http404 from error
    context: dict[str, Any] = {
        "rows": rows_of(found.rows, now=now),
        "next": found.next,
        "cursor": cursor,
        "now": now,
        "current": current,
        "empty_words": NAMES[view][2],
    }
    if not found.rows and not cursor:
        context |= first_steps(user)
    return context | views_context(user, view)


def views_context(user: User, view: str) -> dict[str, Any]:
    """All lists by name with their counts, and which one is shown."""
    numbers = queries.counts(user)
    views = [
        {"key": key, "tab": tab, "title": title, "count": numbers[key], "in_tabs": key in IN_TABS}
        for key, (tab, title, _empty) in NAMES.items()
    ]
    return {"view": view, "views": views, "list_title": NAMES[view][1]}


def first_steps(user: User) -> dict[str, Any]:
    """What to do at a desk to which nobody has written yet; nothing when there is at least one conversation to see."""
    if access.visible_to(user).exists():
        return {}
    doors = access.visible_inboxes(user).filter(is_active=True, kind=Inbox.Kind.MESSENGER)
    return {"is_new_desk": True, "first_door": doors.order_by("created_at").first()}
