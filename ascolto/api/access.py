"""The only way to get a row for a token; what it may not see is as if it were not there (threats G2, K1)."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from ascolto.accounts.models import User
from ascolto.api.authenticate import Caller
from ascolto.api.problems import invalid, not_found
from ascolto.conversations.models import Attachment, Conversation, Inbox, Message
from ascolto.files.models import StoredFile
from ascolto.people.models import Customer, Team

NUMBER_LIMIT = 2**63 - 1


def inboxes(caller: Caller) -> QuerySet[Inbox]:
    return Inbox.objects.all() if caller.inboxes is None else Inbox.objects.filter(id__in=caller.inboxes)


def conversations(caller: Caller) -> QuerySet[Conversation]:
    """All that this token may see; every list, search and count starts from here."""
    return Conversation.objects.all() if caller.inboxes is None else Conversation.objects.filter(inbox_id__in=caller.inboxes)


def customers(caller: Caller) -> QuerySet[Customer]:
    """Customers who are not forgotten; for a narrowed token those who wrote to one of its inboxes."""
    rows = Customer.objects.filter(forgotten_at=None)
    if caller.inboxes is None:
        return rows
    theirs = Conversation.objects.filter(customer=OuterRef("pk"), inbox_id__in=caller.inboxes)
    return rows.filter(Exists(theirs))


def conversation(caller: Caller, reference: str) -> Conversation:
    """The conversation with this id or public number. :raises Problem: 404"""
    found = matching(conversations(caller), reference).select_related("inbox").first()
    if found is None:
        raise not_found()
    return found


def locked_conversation(caller: Caller, reference: str) -> Conversation:
    """The same, held until the end of the transaction. :raises Problem: 404"""
    found = matching(conversations(caller).select_for_update(), reference).first()
    if found is None:
        raise not_found()
    return found


def messages(row: Conversation) -> QuerySet[Message]:
    """The messages of a conversation that was got from here, with their authors and files."""
    files = Prefetch("attachments", Attachment.objects.select_related("file").order_by("id"))
    return Message.objects.filter(conversation=row).select_related("author").prefetch_related(files)


def conversation_of(source: str) -> tuple[UUID, UUID] | None:
    """Ids of the message that this token's own source stands for, and of its conversation; `source` names the token."""
    return Message.objects.filter(source=source).values_list("id", "conversation_id").first()


def is_taken(external_id: str) -> bool:
    """Whether any conversation of the desk has this external_id; that alone is told."""
    return Conversation.objects.filter(external_id=external_id).exists()


def matching(rows: QuerySet[Conversation], reference: str) -> QuerySet[Conversation]:
    if reference.isascii() and reference.isdecimal() and len(reference) < 20 and int(reference) <= NUMBER_LIMIT:
        return rows.filter(number=int(reference))
    return rows.filter(pk=id_from(reference))


def customer(caller: Caller, reference: str, *, is_locked: bool = False) -> Customer:
    """The customer with this id; locked it is held until the end of the transaction. :raises Problem: 404"""
    rows = customers(caller).select_for_update() if is_locked else customers(caller)
    found = rows.filter(pk=id_from(reference)).first()
    if found is None:
        raise not_found()
    return found


def stored_file(caller: Caller, reference: str) -> StoredFile:
    """A file that this token gave, or that came with a message it may see. :raises Problem: 404"""
    seen = Attachment.objects.filter(file=OuterRef("pk"), message__conversation__in=conversations(caller).values("pk"))
    found = StoredFile.objects.filter(pk=id_from(reference)).filter(Q(owner=caller.owner) | Exists(seen)).first()
    if found is None:
        raise not_found()
    return found


def own_files(caller: Caller, ids: Sequence[UUID]) -> tuple[UUID, ...]:
    """The ids of files to send, when this token gave them all. :raises Problem: 422 naming the first that is not its own"""
    theirs = set(StoredFile.objects.filter(pk__in=ids, owner=caller.owner).values_list("pk", flat=True)) if ids else set()
    for index, id in enumerate(ids):
        if id not in theirs:
            raise invalid(f"attachments.{index}", "this token has not uploaded such a file")
    return tuple(dict.fromkeys(ids))


def colleague(reference: str) -> User | None:
    """The colleague with this id or e-mail address, active or not."""
    id = read_id(reference)
    return User.objects.filter(pk=id).first() if id else User.objects.filter(email=reference.strip().lower()).first()


def team(reference: str) -> Team | None:
    """The team with this id or name."""
    id = read_id(reference)
    return Team.objects.filter(pk=id).first() if id else Team.objects.filter(name=reference.strip()).first()


def read_id(reference: str) -> UUID | None:
    try:
        return UUID(reference) if len(reference) == 36 else None
    except ValueError:
        return None


def id_from(reference: str) -> UUID:
    """:raises Problem: 404, it is no id"""
    found = read_id(reference)
    if found is None:
        raise not_found()
    return found
