"""Pages that a customer opens from a link: the questions, their own conversation, one file."""

from django.urls import path

from ascolto.web.answers import customer_page, file, page_actions, survey, unsubscribe

urlpatterns = [
    path("r/<str:token>", survey.survey, name="survey"),
    path("u/<str:token>", unsubscribe.unsubscribe, name="unsubscribe"),
    path("t/<str:token>", customer_page.customer_page, name="customer_page"),
    path("t/<str:token>/read", customer_page.read, name="customer_page_read"),
    path("t/<str:token>/news", page_actions.news, name="customer_page_news"),
    path("t/<str:token>/call", page_actions.call, name="customer_page_call"),
    path("t/<str:token>/ending", page_actions.ending, name="customer_page_ending"),
    path("t/<str:token>/files/<uuid:attachment_id>/", customer_page.attachment, name="customer_page_file"),
    path("files/<str:token>", file.file, name="file"),
]
