"""Settings for those who run the desk, and the page of the very first run."""

from django.urls import path

from ascolto.web.account import signin
from ascolto.web.admin import arrived, channel, desk, developers, form, health, inbox, inboxes, index, mail, people, teams

urlpatterns = [
    path("setup/", signin.first_run, name="setup"),
    path("settings/", index.index, name="settings"),
    path("settings/inboxes/", inboxes.inboxes, name="settings_inboxes"),
    path("settings/inboxes/<uuid:inbox_id>/secret/", inbox.secret, name="settings_inbox_secret"),
    path("settings/inboxes/<str:key>/", inbox.inbox, name="settings_inbox"),
    path("settings/channels/new/<slug:kind>/", channel.new_channel, name="settings_new_channel"),
    path("settings/inboxes/<str:key>/channel/", channel.channel, name="settings_channel"),
    path("settings/inboxes/<str:key>/channel/trial/", channel.trial, name="settings_channel_trial"),
    path("settings/inboxes/<str:key>/channel/connection/", channel.connection, name="settings_channel_connection"),
    path("settings/inboxes/<str:key>/channel/rest/", channel.rest, name="settings_channel_rest"),
    path("settings/inboxes/<str:key>/arrived/", arrived.arrived, name="settings_arrived"),
    path("settings/inboxes/<str:key>/arrived/readings/", arrived.readings, name="settings_readings"),
    path("settings/inboxes/<str:key>/arrived/<uuid:raw_id>/", arrived.original, name="settings_original"),
    path("settings/inboxes/<str:key>/access/", inbox.access, name="settings_inbox_access"),
    path("settings/inboxes/<str:key>/identity-key/", inbox.identity_key, name="settings_inbox_identity_key"),
    path("settings/inboxes/<str:key>/form/", form.questions, name="settings_form"),
    path("settings/inboxes/<str:key>/form/<slug:name>/", form.question, name="settings_form_field"),
    path("settings/inboxes/<str:key>/form/<slug:name>/place/", form.place, name="settings_form_field_place"),
    path("settings/inboxes/<str:key>/form/<slug:name>/removal/", form.removal, name="settings_form_field_removal"),
    path("settings/desk/", desk.desk, name="settings_desk"),
    path("settings/desk/identity/", desk.identity, name="settings_desk_identity"),
    path("settings/desk/hours/", desk.hours, name="settings_desk_hours"),
    path("settings/desk/holidays/", desk.holidays, name="settings_holidays"),
    path("settings/desk/holidays/<str:day>/removal/", desk.holiday_removal, name="settings_holiday_removal"),
    path("settings/health/", health.health, name="settings_health"),
    path("settings/health/events/<str:consumer>/<int:position>/try/", health.another_try, name="settings_event_try"),
    path("settings/health/jobs/reruns/", health.reruns, name="settings_job_reruns"),
    path("settings/health/jobs/<uuid:job_id>/rerun/", health.rerun, name="settings_job_rerun"),
    path("settings/mail/", mail.mails, name="settings_mails"),
    path("settings/mail/<str:name>/", mail.mail, name="settings_mail"),
    path("settings/people/", people.people, name="settings_people"),
    path("settings/people/<uuid:user_id>/role/", people.role, name="settings_person_role"),
    path("settings/people/<uuid:user_id>/access/", people.access, name="settings_person_access"),
    path(
        "settings/people/invitations/<uuid:invitation_id>/revocation/", people.revocation, name="settings_invitation_revocation"
    ),
    path("settings/teams/", teams.teams, name="settings_teams"),
    path("settings/teams/<uuid:team_id>/", teams.team, name="settings_team"),
    path("settings/teams/<uuid:team_id>/removal/", teams.removal, name="settings_team_removal"),
    path("settings/tokens/", developers.tokens, name="settings_tokens"),
    path("settings/tokens/<uuid:token_id>/revocation/", developers.revocation, name="settings_token_revocation"),
]
