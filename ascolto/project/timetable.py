"""The one table of recurring work: which, how often."""

from datetime import timedelta

from django.utils.module_loading import autodiscover_modules

from ascolto.accounts.prune import prune_sessions
from ascolto.api.prune import prune_answers
from ascolto.channels.alarm import sound_alarms
from ascolto.channels.calls import end_forgotten
from ascolto.channels.send_later import sweep as sweep_deliveries
from ascolto.files.sweep import sweep_files
from ascolto.jobs.prune import prune_jobs
from ascolto.jobs.timetable import Entry

ENTRIES: tuple[Entry, ...] = (
    Entry("channels.end_calls", timedelta(minutes=15), end_forgotten),
    Entry("jobs.prune", timedelta(hours=6), prune_jobs),
    Entry("channels.alarm", timedelta(minutes=5), sound_alarms),
    Entry("channels.sweep_deliveries", timedelta(minutes=10), sweep_deliveries),
    Entry("api.prune_answers", timedelta(hours=1), prune_answers),
    Entry("files.sweep", timedelta(hours=1), sweep_files),
    Entry("accounts.prune_sessions", timedelta(days=1), prune_sessions),
)


def connect() -> None:
    """Import every room's events and jobs, so that what is stored by name is found again; twice is once."""
    autodiscover_modules("events", "jobs")
