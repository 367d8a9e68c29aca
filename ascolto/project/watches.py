"""The one table of what a worker keeps an eye on outside, each in a thread of its own."""

from ascolto.channels import watch_mailboxes
from ascolto.project.worker import Watch

WATCHES: tuple[Watch, ...] = (watch_mailboxes.watch,)
