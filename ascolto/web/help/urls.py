"""The contact form of each inbox of that kind."""

from django.urls import path

from ascolto.web.help import contact

urlpatterns = [
    path("<str:key>/", contact.contact, name="contact"),
]
