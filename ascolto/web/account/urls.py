"""One's own account: signing in and out, second factor, passkeys, sessions, invitation, profile."""

from django.urls import include, path, re_path

from ascolto.web.account import profile, signin

urlpatterns = [
    path("", profile.profile, name="account_profile"),
    path("invitation/<str:token>/", signin.invitation, name="account_invitation"),
    # Colleagues are invited and their address comes with the invitation: these pages of allauth are not for this desk.
    re_path(r"^(signup|email|confirm-email|3rdparty/signup)/", signin.not_here),
    path("", include("allauth.urls")),
]
