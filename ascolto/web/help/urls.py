"""The contact form of each inbox of that kind: a page, a frame for other sites, and the script that brings it there."""

from django.urls import path

from ascolto.web.help import contact, loader

urlpatterns = [
    path("<str:key>.js", loader.script, name="contact_loader"),
    path("<str:key>/", contact.contact, name="contact"),
    path("<str:key>/embed/", contact.embedded, name="contact_embedded"),
]
