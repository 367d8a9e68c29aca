"""The first run happens once."""

import pytest

from ascolto.accounts import begin, join
from ascolto.accounts.models import User
from ascolto.workspace.queries import workspace

pytestmark = pytest.mark.django_db
ANSWERS = {
    "desk_name": "Bottega",
    "name": "Ada",
    "email": "ada@bottega.example",
    "password": "scala a chiocciola",
    "language": "it",
}


def test_the_first_who_comes_sets_the_desk_up_and_is_its_admin(client):
    assert client.get("/setup/").status_code == 200

    answer = client.post("/setup/", ANSWERS)

    assert answer.status_code == 302
    assert workspace().name == "Bottega"
    assert User.objects.get().is_admin
    assert client.get("/account/").status_code == 200


def test_afterwards_the_page_is_not_there(ada, client):
    assert client.get("/setup/").status_code == 404
    assert client.post("/setup/", ANSWERS | {"email": "evil@b.example"}).status_code == 404
    assert User.objects.count() == 1


def test_of_two_who_come_at_once_one_gets_in(ada, noon):
    with pytest.raises(begin.AlreadyBegun):
        begin.begin(**ANSWERS | {"email": "evil@b.example"}, time_zone="Europe/Rome", at=noon)


def test_with_a_bad_password_nothing_is_made(noon):
    with pytest.raises(join.BadDetails):
        begin.begin(**ANSWERS | {"password": "short"}, time_zone="Europe/Rome", at=noon)

    assert workspace() is None
    assert not User.objects.exists()


def test_the_page_says_what_is_wrong_beside_the_field(client):
    answer = client.post("/setup/", ANSWERS | {"password": "short"})

    assert answer.status_code == 422
    assert 'id="id_password_error"' in answer.content.decode()
