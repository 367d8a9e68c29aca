"""A passkey is added and used in a real browser, under the real Content-Security-Policy."""

import pytest
from django.core.cache import cache

from ascolto.accounts.join import join
from ascolto.workspace.configure import set_up
from tests.browser.conftest import CHROMIUM, chromium_or_skip

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "scala a chiocciola"
KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def address(live_server, settings, monkeypatch):
    chromium_or_skip()
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # playwright runs a loop in this thread
    port = live_server.url.rpartition(":")[2]
    settings.SITE_URL = f"http://localhost:{port}"
    settings.ALLOWED_HOSTS = ["localhost"]
    settings.CSRF_TRUSTED_ORIGINS = [settings.SITE_URL]
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
    cache.clear()
    return settings.SITE_URL


def test_a_colleague_adds_a_passkey_and_signs_in_with_it(address, django_user_model):
    from django.utils.timezone import now

    set_up(name="Bottega", language="it", time_zone="Europe/Rome", at=now())
    join(email="ada@bottega.example", name="Ada", role="admin", password=PASSWORD, at=now())
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = browser.new_context(locale="it-IT")
        page = context.new_page()
        page.set_default_timeout(30_000)
        blocked = []
        page.on("console", lambda message: blocked.append(message.text) if "Content Security Policy" in message.text else None)
        devtools = context.new_cdp_session(page)
        devtools.send("WebAuthn.enable")
        devtools.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})

        page.goto(f"{address}/account/login/?next=/account/2fa/webauthn/add/")
        page.fill("#id_login", "ada@bottega.example")
        page.fill("#id_password", PASSWORD)
        page.click("button.button--primary")
        page.wait_for_url("**/account/reauthenticate/**")  # adding a key asks for the password once more
        page.fill("#id_password", PASSWORD)
        page.click("button.button--primary")
        page.check("#id_passwordless")
        page.click("#mfa_webauthn_add")
        page.wait_for_url("**/account/2fa/recovery-codes/")
        page.goto(f"{address}/account/logout/")
        page.click("button.button--primary")
        page.wait_for_url("**/account/login/**")

        page.goto(f"{address}/account/login/?next=/account/")
        page.click("#passkey_login")
        page.wait_for_url(f"{address}/account/")

        assert page.locator("h1").inner_text() == "Il tuo profilo"
        assert blocked == []
        browser.close()
