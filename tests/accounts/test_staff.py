"""Roles and access; the desk never loses its last admin."""

import pytest
from django.contrib.sessions.models import Session

from ascolto.accounts import permissions, staff
from ascolto.accounts.events import Deactivated, RoleChanged
from ascolto.accounts.join import join
from ascolto.eventlog import read

pytestmark = pytest.mark.django_db


def kinds(user):
    return [type(event.event) for event in read.events_of(user.pk)]


def test_f8_who_is_deactivated_is_out_with_the_next_click(ada, bruno, as_user, noon):
    browser = as_user(bruno)
    assert browser.get("/account/").status_code == 200

    staff.deactivate(user=bruno, by=ada, at=noon)

    assert browser.get("/account/").status_code == 302
    assert not Session.objects.exists()
    assert kinds(bruno)[-1] is Deactivated


def test_f8_who_is_deactivated_does_not_sign_in(ada, bruno, sign_in, client, noon):
    staff.deactivate(user=bruno, by=ada, at=noon)

    sign_in(bruno)

    assert "_auth_user_id" not in client.session


def test_f8_a_right_ends_with_the_account(ada):
    ada.is_active = False

    assert not permissions.may_manage_desk(ada)


def test_f8_a_session_that_nobody_listed_is_useless_too(ada, bruno, client, noon):
    client.force_login(bruno)
    staff.deactivate(user=bruno, by=ada, at=noon)

    assert client.get("/account/").status_code == 302


def test_who_is_reactivated_signs_in_again(ada, bruno, sign_in, noon):
    staff.deactivate(user=bruno, by=ada, at=noon)
    staff.reactivate(user=bruno, by=ada, at=noon)

    assert sign_in(bruno).status_code == 302


def test_f7_another_role_begins_with_another_session(ada, bruno, as_user, noon):
    browser = as_user(bruno)

    staff.change_role(user=bruno, role="lead", by=ada, at=noon)

    assert browser.get("/account/").status_code == 302
    assert kinds(bruno)[-1] is RoleChanged


def test_f13_the_last_admin_cannot_be_demoted_or_deactivated(ada, bruno, noon):
    with pytest.raises(staff.LastAdmin):
        staff.deactivate(user=ada, by=ada, at=noon)
    with pytest.raises(staff.LastAdmin):
        staff.change_role(user=ada, role="agent", by=None, at=noon)

    ada.refresh_from_db()
    assert (ada.is_active, ada.role) == (True, "admin")


def test_f13_an_admin_who_left_does_not_count(ada, noon):
    elio = join(email="elio@bottega.example", name="Elio", role="admin", password=None, at=noon)
    staff.deactivate(user=elio, by=ada, at=noon)

    with pytest.raises(staff.LastAdmin):
        staff.deactivate(user=ada, by=ada, at=noon)


def test_f13_of_two_admins_one_may_go(ada, noon):
    elio = join(email="elio@bottega.example", name="Elio", role="admin", password=None, at=noon)

    assert not staff.deactivate(user=ada, by=elio, at=noon).is_active


def test_f10_only_an_admin_changes_roles(bruno, noon):
    with pytest.raises(permissions.NotAllowed):
        staff.change_role(user=bruno, role="admin", by=bruno, at=noon)


def test_doing_it_twice_records_it_once(ada, bruno, noon):
    staff.change_role(user=bruno, role="lead", by=ada, at=noon)
    staff.change_role(user=bruno, role="lead", by=ada, at=noon)

    assert kinds(bruno).count(RoleChanged) == 1
