"""Every page of the product, grouped by place; no URL lives anywhere else."""

from django.urls import include, path

urlpatterns = [
    path("", include("ascolto.web.console.urls")),
    path("account/", include("ascolto.web.account.urls")),
    path("messenger/", include("ascolto.web.messenger.urls")),
    path("contact/", include("ascolto.web.help.urls")),
    path("", include("ascolto.web.answers.urls")),
    path("insights/", include("ascolto.web.insights.urls")),
    path("", include("ascolto.web.admin.urls")),
]
