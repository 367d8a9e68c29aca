"""Settings for those who run the desk, and the page of the very first run."""

from django.urls import path

from ascolto.web.account import signin
from ascolto.web.admin import developers, inboxes, index, mail, people

urlpatterns = [
    path("setup/", signin.first_run, name="setup"),
    path("settings/", index.index, name="settings"),
    path("settings/inboxes/", inboxes.inboxes, name="settings_inboxes"),
    path("settings/inboxes/<uuid:inbox_id>/secret/", inboxes.secret, name="settings_inbox_secret"),
    path("settings/mail/", mail.mails, name="settings_mails"),
    path("settings/mail/<str:name>/", mail.mail, name="settings_mail"),
    path("settings/people/", people.people, name="settings_people"),
    path("settings/people/<uuid:user_id>/role/", people.role, name="settings_person_role"),
    path("settings/people/<uuid:user_id>/access/", people.access, name="settings_person_access"),
    path(
        "settings/people/invitations/<uuid:invitation_id>/revocation/", people.revocation, name="settings_invitation_revocation"
    ),
    path("settings/tokens/", developers.tokens, name="settings_tokens"),
    path("settings/tokens/<uuid:token_id>/revocation/", developers.revocation, name="settings_token_revocation"),
]
