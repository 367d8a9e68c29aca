"""Write: a reply, a note, and unsent words kept as they are typed."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from ascolto.channels.limits import DoesNotFit, refuse_what_does_not_fit
from ascolto.conversations.drafts import keep_draft
from ascolto.conversations.models import Conversation, Message
from ascolto.conversations.note import write_note
from ascolto.conversations.read_marks import mark_read
from ascolto.conversations.receive import ConversationGone, TooManyFiles
from ascolto.conversations.reply import NothingSaid, SomeoneElseWasFirst, write_reply
from ascolto.files import store
from ascolto.files.models import StoredFile
from ascolto.text.normalise import TooLong, is_blank, normalise
from ascolto.web.console.thread import show
from ascolto.web.console.uploads import owner_of
from ascolto.web.console.visible import acting, colleague, conversation_or_404
from ascolto.web.page import is_fragment

MAX_ID_CHARS = 64
REFUSALS: dict[type[Exception], str | Promise] = {
    NothingSaid: gettext_lazy("Not sent: there are no words and no file. Write something first."),
    TooManyFiles: gettext_lazy("Not sent: one message carries at most 50 files. Your text is safe; take some files off."),
    TooLong: gettext_lazy("Not sent: the text is longer than 100,000 characters. Send it in parts, or as a file."),
    ConversationGone: gettext_lazy("Not sent: this conversation is no longer there."),
}


class NotYourFile(Exception):
    """A file that somebody else uploaded, or none at all (threat G2)."""


@require_POST
def replies(request: HttpRequest, number: int) -> HttpResponse:
    """Send a reply. The same client id twice is one reply; 409 when a colleague answered meanwhile."""
    conversation = conversation_or_404(request, number)

    def write(text: str, files: Sequence[UUID], source: str, at: datetime) -> Message:
        refuse_what_does_not_fit(conversation_id=conversation.pk, text=text)
        return write_reply(
            conversation=conversation,
            text=text,
            by=acting(request),
            author=colleague(request),
            at=at,
            files=files,
            source=source,
            last_seen=last_seen(request),
        )

    return written(request, conversation, write, is_note=False)


@require_POST
def notes(request: HttpRequest, number: int) -> HttpResponse:
    """Leave a note that only colleagues see. The same client id twice is one note."""
    conversation = conversation_or_404(request, number)

    def write(text: str, files: Sequence[UUID], source: str, at: datetime) -> Message:
        user = colleague(request)
        return write_note(
            conversation=conversation, text=text, by=acting(request), author=user, at=at, files=files, source=source
        )

    return written(request, conversation, write, is_note=True)


@require_POST
def draft(request: HttpRequest, number: int) -> HttpResponse:
    """Keep the words that are not sent yet, and say since when they are safe."""
    conversation, at = conversation_or_404(request, number), timezone.now()
    try:
        text = normalise(request.POST.get("text", ""))
    except TooLong:
        return refused(_("Not saved: the text is longer than 100,000 characters."))
    keep_draft(user=colleague(request), conversation=conversation, text=text, is_note=request.POST.get("is_note") == "1", at=at)
    return render(request, "console/composer/_saved.html", {"saved_at": at if text.strip() else None})


Write = Callable[[str, Sequence[UUID], str, datetime], Message]


def written(request: HttpRequest, conversation: Conversation, write: Write, *, is_note: bool) -> HttpResponse:
    """Write what the form holds; what could not be taken comes back with its words and the reason."""
    at = timezone.now()
    try:
        text = normalise(request.POST.get("text", ""))
        files = [*files_of(request), *taken(request, at)]
        message = write("" if is_blank(text) else text, files, source_of(request), at)
    except SomeoneElseWasFirst as error:
        return come_first(request, conversation, error.message, is_note=is_note)
    except (NothingSaid, TooManyFiles, TooLong, ConversationGone) as error:
        return try_again(request, conversation, str(REFUSALS[type(error)]), is_note=is_note)
    except DoesNotFit as error:
        return try_again(request, conversation, error.words, is_note=is_note)
    except store.Refused:
        words = _("Not sent: a file is larger than 25 MB, or you have uploaded as much as one may in a day. Your text is safe.")
        return try_again(request, conversation, words, is_note=is_note)
    except NotYourFile:
        words = _("Not sent: one of the files is no longer there. Your text is safe; add the file again.")
        return try_again(request, conversation, words, is_note=is_note)
    mark_read(user=colleague(request), conversation=conversation, at=at)
    if is_fragment(request):
        return HttpResponse(status=201, headers={"X-Message": str(message.pk), "X-Seen": at.isoformat()})
    return redirect(f"/conversations/{conversation.number}/#message-{message.pk}")


def come_first(request: HttpRequest, conversation: Conversation, first: Message, *, is_note: bool) -> HttpResponse:
    """409: who answered meanwhile, and what they wrote; the text stays where it is."""
    author = first.author.name if first.author else _("A program of ours")
    if is_fragment(request):
        context = {"first": first, "first_author": author, "conversation": conversation}
        return render(request, "console/composer/_clash.html", context, status=409)
    kept = kept_words(request, is_note=is_note) | {"first": first, "first_author": author, "last_seen": ""}
    return show(request, conversation, status=409, written=kept)


def try_again(request: HttpRequest, conversation: Conversation, words: str, *, is_note: bool) -> HttpResponse:
    """422: why it was not taken; the text stays where it is."""
    if is_fragment(request):
        return refused(words)
    return show(request, conversation, status=422, written=kept_words(request, is_note=is_note) | {"refusal": words})


def refused(words: str) -> HttpResponse:
    return HttpResponse(words, status=422, content_type="text/plain; charset=utf-8")


def kept_words(request: HttpRequest, *, is_note: bool) -> dict[str, Any]:
    return {
        "text": request.POST.get("text", ""),
        "is_note": is_note,
        "files": files_still_there(request),
        "client_id": client_id(request),
        "saved_at": None,
    }


def files_still_there(request: HttpRequest) -> list[StoredFile]:
    """Of the files that were chosen those that can still go along."""
    try:
        wanted = ids(request)
    except NotYourFile:
        return []
    return list(StoredFile.objects.filter(id__in=wanted, owner=owner_of(colleague(request))))


def client_id(request: HttpRequest) -> str:
    """The id by which the browser knows what it sends; without one, one that nobody will send again."""
    given = request.POST.get("client_id", "")[:MAX_ID_CHARS]
    return given if given and given.isascii() and given.isalnum() else uuid4().hex


def source_of(request: HttpRequest) -> str:
    return f"c:{colleague(request).pk}:{client_id(request)}"


def last_seen(request: HttpRequest) -> datetime | None:
    """When the writer last saw the thread; None when they want to send in any case, or said nothing readable."""
    try:
        at = datetime.fromisoformat(request.POST.get("last_seen", ""))
        return at.astimezone(UTC) if at.tzinfo else None
    except (ValueError, OverflowError):  # no instant, or one outside the calendar
        return None


def ids(request: HttpRequest) -> list[UUID]:
    try:
        return [UUID(each) for each in request.POST.getlist("files")]
    except ValueError as error:
        raise NotYourFile from error


def taken(request: HttpRequest, at: datetime) -> list[UUID]:
    """Files that come with the form itself, from a browser without scripts. :raises Refused:"""
    return [
        store.store(each, name=each.name or "", owner=owner_of(colleague(request)), at=at).pk
        for each in request.FILES.getlist("upload")
        if each.size
    ]


def files_of(request: HttpRequest) -> list[UUID]:
    """The files that go along: each uploaded by this colleague. :raises NotYourFile:"""
    wanted = ids(request)
    if wanted:
        owned = StoredFile.objects.filter(id__in=wanted, owner=owner_of(colleague(request))).count()
        if owned != len(set(wanted)):
            raise NotYourFile
    return wanted
