"""The customer beside the thread: who they are, where they can be reached, what they said before."""

from typing import Any
from uuid import UUID

from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from ascolto.accounts.models import User
from ascolto.channels.dial import phone_inbox_for, waiting_call, wished_number
from ascolto.conversations import access, queries
from ascolto.conversations.links import open_links
from ascolto.conversations.models import Conversation
from ascolto.eventlog.read import last_position
from ascolto.people.models import Address, Customer
from ascolto.people.queries import addresses_of, possibly_the_same
from ascolto.surveys.queries import answer_of
from ascolto.web.console.attributes import call_wished, rows_of_attributes
from ascolto.web.console.rows import name_of, rows_of
from ascolto.web.console.visible import colleague

SHOWN = 50  # of a customer's conversations on their own page
LANGUAGES: dict[str, str | Promise] = {"it": _("Italian"), "en": _("English")}
EFFORT: dict[int, str | Promise] = {
    1: _("Much less effort than expected"),
    2: _("Less effort than expected"),
    3: _("As much effort as expected"),
    4: _("More effort than expected"),
    5: _("Much more effort than expected"),
}


@require_GET
def customer(request: HttpRequest, id: UUID) -> HttpResponse:
    """A customer with all their conversations that this colleague may see; without any, there is no such customer."""
    user = colleague(request)
    theirs = queries.for_rows(access.visible_to(user).filter(customer_id=id), user)
    found = list(theirs.order_by("-last_message_at")[:SHOWN])
    if not found:
        raise Http404
    now = timezone.now()
    context = person_context(user, found[0].customer) | {
        "rows": rows_of(found, now=now),
        "who": name_of(found[0]),
        "now": now,
        "place": "conversations",
        "position": last_position(),
    }
    return render(request, "console/customer.html", context)


def customer_context(user: User, conversation: Conversation) -> dict[str, Any]:
    """What stands beside a thread: the person, their history, what they said of our service, their private links."""
    answer = answer_of(conversation)
    history = queries.history_of(user, conversation)
    return person_context(user, conversation.customer) | {
        "who": name_of(conversation),
        "history": rows_of([with_customer(each, conversation) for each in history], now=timezone.now()),
        "answer": answer,
        "effort_words": EFFORT.get(answer.effort or 0) if answer else None,
        "attributes": rows_of_attributes(conversation),
        "call_back": call_wished(conversation),
        "open_links": open_links(conversation, now=timezone.now()),
        "call": call_context(user, conversation),
    }


def call_context(user: User, conversation: Conversation) -> dict[str, Any]:
    """Whether the desk itself can call this customer, where they wished it, and whether they wait now. No number, no query."""
    prefetch_related_objects([conversation.customer], "addresses")
    known = {each.value for each in conversation.customer.addresses.all() if each.kind == Address.Kind.PHONE}
    wished = wished_number(conversation)
    if not known and not wished:
        return {}
    return {
        "is_ours": phone_inbox_for(conversation, user) is not None,
        "waits": waiting_call(conversation) is not None,
        "wished": wished if wished not in known else "",
    }


def with_customer(conversation: Conversation, beside: Conversation) -> Conversation:
    """The history is the same customer's: no query for each row."""
    conversation.customer = beside.customer
    return conversation


def person_context(user: User, customer: Customer) -> dict[str, Any]:
    """Who a customer is, and who else may be the same person, as far as this colleague may know of them (threat D1)."""
    prefetch_related_objects([customer], "addresses")
    others = possibly_the_same(customer)
    known = set(access.visible_to(user).filter(customer__in=others).values_list("customer_id", flat=True)) if others else set()
    return {
        "customer": customer,
        "is_new_today": timezone.localdate(customer.created_at) == timezone.localdate(),
        "addresses": addresses_of(customer),
        "customer_language": LANGUAGES.get(customer.language),
        "maybe_same": [each for each in others if each.pk in known],
    }
