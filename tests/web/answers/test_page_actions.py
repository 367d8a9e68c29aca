"""On the customer's own page: a call, news, an end, a new link."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import localdate, now

from ascolto.conversations.links import make_link, revoke_links
from ascolto.conversations.models import Conversation, Message, PrivateLink
from ascolto.conversations.reply import write_reply
from ascolto.conversations.tag import set_tags
from ascolto.egress import mail
from ascolto.eventlog.event import Actor
from ascolto.eventlog.read import last_position


@pytest.fixture
def tomorrow() -> str:
    return (localdate() + timedelta(days=1)).isoformat()


def test_a_call_is_a_message_a_tag_and_a_wish_beside_it(page_token: str, served: Any, tomorrow: str, as_bruno: Any) -> None:
    set_tags(conversation=served, names=["vip"], by=Actor("agent", "1"), at=now())
    client = Client(enforce_csrf_checks=True)
    said = {"phone": "06 1234 5678", "on_day": tomorrow, "since": "10:00", "until": "12:00", "nonce": "n"}
    answers = [client.post(f"/t/{page_token}/call", said) for _ in range(2)]
    served.refresh_from_db()
    message = Message.objects.get(source__startswith="t:", conversation=served)
    wish = dict(served.attributes["call_back"])

    assert [each.status_code for each in answers] == [303, 303]
    assert message.author_kind == "customer"
    assert message.text.startswith("Chiede una chiamata: +39 06 1234 5678, il ")
    assert message.text.endswith("tra le 10:00 e le 12:00.")
    assert served.status == "open"
    assert sorted(served.tags.values_list("name", flat=True)) == ["da richiamare", "vip"]
    assert wish.pop("asked_at")
    assert wish == {"phone": "+390612345678", "day": tomorrow, "since": "10:00", "until": "12:00"}
    assert "tra le 10:00 e le 12:00." in as_bruno.get(f"/conversations/{served.number}/customer/").content.decode()
    assert "È arrivata" in client.get(answers[0]["Location"]).content.decode()


def test_a_later_wish_takes_the_place_of_the_earlier(client: Any, page_token: str, served: Any) -> None:
    for phone in ("06 1234 5678", "333 1234567"):
        client.post(f"/t/{page_token}/call", {"phone": phone, "nonce": phone})
    served.refresh_from_db()

    assert served.attributes["call_back"]["phone"] == "+393331234567"
    assert Message.objects.filter(text__startswith="Chiede una chiamata: ").count() == 2


@pytest.mark.parametrize(
    "said",
    [
        {"phone": ""},
        {"phone": "chiamatemi"},
        {"phone": "1" * 41},
        {"on_day": "ieri"},
        {"on_day": "2020-01-01"},
        {"on_day": "2999-01-01"},
        {"since": "10:00"},
        {"since": "12:00", "until": "10:00"},
        {"since": "25:00", "until": "26:00"},
    ],
)
def test_a_call_that_cannot_be_comes_back_with_words(client: Any, page_token: str, said: dict[str, str]) -> None:
    response = client.post(f"/t/{page_token}/call", {"phone": "06 1234 5678", "nonce": "n", **said})

    assert response.status_code == 422
    assert 'aria-invalid="true"' in response.content.decode()
    assert '<details class="correspondence__more" open' in response.content.decode()
    assert Message.objects.filter(author_kind="customer").count() == 1


def test_a_call_asked_in_english_is_said_in_the_conversations_language(client: Any, page_token: str, served: Any) -> None:
    Conversation.objects.filter(pk=served.pk).update(language="en")
    client.post(f"/t/{page_token}/call", {"phone": "+44 20 7946 0958", "nonce": "n"})

    assert Message.objects.filter(text="Asks for a call: +44 20 7946 0958.").exists()


def test_a_conversation_with_all_its_tags_takes_the_wish_all_the_same(client: Any, page_token: str, served: Any) -> None:
    set_tags(conversation=served, names=[f"t{index}" for index in range(20)], by=Actor("agent", "1"), at=now())

    assert client.post(f"/t/{page_token}/call", {"phone": "06 1234 5678", "nonce": "n"}).status_code == 303
    served.refresh_from_db()

    assert served.attributes["call_back"]["phone"] == "+390612345678"
    assert served.tags.count() == 20


def test_what_is_new_comes_as_a_piece_of_the_page_and_nothing_as_204(
    client: Any, page_token: str, served: Any, world: Any
) -> None:
    seen = Message.objects.get(text="Provi così")
    address = f"/t/{page_token}/news?after={seen.id}"
    assert client.get(address).status_code == 204

    new = write_reply(conversation=served, text="Novità <b>", by=Actor("agent", "1"), author=world.bruno, at=now())
    position = last_position()
    news = client.get(address)
    piece = news.content.decode()

    assert f'data-last="{new.id}"' in piece
    assert "Novità &lt;b&gt;" in piece
    assert "Provi così" not in piece
    assert "<html" not in piece
    assert news["Referrer-Policy"] == "no-referrer"
    assert last_position() == position
    assert client.get(f"/t/{page_token}/news?after={new.id}").status_code == 204
    assert client.get(f"/t/{page_token}/news?after=x").status_code == 204
    assert client.get(f"/t/{page_token[:-2]}xx/news?after={seen.id}").status_code == 404


def test_news_are_not_for_machines(client: Any, page_token: str) -> None:
    answers = [client.get(f"/t/{page_token}/news").status_code for _ in range(40)]

    assert answers[29] == 204
    assert answers[-1] == 429


def test_whoever_ends_the_link_closes_all_to_that_address_and_a_note_says_so(client: Any, page_token: str, served: Any) -> None:
    make_link(conversation=served, sent_to="anna@example.org", at=now())
    other = make_link(conversation=served, sent_to="altra@example.org", at=now())

    answer = client.post(f"/t/{page_token}/ending")
    again = client.post(f"/t/{page_token}/ending")

    assert (answer.status_code, again.status_code) == (200, 404)
    assert client.get(f"/t/{page_token}").status_code == 404
    assert client.get(f"/t/{other}").status_code == 200
    assert Message.objects.filter(visibility="internal", text__contains="anna@example.org").count() == 1
    assert client.get(f"/t/{page_token}/ending").status_code == 405


def test_a_link_that_ran_out_is_renewed_by_mail_to_its_address_alone(
    client: Any, page_token: str, served: Any, settle: Any
) -> None:
    PrivateLink.objects.update(expires_at=now() - timedelta(days=1))
    gone = client.get(f"/t/{page_token}").content.decode()
    answer = client.post(f"/t/{page_token}", {"renew": "1", "email": "evil@example.org"})
    client.post(f"/t/{page_token}", {"renew": "1"})
    settle(now())
    letters = [mail.read_kept(kept.name) for kept in mail.list_kept(20)]
    ours = [each for each in letters if "nuovo link" in str(each["Subject"])]

    assert 'name="renew"' in gone
    assert answer.status_code == 200
    assert "anna@example.org" not in answer.content.decode()
    assert [str(each["To"]) for each in ours] == ["anna@example.org"]
    assert ours[0]["Auto-Submitted"] == "auto-generated"
    assert "lampeggia" not in ours[0].as_string()
    token = ours[0].get_body(("plain",)).get_content().split("/t/")[1].split()[0]
    assert client.get(f"/t/{token}").status_code == 200


def test_d4_the_answer_is_the_same_for_links_that_never_were_and_those_withdrawn(
    client: Any, page_token: str, served: Any, settle: Any
) -> None:
    forged = client.post(f"/t/{page_token[:-3]}abc", {"renew": "1"})
    odd = client.post("/t/x", {"renew": "1"})
    revoke_links(conversation=served, at=now())
    withdrawn = client.post(f"/t/{page_token}", {"renew": "1"})
    PrivateLink.objects.update(expires_at=now() - timedelta(days=1))
    withdrawn_and_old = client.post(f"/t/{page_token}", {"renew": "1"})
    PrivateLink.objects.update(revoked_at=None)
    good = client.post(f"/t/{page_token}", {"renew": "1"})
    letters = len(mail.list_kept(20))
    settle(now())

    assert forged.content == odd.content == withdrawn.content == withdrawn_and_old.content == good.content
    assert {each.status_code for each in (forged, odd, withdrawn, good)} == {200}
    assert len(mail.list_kept(20)) >= letters


def test_words_written_into_a_link_that_ran_out_come_back(client: Any, page_token: str) -> None:
    PrivateLink.objects.update(expires_at=now() - timedelta(days=1))

    answer = client.post(f"/t/{page_token}", {"text": "Parole <b>lunghe</b>", "nonce": "n"})

    assert answer.status_code == 404
    assert "Parole &lt;b&gt;lunghe&lt;/b&gt;" in answer.content.decode()


def test_a_link_withdrawn_while_its_renewal_waits_brings_nothing(client: Any, page_token: str, served: Any, settle: Any) -> None:
    PrivateLink.objects.update(expires_at=now() - timedelta(days=1))
    client.post(f"/t/{page_token}", {"renew": "1"})
    revoke_links(conversation=served, at=now())
    settle(now())

    assert not [each for each in mail.list_kept(20) if "nuovo link" in str(mail.read_kept(each.name)["Subject"])]


def test_a_colleague_withdraws_the_links_from_the_conversations_menu(page_token: str, served: Any, as_bruno: Any) -> None:
    page = as_bruno.get(f"/conversations/{served.number}/").content.decode()
    assert "Ritira il link del cliente" in page

    as_bruno.post(f"/conversations/{served.number}/links/")

    assert Client().get(f"/t/{page_token}").status_code == 404


def test_the_pages_around_a_link_travel_nowhere(client: Any, page_token: str) -> None:
    for answer in (
        client.get(f"/t/{page_token}/news"),
        client.post(f"/t/{page_token}/call", {}),
        client.post(f"/t/{page_token}/ending"),
        client.post(f"/t/{page_token}", {"renew": "1"}),
    ):
        assert answer["Referrer-Policy"] == "no-referrer"
        assert "no-store" in answer["Cache-Control"]
        assert not answer.cookies
