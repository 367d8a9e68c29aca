"""/settings/health/."""

from datetime import timedelta
from typing import Any

from django.utils.timezone import now

from ascolto.conversations.events import MessageReceived
from ascolto.eventlog import consume
from ascolto.eventlog.event import Recorded
from ascolto.eventlog.reaction import Reactions
from ascolto.jobs.heartbeat import beat
from ascolto.jobs.models import Job, JobState
from tests.conftest import NOON

is_poisonous = True


def react(recorded: Recorded) -> None:
    if is_poisonous:
        raise RuntimeError("<b>no way</b>")


POISON = Reactions("poisoned", {MessageReceived: react})
TABLE = (POISON,)


def set_aside() -> int:
    for minutes in range(0, 60, 3):
        consume.feed(POISON, now=NOON + timedelta(minutes=minutes), worker="w")
    return consume.set_aside_list()[0].position


def failed(**more: Any) -> Job:
    given = {"kind": "mail.send", "state": JobState.FAILED, "run_at": NOON, "max_attempts": 8, "attempts": 8}
    return Job.objects.create(**given, enqueued_at=NOON, finished_at=NOON, last_error="OSError: down", **more)


def test_a_desk_that_is_well_says_so(signed_in: Any, world: Any, settle: Any) -> None:
    settle(now())
    beat(worker="w", now=now())
    page = signed_in(world.ada).get("/settings/health/?lang=en").text

    assert "All is well." in page
    assert "1 is at work." in page


def test_a_dead_worker_is_said_with_what_to_do(signed_in: Any, world: Any) -> None:
    page = signed_in(world.ada).get("/settings/health/?lang=en").text

    assert "All is well." not in page
    assert "ascolto worker" in page


def test_an_event_set_aside_is_shown_and_tried_again(signed_in: Any, world: Any, conversation: Any, settings: Any) -> None:
    global is_poisonous
    settings.REACTIONS = f"{__name__}.TABLE"
    position = set_aside()
    ada = signed_in(world.ada)
    address = f"/settings/health/events/poisoned/{position}/try/"

    assert "&lt;b&gt;no way&lt;/b&gt;" in ada.get("/settings/health/").text
    refused = ada.post(address)
    assert refused.status_code == 409
    assert "&lt;b&gt;no way" in refused.text
    assert len(consume.set_aside_list()) == 1

    is_poisonous = False
    try:
        assert ada.post(address).status_code == 302
    finally:
        is_poisonous = True
    assert consume.set_aside_list() == []
    assert ada.post(address).status_code == 302  # someone else was first: nothing breaks


def test_an_event_of_a_consumer_that_is_no_more_has_no_button(signed_in: Any, world: Any, conversation: Any) -> None:
    position = set_aside()
    ada = signed_in(world.ada)

    assert "poisoned" in ada.get("/settings/health/").text
    assert f"/{position}/try/" not in ada.get("/settings/health/").text
    assert ada.post(f"/settings/health/events/poisoned/{position}/try/").status_code == 302
    assert len(consume.set_aside_list()) == 1


def test_a_failed_job_runs_again(signed_in: Any, world: Any) -> None:
    job = failed()
    ada = signed_in(world.ada)
    assert "OSError: down" in ada.get("/settings/health/").text

    assert ada.post(f"/settings/health/jobs/{job.id}/rerun/").status_code == 302
    job.refresh_from_db()
    assert (job.state, job.attempts) == (JobState.WAITING, 0)
    assert ada.post(f"/settings/health/jobs/{job.id}/rerun/").status_code == 404


def test_all_that_failed_runs_again_after_a_bad_night(signed_in: Any, world: Any) -> None:
    for _ in range(3):
        failed()
    failed(key="same")
    failed(key="same")

    assert signed_in(world.ada).post("/settings/health/jobs/reruns/").status_code == 302
    assert Job.objects.filter(state=JobState.WAITING).count() == 4  # the same work waits once


def test_agents_and_leads_do_not_come_in(signed_in: Any, world: Any) -> None:
    job = failed()
    for person in (world.bruno, world.carla):
        browser = signed_in(person)
        answers = [
            browser.get("/settings/health/"),
            browser.post("/settings/health/jobs/reruns/"),
            browser.post(f"/settings/health/jobs/{job.id}/rerun/"),
            browser.post("/settings/health/events/search/1/try/"),
        ]
        assert {each.status_code for each in answers} == {403}
