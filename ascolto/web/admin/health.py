"""The desk's health in plain words, and another try for what failed."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from ascolto.accounts.models import User
from ascolto.eventlog import consume
from ascolto.insights import health as room
from ascolto.jobs import enqueue
from ascolto.jobs.models import Job
from ascolto.web.admin.door import only_with

# What each consumer of the event log does for people; one without words is shown by its name.
CONSUMERS: dict[str, str | Promise] = {
    "search": gettext_lazy("Search index"),
    "channels": gettext_lazy("Replies by mail"),
    "surveys": gettext_lazy("Questions after a resolution"),
}


@require_safe
@only_with("manage_desk")
def health(request: HttpRequest, admin: User) -> HttpResponse:
    """What is well, what is not and what to do about it."""
    return shown(request)


def shown(request: HttpRequest, *, status: int = 200, problem: str = "") -> HttpResponse:
    found = room.check(now=now())
    known = {each.name for each in found.consumers}
    context = {
        "place": "settings",
        "section": "health",
        "found": found,
        "consumers": [(CONSUMERS.get(each.name, each.name), each) for each in found.consumers],
        "set_aside": [(CONSUMERS.get(each.consumer, each.consumer), each.consumer in known, each) for each in shortened(found)],
        "free_gb": found.free_bytes / 1_000_000_000,
        "waiting": found.job_counts.get("waiting", 0),
        "failed": found.job_counts.get("failed", 0),
        "problem": problem,
    }
    return render(request, "settings/health.html", context, status=status)


def shortened(found: room.Health) -> list[consume.SetAsideEvent]:
    return found.set_aside[: room.SHOWN]


@require_POST
@only_with("manage_desk")
def another_try(request: HttpRequest, admin: User, consumer: str, position: int) -> HttpResponse:
    """Offer an event to its consumer again; what the consumer says against it is shown."""
    try:
        consume.offer_again(room.reactions_of(consumer), position=position)
    except consume.NotSetAside:
        messages.success(request, _("This event is not set aside any more."))
    except Exception as error:
        words = _("It was tried again and failed again: %(error)s") % {"error": consume.words_of(error)[:300]}
        return shown(request, status=409, problem=words)
    else:
        messages.success(request, _("Done: the event is taken."))
    return back()


@require_POST
@only_with("manage_desk")
def rerun(request: HttpRequest, admin: User, job_id: UUID) -> HttpResponse:
    """Give a failed job all its attempts again."""
    try:
        enqueue.run_again(job_id=job_id, now=now())
    except Job.DoesNotExist as error:
        raise Http404 from error
    messages.success(request, _("The job runs again as soon as a worker is free."))
    return back()


@require_POST
@only_with("manage_desk")
def reruns(request: HttpRequest, admin: User) -> HttpResponse:
    """The same for all that failed: after a mail server was down for a night, say."""
    count = enqueue.run_failed_again(now=now())
    words = ngettext("%(count)s job runs again.", "%(count)s jobs run again.", count)
    messages.success(request, words % {"count": count})
    return back()


def back() -> HttpResponse:
    return HttpResponseRedirect(reverse("settings_health"))
