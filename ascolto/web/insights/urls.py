"""The numbers and the answers behind them."""

from django.urls import path

from ascolto.web.insights import answers, numbers

urlpatterns = [
    path("", numbers.numbers, name="insights"),
    path("answers/", answers.answers, name="insights_answers"),
]
