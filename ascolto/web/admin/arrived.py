"""What arrived at a channel as it arrived: what could not be read, what was nobody's, and the original of each."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from ascolto.accounts.models import User
from ascolto.channels import raw
from ascolto.channels.models import RawInbound
from ascolto.web.admin.channel import known_channel
from ascolto.web.admin.door import only_with

SHOWN = 100  # of each state, the newest; the counts are of all


@require_safe
@only_with("manage_desk")
def arrived(request: HttpRequest, admin: User, key: str) -> HttpResponse:
    """The latest arrivals, those that need somebody first."""
    inbox, kind = known_channel(key)
    rows = RawInbound.objects.filter(inbox=inbox).defer("content")
    parts = [
        (state, list(rows.filter(state=state).select_related("message__conversation").order_by("-id")[:SHOWN]))
        for state in (RawInbound.State.FAILED, RawInbound.State.WAITING, RawInbound.State.IGNORED, RawInbound.State.READ)
    ]
    context = {"place": "settings", "section": "inboxes", "inbox": inbox, "kind": kind, "parts": parts, "most": SHOWN}
    return render(request, "settings/arrived.html", context)


@require_POST
@only_with("manage_desk")
def readings(request: HttpRequest, admin: User, key: str) -> HttpResponse:
    """Have what could not be read tried once more: one, or all."""
    inbox, _kind = known_channel(key)
    chosen = [each for each in request.POST.getlist("id") if is_id(each)]
    count = raw.read_again(inbox=inbox.pk, ids=[UUID(each) for each in chosen], now=now())
    messages.success(
        request,
        ngettext("%(count)s is read once more.", "%(count)s are read once more.", count) % {"count": count}
        if count
        else _("There was nothing left to read."),
    )
    return HttpResponseRedirect(reverse("settings_arrived", args=[inbox.key]))


@require_safe
@only_with("manage_desk")
def original(request: HttpRequest, admin: User, key: str, raw_id: UUID) -> HttpResponse:
    """The bytes as they arrived, as a file: whatever they are, a browser opens nothing of them (threat B7)."""
    inbox, kind = known_channel(key)
    found = get_object_or_404(RawInbound, pk=raw_id, inbox=inbox)
    response = HttpResponse(bytes(found.content), content_type="application/octet-stream")
    ending = "eml" if kind.name == "email" else "txt"
    response["Content-Disposition"] = f'attachment; filename="{found.pk}.{ending}"'
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
