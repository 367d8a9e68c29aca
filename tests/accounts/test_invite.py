"""An invitation is for one address and one role, once, for seven days."""

from datetime import timedelta

import pytest

from ascolto.accounts import invite, join, permissions
from ascolto.accounts.events import Invited, Joined
from ascolto.accounts.models import Invitation, User
from ascolto.eventlog import read

pytestmark = pytest.mark.django_db
GOOD = "scala a chiocciola"


def accepted(token, at, password=GOOD, name="Dina"):
    return invite.accept(token=token, password=password, name=name, language="it", at=at)


def test_an_invited_colleague_joins_with_the_address_and_the_role_of_the_invitation(ada, noon):
    invitation, token = invite.invite(email="Dina@Bottega.example ", name="Dina", role="lead", by=ada, at=noon)

    dina = accepted(token, noon)

    assert (dina.email, dina.role, dina.check_password(GOOD)) == ("dina@bottega.example", "lead", True)
    assert [type(event.event) for event in read.events_of(invitation.pk)] == [Invited]
    assert read.events_of(dina.pk)[0].event == Joined(
        subject=dina.pk, actor=read.events_of(dina.pk)[0].event.actor, role="lead", invitation=invitation.pk
    )


@pytest.mark.parametrize("token", ["", None, " ", "inv_", "inv_unknown", "\x00", "inv_" + "x" * 10_000, "0", "null", "%00"])
def test_f1_what_is_no_token_lets_nobody_in(ada, noon, token):
    invite.invite(email="dina@bottega.example", by=ada, at=noon)

    with pytest.raises(invite.NotInvited):
        accepted(token, noon)
    assert User.objects.count() == 1


def test_f1_an_invitation_ends_after_seven_days(ada, noon):
    _, token = invite.invite(email="dina@bottega.example", by=ada, at=noon)

    with pytest.raises(invite.NotInvited):
        accepted(token, noon + timedelta(days=7))


def test_f1_an_invitation_is_good_once(ada, noon):
    _, token = invite.invite(email="dina@bottega.example", by=ada, at=noon)
    accepted(token, noon)

    with pytest.raises(invite.NotInvited):
        accepted(token, noon)


def test_f1_an_invitation_taken_back_lets_nobody_in(ada, noon):
    invitation, token = invite.invite(email="dina@bottega.example", by=ada, at=noon)

    assert invite.revoke(invitation=invitation, by=ada, at=noon)
    assert not invite.revoke(invitation=invitation, by=ada, at=noon)

    with pytest.raises(invite.NotInvited):
        accepted(token, noon)


def test_f1_a_second_invitation_makes_the_first_useless(ada, noon):
    _, first = invite.invite(email="dina@bottega.example", role="admin", by=ada, at=noon)
    _, second = invite.invite(email="dina@bottega.example", role="agent", by=ada, at=noon)

    with pytest.raises(invite.NotInvited):
        accepted(first, noon)
    assert accepted(second, noon).role == "agent"


def test_f1_a_bad_password_leaves_the_invitation_open(ada, noon):
    _, token = invite.invite(email="dina@bottega.example", by=ada, at=noon)
    for password in ("", "short", "password123", "x" * 1025):
        with pytest.raises(join.BadDetails):
            accepted(token, noon, password=password)

    assert accepted(token, noon)


def test_f2_the_token_is_random_and_not_in_the_database(ada, noon):
    first, one = invite.invite(email="dina@bottega.example", by=ada, at=noon)
    _, two = invite.invite(email="elio@bottega.example", by=ada, at=noon)

    assert one != two
    assert one.removeprefix("inv_") not in str(Invitation.objects.filter(pk=first.pk).values())


def test_who_is_here_is_not_invited_again(ada, bruno, noon):
    with pytest.raises(join.AlreadyHere):
        invite.invite(email="BRUNO@bottega.example", by=ada, at=noon)


def test_only_an_admin_invites(bruno, noon):
    with pytest.raises(permissions.NotAllowed):
        invite.invite(email="dina@bottega.example", by=bruno, at=noon)


def test_opening_the_page_uses_nothing_up(ada, noon, client):
    from django.utils.timezone import now

    _, token = invite.invite(email="dina@bottega.example", name="Dina", by=ada, at=now())
    page = f"/account/invitation/{token}/"

    assert [client.get(page).status_code, client.head(page).status_code] == [200, 200]
    answer = client.post(page, {"name": "Dina", "language": "it", "password": GOOD})

    assert answer.status_code == 302
    assert client.get("/account/").status_code == 200
    assert client.get(page).status_code == 404


def test_f10_who_accepts_chooses_neither_role_nor_address(ada, client):
    from django.utils.timezone import now

    _, token = invite.invite(email="dina@bottega.example", by=ada, at=now())
    client.post(
        f"/account/invitation/{token}/",
        {
            "name": "Dina",
            "language": "it",
            "password": GOOD,
            "role": "admin",
            "email": "evil@b.example",
            "id": str(ada.pk),
            "is_active": "",
        },
    )

    assert User.objects.exclude(pk=ada.pk).values_list("email", "role").get() == ("dina@bottega.example", "agent")


@pytest.mark.parametrize("token", ["inv_", "x", "inv_" + "a" * 32, "..", "%2e%2e"])
def test_f1_a_page_without_an_invitation_says_so(desk, client, token):
    assert client.get(f"/account/invitation/{token}/").status_code == 404
