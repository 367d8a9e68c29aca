"""Mounts web and api; nothing else."""

from django.urls import include, path

urlpatterns = [
    path("api/v1/", include("ascolto.api.v1.urls")),
    path("", include("ascolto.web.urls")),
]
handler400 = "ascolto.web.errors.bad_request"
handler403 = "ascolto.web.errors.forbidden"
handler404 = "ascolto.web.errors.not_found"
handler500 = "ascolto.web.errors.server_error"
