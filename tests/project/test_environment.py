"""What the operator sets is checked once, and a wrong value says how to mend it."""

import pytest

from ascolto.project.environment import WrongSetting, read


def reading(tmp_path, **values):
    return read({"ASCOLTO_DATA": str(tmp_path), **values})


@pytest.mark.parametrize("value", ["", "127.0.0.1:9999", "provider.intern:8080, [fd00::7]:443", "10.0.0.7:80,"])
def test_i1_private_providers_are_named_by_host_and_port(tmp_path, value):
    assert reading(tmp_path, ASCOLTO_EGRESS_ALLOW=value).egress_allow == value


@pytest.mark.parametrize(
    "value", ["*", "10.0.0.7", "10.0.0.0/8:80", "http://a.example:80", ":80", "a.example:0", "a b:80", "a:70000"]
)
def test_i1_anything_else_stops_the_start(tmp_path, value):
    with pytest.raises(WrongSetting, match="ASCOLTO_EGRESS_ALLOW"):
        reading(tmp_path, ASCOLTO_EGRESS_ALLOW=value)
