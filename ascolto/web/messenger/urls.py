"""The messenger: the loader a site embeds, the frame it opens, and a page to try both."""

from django.urls import URLPattern, URLResolver, path

from ascolto.web.messenger import demo, frame, loader

urlpatterns: list[URLPattern | URLResolver] = [
    path("<str:key>.js", loader.script, name="messenger-loader"),
    path("<str:key>/", frame.frame, name="messenger"),
    path("<str:key>/demo/", demo.demo, name="messenger-demo"),
]
