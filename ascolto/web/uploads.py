"""Files that come with a form."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from ascolto.files import store

MAX_FILES = 5


class BadUpload(Exception):
    """A file that is not taken; `words` say which and why, to people."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


def keep(uploads: Sequence["UploadedFile[bytes]"], *, owner: str, at: datetime) -> list[UUID]:
    """Keep the files of a form and return their ids; all are checked for size before the first is kept. :raises BadUpload:"""
    if len(uploads) > MAX_FILES:
        raise BadUpload(_("At most %(count)s files at a time. Send the others in a second message.") % {"count": MAX_FILES})
    for upload in uploads:
        if (upload.size or 0) > store.LIMIT_BYTES:
            raise too_large(upload)
    return [kept(upload, owner, at) for upload in uploads]


def kept(upload: "UploadedFile[bytes]", owner: str, at: datetime) -> UUID:
    names = {"name": upload.name or ""}
    try:
        return store.store(upload.file, name=upload.name or "", owner=owner, at=at).id  # type: ignore[arg-type]
    except store.TooLarge as error:
        raise too_large(upload) from error
    except store.EmptyFile as error:
        raise BadUpload(_("“%(name)s” is empty: there is nothing to send in it.") % names) from error
    except store.QuotaExceeded as error:
        raise BadUpload(_("That is as many files as fit in one day. The text can go without them.")) from error
    except store.NoSpace as error:
        raise BadUpload(_("There is no room for files here at the moment. The text can go without them.")) from error


def too_large(upload: "UploadedFile[bytes]") -> BadUpload:
    words = _("“%(name)s” is larger than %(size)s MB. Send a smaller one, or a link to it.")
    return BadUpload(words % {"name": upload.name or "", "size": store.LIMIT_BYTES // store.MB})
