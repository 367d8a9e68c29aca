"""Customers by API."""

import pytest

from ascolto.people.models import Customer


def test_a_new_customer_is_made(writer):
    answer = writer.post(
        "/customers",
        {
            "email": "Gina@Example.org",
            "phone": "+39 06 1234-5678",
            "name": " Gina  Russo",
            "external_id": "g-1",
            "language": "it",
        },
    )

    customer = answer.json()
    assert answer.status_code == 201, answer.content
    assert (customer["email"], customer["phone"], customer["external_id"]) == ("gina@example.org", "+390612345678", "g-1")
    assert {each["is_proven"] for each in customer["addresses"]} == {True}
    assert answer["Location"] == f"/api/v1/customers/{customer['id']}"


@pytest.mark.parametrize("who", [{"external_id": "anna-1"}, {"email": "ANNA@example.org"}])
def test_a_known_customer_is_returned(writer, world, who):
    answer = writer.post("/customers", {**who, "attributes": {"livello": "oro"}})

    assert (answer.status_code, answer.json()["id"]) == (200, str(world.anna.id))
    assert answer.json()["attributes"] == {"livello": "oro"}


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({}, "customer"),
        ({"email": "x"}, "email"),
        ({"name": "X", "vip": 1}, "vip"),
        ({"name": "X", "language": "fr"}, "language"),
    ],
)
def test_what_cannot_be_is_named(writer, body, path):
    answer = writer.post("/customers", body)

    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (422, path)


def test_a_customer_is_read_and_corrected(writer, world):
    path = f"/customers/{world.anna.id}"
    read = writer.get(path)

    changed = writer.patch(path, {"name": "Anna B.", "attributes": {"citta": "Roma"}}, If_Match=read["ETag"])
    late = writer.patch(path, {"name": "Anna C."}, If_Match=read["ETag"])

    assert changed.status_code == 200, changed.content
    assert (changed.json()["name"], changed.json()["attributes"]) == ("Anna B.", {"citta": "Roma"})
    assert late.status_code == 412
    assert Customer.objects.get(pk=world.anna.pk).name == "Anna B."


def test_an_external_id_belongs_to_one_customer(writer, world):
    other = writer.post("/customers", {"name": "Gina", "external_id": "g-1"}).json()

    assert writer.patch(f"/customers/{other['id']}", {"external_id": "anna-1"}).status_code == 409


@pytest.mark.parametrize("name", ["email", "phone"])
def test_addresses_cannot_be_changed_yet(writer, world, name):
    answer = writer.patch(f"/customers/{world.anna.id}", {name: "x"})

    assert (answer.status_code, answer.json()["type"]) == (422, "urn:ascolto:problem:not-yet")


def test_forgetting_says_that_it_is_not_there_yet(writer, world):
    answer = writer.call("DELETE", f"/customers/{world.anna.id}")

    assert (answer.status_code, answer["Allow"]) == (405, "GET, PATCH")
    assert "not yet" in answer.json()["detail"]
    assert Customer.objects.filter(pk=world.anna.pk).exists()


def test_a_list_is_filtered_by_address_and_id(reader, world):
    for query in ("email=ANNA@example.org", "external_id=anna-1"):
        assert [each["id"] for each in reader.get(f"/customers?{query}").json()["items"]] == [str(world.anna.id)]
    assert reader.get("/customers?email=nobody@example.org").json()["items"] == []
    assert reader.get("/customers?updated_since=2099-01-01T00:00:00Z").json()["items"] == []


def test_a_forgotten_customer_is_not_there(reader, world):
    Customer.objects.filter(pk=world.anna.pk).update(forgotten_at=world.now)

    assert reader.get(f"/customers/{world.anna.id}").status_code == 404
    assert reader.get("/customers").json()["items"] == []
