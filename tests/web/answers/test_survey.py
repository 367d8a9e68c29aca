"""/r/<token>: the questions behind a link."""

from typing import Any

from ascolto.eventlog.read import last_position
from ascolto.surveys.models import Answer, Invitation

AGENTS = [
    "Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 6.1; Trident/5.0)",
    "Barracuda Sentinel (EE)",
    "Mimecast-URL-Scanner",
    "Proofpoint URL Defense",
    "Slackbot-LinkExpanding 1.0",
]


def test_e1_looking_at_every_link_a_hundred_times_counts_nothing(client: Any, asked: Any) -> None:
    before = last_position()
    for index in range(20):
        for headers in ({}, {"Purpose": "prefetch", "Sec-Purpose": "prefetch"}):
            agent = AGENTS[index % len(AGENTS)]
            got = client.get(f"{asked.path}?csat={index % 5 + 1}", headers=headers, HTTP_USER_AGENT=agent)
            looked = client.head(f"{asked.path}?effort={index % 5 + 1}", headers=headers, HTTP_USER_AGENT=agent)
            assert (got.status_code, looked.status_code) == (200, 200)

    assert not Answer.objects.exists()
    assert last_position() == before
    assert Invitation.objects.get().displayed_at is None


def test_e1_the_link_only_chooses_beforehand(client: Any, asked: Any) -> None:
    page = client.get(f"{asked.path}?csat=4&lang=it").content.decode()

    assert '<input type="radio" name="csat" value="4" checked>' in page
    assert page.count("checked") == 1
    assert "hx-" not in page


def test_a_post_is_an_answer_and_a_later_one_mends_it(client: Any, asked: Any) -> None:
    first = client.post(asked.path, {"csat": "5"})
    again = client.post(asked.path, {"effort": "2", "why": "Tutto chiaro"})

    kept = Answer.objects.get()

    assert (first.status_code, again.status_code) == (200, 200)
    assert (kept.csat, kept.effort, kept.why, kept.source) == (5, 2, "Tutto chiaro", "link")


def test_e2_forged_mutilated_and_old_links_have_one_answer(client: Any, asked: Any) -> None:
    letter = "A" if asked.path[-1] != "A" else "E"
    forged = client.get(asked.path[:-2] + letter + "x")
    nothing = client.get("/r/x")
    posted = client.post(asked.path[:-5], {"csat": "5"})
    Invitation.objects.update(expires_at=asked.invitation.invited_at)
    old = client.get(asked.path)

    assert {each.status_code for each in (forged, nothing, posted, old)} == {404}
    assert forged.content == nothing.content == old.content
    assert not Answer.objects.exists()


def test_e3_the_page_holds_nothing_of_the_conversation(client: Any, asked: Any) -> None:
    client.post(asked.path, {"csat": "1", "why": "parole mie segrete"})
    page = client.get(asked.path).content.decode()

    for secret in ("lampada", "Anna", "anna@example.org", "Bruno", "parole mie", "Provi", "difficile"):
        assert secret not in page
    assert "checked" not in page


def test_the_address_of_the_page_does_not_travel_on(client: Any, asked: Any) -> None:
    response = client.get(asked.path)

    assert response["Referrer-Policy"] == "no-referrer"
    assert "no-store" in response["Cache-Control"]
    assert "noindex" in response["X-Robots-Tag"]


def test_an_empty_form_says_what_to_do_and_keeps_nothing(client: Any, asked: Any) -> None:
    response = client.post(asked.path, {"csat": "9"})

    assert response.status_code == 422
    assert not Answer.objects.exists()


def test_words_that_do_not_fit_come_back(client: Any, asked: Any) -> None:
    response = client.post(asked.path, {"csat": "3", "why": "così " * 2000})

    assert response.status_code == 422
    assert "così così" in response.content.decode()
    assert not Answer.objects.exists()


def test_a_field_that_nobody_sees_catches_programs(client: Any, asked: Any) -> None:
    response = client.post(asked.path, {"csat": "5", "website": "https://spam.example"})

    assert response.status_code == 200
    assert not Answer.objects.exists()


def test_it_works_where_no_cookie_is_kept(asked: Any) -> None:
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)

    assert strict.post(asked.path, {"csat": "5"}).status_code == 200
