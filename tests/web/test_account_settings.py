"""The pages of one's account and of those who run the desk."""

from datetime import UTC, datetime

import pytest
from django.core.cache import cache

from ascolto.accounts import invite, tokens
from ascolto.accounts.join import join
from ascolto.accounts.models import Invitation, Token, User
from ascolto.workspace.configure import set_up

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
# Every field of the row, as an attacker would send them all.
EVERY_FIELD = {
    "id": "018f0000-0000-7000-8000-000000000000", "email": "evil@b.example", "role": "admin", "is_active": "", "is_admin": "1",
    "is_superuser": "1", "is_staff": "1", "password": "x", "last_login": "", "created_at": "2020-01-01", "user": "1", "pk": "1",
}  # fmt: skip


@pytest.fixture(autouse=True)
def quick(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    cache.clear()


@pytest.fixture
def people():
    set_up(name="Bottega", language="it", time_zone="Europe/Rome", at=NOON)
    roles = {"ada": "admin", "carla": "lead", "bruno": "agent"}
    return {
        name: join(email=f"{name}@b.example", name=name.title(), role=role, password=None, at=NOON)
        for name, role in roles.items()
    }


@pytest.fixture
def browser(client, people):
    def of(name):
        client.force_login(people[name])
        return client

    return of


def test_a_colleague_changes_name_and_language(browser, people):
    answer = browser("bruno").post("/account/", {"name": "  Bruno  Neri ", "language": "en"})

    assert answer.status_code == 302
    people["bruno"].refresh_from_db()
    assert (people["bruno"].name, people["bruno"].language) == ("Bruno Neri", "en")


def test_f10_no_other_field_of_a_colleague_can_be_written(browser, people):
    before = User.objects.filter(pk=people["bruno"].pk).values("id", "email", "role", "is_active", "password", "created_at").get()

    browser("bruno").post("/account/", {"name": "Bruno", "language": "it", **EVERY_FIELD})
    browser("bruno").post("/account/password/change/", {"name": "x", **EVERY_FIELD})

    assert User.objects.filter(pk=people["bruno"].pk).values(*before).get() == before


SETTINGS = ["/settings/people/", "/settings/tokens/"]


@pytest.mark.parametrize("page", SETTINGS)
@pytest.mark.parametrize("who", ["bruno", "carla"])
def test_f10_only_admins_come_into_these_settings(browser, page, who):
    assert browser(who).get(page).status_code == 403
    assert (
        browser(who)
        .post(page, {"email": "evil@b.example", "role": "admin", "name": "x", "scopes": "admin", "days": "0"})
        .status_code
        == 403
    )
    assert not Invitation.objects.exists()
    assert not Token.objects.exists()


def test_f10_an_agent_changes_nobodys_role_or_access(browser, people):
    for what, body in (("role", {"role": "admin"}), ("access", {"access": "closed"})):
        assert browser("bruno").post(f"/settings/people/{people['bruno'].pk}/{what}/", body).status_code == 403
        assert browser("bruno").post(f"/settings/people/{people['ada'].pk}/{what}/", body).status_code == 403

    assert User.objects.filter(role="admin", is_active=True).count() == 1


@pytest.mark.parametrize("page", SETTINGS)
def test_strangers_are_asked_to_sign_in(client, people, page):
    answer = client.get(page)

    assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/account/login/")


def test_an_admin_invites_and_sees_the_link_once(browser, settings, mailoutbox):
    answer = browser("ada").post("/settings/people/", {"email": "dina@b.example", "name": "Dina", "role": "lead"})

    assert answer.status_code == 201
    link = answer.content.decode().split('id="link" value="')[1].split('"')[0]
    assert link.startswith(f"{settings.SITE_URL}/account/invitation/inv_")
    assert link in mailoutbox[0].body
    assert link not in browser("ada").get("/settings/people/").content.decode()


def test_when_the_mail_does_not_go_the_link_is_there_all_the_same(browser, settings):
    settings.EMAIL_BACKEND = f"{__name__}.NoServer"

    answer = browser("ada").post("/settings/people/", {"email": "dina@b.example", "name": "", "role": "agent"})

    assert answer.status_code == 201
    assert "/account/invitation/inv_" in answer.content.decode()


class NoServer:
    def __init__(self, **options):
        pass

    def send_messages(self, messages):
        raise ConnectionRefusedError


def test_inviting_someone_who_is_here_says_so(browser):
    assert browser("ada").post("/settings/people/", {"email": "bruno@b.example", "role": "agent"}).status_code == 422


def test_an_admin_takes_an_invitation_back(browser, people):
    invitation, _ = invite.invite(email="dina@b.example", by=people["ada"], at=NOON)

    browser("ada").post(f"/settings/people/invitations/{invitation.pk}/revocation/")

    invitation.refresh_from_db()
    assert invitation.revoked_at


def test_an_admin_changes_a_role_and_closes_an_access(browser, people):
    bruno = people["bruno"]

    browser("ada").post(f"/settings/people/{bruno.pk}/role/", {"role": "lead"})
    browser("ada").post(f"/settings/people/{bruno.pk}/access/", {"access": "closed"})

    bruno.refresh_from_db()
    assert (bruno.role, bruno.is_active) == ("lead", False)


@pytest.mark.parametrize(("what", "body"), [("role", {"role": "agent"}), ("access", {"access": "closed"})])
def test_f13_the_last_admin_stays(browser, people, what, body):
    answer = browser("ada").post(f"/settings/people/{people['ada'].pk}/{what}/", body)

    assert answer.status_code == 409
    people["ada"].refresh_from_db()
    assert (people["ada"].role, people["ada"].is_active) == ("admin", True)


def test_g3_a_token_is_shown_once(browser):
    answer = browser("ada").post("/settings/tokens/", {"name": "Magazzino", "scopes": ["read", "write"], "days": "90"})

    raw = answer.content.decode().split('id="token" value="')[1].split('"')[0]
    assert answer.status_code == 201
    assert tokens.authenticate(raw, datetime.now(UTC)).scopes == ["read", "write"]
    assert raw not in browser("ada").get("/settings/tokens/").content.decode()
    assert answer["Cache-Control"] == "no-store, private"


def test_an_admin_revokes_a_token(browser):
    token, raw = tokens.create(name="x", scopes=["read"], at=NOON)

    browser("ada").post(f"/settings/tokens/{token.pk}/revocation/")

    assert tokens.authenticate(raw, NOON) is None


@pytest.mark.parametrize("page", [*SETTINGS, "/account/", "/setup/"])
def test_looking_writes_nothing(browser, page):
    def everything():
        return [list(model.objects.order_by("pk").values()) for model in (User, Invitation, Token)]

    chrome = browser("ada")
    before = everything()
    chrome.get(page)
    chrome.head(page)

    assert everything() == before


def test_the_only_admin_has_no_controls_that_would_close_the_desk(browser, people):
    page = browser("ada").get("/settings/people/").content.decode()

    assert "L’unico amministratore" in page or "È l’unico amministratore" in page
    assert f"/settings/people/{people['ada'].pk}/" not in page
    assert f"/settings/people/{people['bruno'].pk}/access/" in page


def test_without_a_mail_server_the_invitation_says_who_brings_the_link(browser, settings):
    settings.SMTP_URL = ""

    page = browser("ada").post("/settings/people/", {"email": "emma@b.example", "name": "Emma", "role": "agent"})

    assert "Nessun server di posta: consegna tu questo link." in page.content.decode()
