"""One's own page: name, language, and the ways to everything that keeps the account safe."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods

from ascolto.accounts import describe, join
from ascolto.accounts.models import User
from ascolto.web.account.forms import ProfileForm


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Read and change one's own name and language; nothing else of the row can be written from here."""
    user = request.user
    if not isinstance(user, User):
        raise TypeError("the door lets only colleagues in")
    form = ProfileForm(request.POST) if request.method == "POST" else ProfileForm.of(user)
    if request.method == "POST" and form.is_valid():
        try:
            describe.describe(user=user, **form.cleaned_data)
        except join.BadDetails as error:
            form.add_error(error.field, error.words)
        else:
            with override(user.language):
                messages.success(request, _("Saved."))
            return HttpResponseRedirect(reverse("account_profile"))
    return render(request, "account/profile.html", {"form": form}, status=422 if request.method == "POST" else 200)
