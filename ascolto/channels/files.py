"""Files that came with a message go into the file store, bytes first, before the message has its transaction."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from ascolto.channels.contract import ArrivedFile, Door, Kind, Media, Never, Raw, TryLater
from ascolto.files import store

MAX_FILES = 50  # of one message (threats.md, hard limits); the others stay in the original

log = logging.getLogger(__name__)


@dataclass(kw_only=True)
class Bound:
    """The stored files of one message: their ids, which of them stand within its HTML, and what could not be kept."""

    ids: list[UUID] = field(default_factory=list)
    inline: dict[UUID, str] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)


def owner_of(raw: Raw) -> str:
    """Who gave the files of what arrived; each arrival has a quota of its own."""
    return f"raw:{raw.id}"


def bring_files(kind: Kind, door: Door, raw: Raw, files: Sequence[ArrivedFile | Media], now: datetime) -> Bound:
    """
    Store the files of a message; one that cannot be kept is named in `lost`, and the message goes in without it.

    Twice stores twice and holds the bytes once; the sweeper takes what no message holds.
    :raises TryLater: the provider does not give one now, or the disk is full
    """
    bound = Bound()
    for each in files[:MAX_FILES]:
        try:
            found = kind.fetch(each, door) if isinstance(each, Media) else each
            stored = store.store(found.content, name=found.name, owner=owner_of(raw), at=now)
        except store.NoSpace as error:
            raise TryLater("The disk is nearly full.") from error
        except store.EmptyFile:
            continue
        except (store.Refused, Never) as error:
            bound.lost.append(f"{each.name or each.type}: {error}"[:200])
            continue
        bound.ids.append(stored.id)
        if found.is_inline or found.content_id:
            bound.inline[stored.id] = found.content_id
    for each in files[MAX_FILES:]:
        bound.lost.append(f"{each.name or each.type}: more than {MAX_FILES} files")
    return bound
