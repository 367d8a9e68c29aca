"""A link opens one file, for one viewer, for minutes."""

from datetime import timedelta

import pytest

from ascolto.database.ids import new_id
from ascolto.files import links


def test_c2_a_link_opens_its_file_for_its_viewer(noon):
    file_id = new_id()

    token = links.sign(file_id=file_id, viewer="visit:1", now=noon)

    assert links.read(token=token, viewer="visit:1", now=noon + timedelta(minutes=4)) == file_id


def test_c2_a_link_ends_after_five_minutes(noon):
    token = links.sign(file_id=new_id(), viewer="visit:1", now=noon)

    with pytest.raises(links.BadLink):
        links.read(token=token, viewer="visit:1", now=noon + timedelta(minutes=5))


def test_c2_another_viewer_gets_nothing_from_it(noon):
    token = links.sign(file_id=new_id(), viewer="visit:1", now=noon)

    with pytest.raises(links.BadLink):
        links.read(token=token, viewer="visit:2", now=noon)


@pytest.mark.parametrize("change", ["", "x", "..", "a.b", "a:b", "é:\x00", None])
def test_c2_a_forged_link_opens_nothing(noon, change):
    token = links.sign(file_id=new_id(), viewer="visit:1", now=noon)
    forged = change if change is not None else token[:-1] + ("A" if token[-1] != "A" else "B")

    with pytest.raises(links.BadLink):
        links.read(token=forged, viewer="visit:1", now=noon)
