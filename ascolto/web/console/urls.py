"""The agent's console."""

from django.urls import URLPattern, URLResolver, path

from ascolto.web.console import actions, calls, composer, customer, files, inbox, letters, retry, search, thread, uploads

of_one = "conversations/<int:number>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", inbox.home, name="home"),
    path("inbox/counts/", inbox.counts, name="inbox_counts"),
    path("inbox/<slug:view>/", inbox.inbox, name="inbox"),
    path("inbox/<slug:view>/rows/", inbox.rows, name="inbox_rows"),
    path(of_one, thread.thread, name="conversation"),
    path(f"{of_one}timeline/", thread.timeline_part, name="conversation_timeline"),
    path(f"{of_one}customer/", thread.customer_pane, name="conversation_customer"),
    path(f"{of_one}holder/", thread.holder, name="conversation_holder"),
    path(f"{of_one}read/", thread.read, name="conversation_read"),
    path(f"{of_one}replies/", composer.replies, name="conversation_replies"),
    path(f"{of_one}notes/", composer.notes, name="conversation_notes"),
    path(f"{of_one}draft/", composer.draft, name="conversation_draft"),
    path(f"{of_one}files/", uploads.upload, name="conversation_files"),
    path(f"{of_one}files/<uuid:id>/", files.attachment, name="conversation_file"),
    path(f"{of_one}messages/<uuid:id>/formatted/", letters.formatted, name="conversation_formatted"),
    path(f"{of_one}messages/<uuid:id>/original/", letters.original, name="conversation_original"),
    path(f"{of_one}messages/<uuid:id>/retry/", retry.retry, name="conversation_retry"),
    path(f"{of_one}assignee/", actions.assignee, name="conversation_assignee"),
    path(f"{of_one}team/", actions.team, name="conversation_team"),
    path(f"{of_one}status/", actions.status, name="conversation_status"),
    path(f"{of_one}tags/", actions.tags, name="conversation_tags"),
    path(f"{of_one}priority/", actions.priority, name="conversation_priority"),
    path(f"{of_one}calls/", calls.calls, name="conversation_calls"),
    path(f"{of_one}links/", actions.links, name="conversation_links"),
    path("search/", search.search, name="search"),
    path("customers/<uuid:id>/", customer.customer, name="customer"),
]
