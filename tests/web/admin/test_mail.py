"""/settings/mail/: what would have gone out."""

from email.message import EmailMessage
from typing import Any

from ascolto.egress import mail


def keep(subject: str = "Prova", text: str = "Ecco: http://testserver/t/abc\n<b>{{7*7}}</b>") -> str:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "desk@lumen.example", "anna@example.org", subject
    message.set_content(text)
    mail.send(message, envelope_from="desk@lumen.example", envelope_to=["anna@example.org"])
    return mail.list_kept(1)[0].name


def test_kept_mail_is_listed_and_its_links_open(signed_in: Any, world: Any) -> None:
    name = keep()
    ada = signed_in(world.ada)
    listed = ada.get("/settings/mail/").content.decode()
    shown = ada.get(f"/settings/mail/{name}/").content.decode()

    assert f"/settings/mail/{name}/" in listed
    assert '<a href="http://testserver/t/abc"' in shown
    assert "&lt;b&gt;{{7*7}}&lt;/b&gt;" in shown


def test_letters_that_open_accounts_are_for_admins_alone(signed_in: Any, world: Any) -> None:
    name = keep()
    for person in (world.bruno, world.carla):
        assert signed_in(person).get("/settings/mail/").status_code == 403
        assert signed_in(person).get(f"/settings/mail/{name}/").status_code == 403


def test_a_name_that_is_no_mail_is_not_there(signed_in: Any, world: Any) -> None:
    ada = signed_in(world.ada)

    assert ada.get("/settings/mail/..%2f..%2fsecret/").status_code == 404
    assert ada.get("/settings/mail/secret/").status_code == 404
