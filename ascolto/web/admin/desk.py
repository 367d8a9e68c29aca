"""The desk itself: name, language, clock, opening hours, days off."""

from datetime import date
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from ascolto.accounts.models import Language, User
from ascolto.channels.messenger import expectation
from ascolto.web.admin.door import only_with
from ascolto.web.admin.week import Day, as_days, read_week
from ascolto.web.parts.tags import as_spoken
from ascolto.workspace import configure, queries
from ascolto.workspace.models import Workspace


def zones() -> list[tuple[str, str]]:
    """Every time zone that a person lives in, by name."""
    names = (
        name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "SystemV/", "posix/", "right/"))
    )
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in sorted(names))]


class DeskForm(forms.Form):
    """What the desk is called, and how it speaks and counts the hours."""

    name = forms.CharField(label=gettext_lazy("Name of the desk"), help_text=gettext_lazy("Customers see it."), max_length=100)
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=Language.choices)
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"), help_text=gettext_lazy("Opening hours and times count in it."), choices=zones
    )


class HolidayForm(forms.Form):
    """A day off."""

    day = forms.DateField(label=gettext_lazy("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    name = forms.CharField(label=gettext_lazy("What for"), help_text=gettext_lazy("Optional."), max_length=100, required=False)


@require_safe
@only_with("manage_desk")
def desk(request: HttpRequest, admin: User) -> HttpResponse:
    """Everything about the desk on one page."""
    return shown(request)


def shown(
    request: HttpRequest,
    *,
    form: DeskForm | None = None,
    days: list[Day] | None = None,
    is_always_open: bool | None = None,
    holiday: HolidayForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page; what is given stands in it as it was said."""
    here = get_object_or_404(Workspace, pk=1)
    week = queries.week()
    today = now().astimezone(ZoneInfo(here.time_zone)).date()
    initial = {"name": here.name, "language": here.language, "time_zone": here.time_zone}
    context = {
        "place": "settings",
        "section": "desk",
        "form": form or DeskForm(initial=initial),
        "days": days or as_days(week),
        "is_always_open": not week if is_always_open is None else is_always_open,
        "holidays": [(each, as_spoken(date_format(each.day, "l j F Y"))) for each in queries.holidays_from(today)],
        "holiday_form": holiday or HolidayForm(auto_id="holiday-%s"),
    }
    return render(request, "settings/desk.html", context, status=status)


@require_POST
@only_with("manage_desk")
def identity(request: HttpRequest, admin: User) -> HttpResponse:
    """Another name, language or clock."""
    form = DeskForm(request.POST)
    if not form.is_valid():
        return shown(request, form=form, status=422)
    configure.change_desk(**form.cleaned_data)
    return back(request, _("The desk is changed."))


@require_POST
@only_with("manage_desk")
def hours(request: HttpRequest, admin: User) -> HttpResponse:
    """Other opening hours."""
    is_always_open = request.POST.get("open") != "hours"
    days = read_week(request.POST)
    if not is_always_open and any(day.problem for day in days):
        return shown(request, days=days, is_always_open=False, status=422)
    configure.set_hours([] if is_always_open else [(day.number, *period) for day in days for period in day.periods])
    return back(request, _("The opening hours are changed."))


@require_POST
@only_with("manage_desk")
def holidays(request: HttpRequest, admin: User) -> HttpResponse:
    """One more day off."""
    form = HolidayForm(request.POST, auto_id="holiday-%s")
    if not form.is_valid():
        return shown(request, holiday=form, status=422)
    configure.add_holiday(**form.cleaned_data)
    return back(request, _("The day is kept as closed."))


@require_POST
@only_with("manage_desk")
def holiday_removal(request: HttpRequest, admin: User, day: str) -> HttpResponse:
    """A day (2026-12-25) as any other again."""
    try:
        configure.remove_holiday(day=date.fromisoformat(day))
    except ValueError as error:
        raise Http404 from error
    return back(request, _("The day is open as any other of its weekday."))


def back(request: HttpRequest, words: str) -> HttpResponse:
    """To the page, which says what happened; the messenger's next visitor hears the new hours."""
    expectation.forget()
    messages.success(request, words)
    return HttpResponseRedirect(reverse("settings_desk"))
