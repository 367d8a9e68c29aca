"""The script that a site embeds."""

import gzip
import json
import re
from typing import Any


def settings_in(script: str) -> Any:
    """The literal that stands in the script for its settings."""
    return json.loads(re.search(r"const settings = (\{.*\});", script).group(1))  # type: ignore[union-attr]


def test_the_loader_knows_its_key_and_its_words_in_both_languages(client: Any, world: Any) -> None:
    answer = client.get("/messenger/sito.js")

    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/javascript; charset=utf-8"
    facts = settings_in(answer.content.decode())
    assert facts["key"] == "sito"
    assert facts["words"]["it"]["open"] == "Scriva a Lumen"
    assert facts["words"]["en"]["open"] == "Write to Lumen"


def test_the_loader_is_the_same_for_everybody_and_leaves_no_cookie(client: Any, world: Any) -> None:
    answer = client.get("/messenger/sito.js", headers={"accept-language": "en"})

    assert not answer.cookies
    assert answer["Cache-Control"] == "public, max-age=300"
    assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert answer.content == client.get("/messenger/sito.js", headers={"accept-language": "it"}).content


def test_a_browser_that_has_the_loader_gets_no_bytes(client: Any, world: Any) -> None:
    first = client.get("/messenger/sito.js")

    again = client.get("/messenger/sito.js", headers={"if-none-match": first["ETag"]})

    assert again.status_code == 304
    assert again.content == b""


def test_who_takes_gzip_gets_the_same_loader_smaller(client: Any, world: Any) -> None:
    plain = client.get("/messenger/sito.js", headers={"accept-encoding": "gzip;q=0, br"})
    small = client.get("/messenger/sito.js", headers={"accept-encoding": "br, gzip"})

    assert "Content-Encoding" not in plain
    assert small["Content-Encoding"] == "gzip"
    assert gzip.decompress(small.content) == plain.content
    assert all("Accept-Encoding" in answer["Vary"] for answer in (plain, small))
    assert plain["ETag"] != small["ETag"]
    again = client.get("/messenger/sito.js", headers={"accept-encoding": "gzip", "if-none-match": small["ETag"]})
    assert again.status_code == 304


def test_an_unknown_key_a_form_and_an_inbox_switched_off_have_no_messenger(client: Any, world: Any) -> None:
    type(world.inbox).objects.filter(key="altrove").update(is_active=False)

    for key, frame in (("nobody", 404), ("modulo", 404), ("altrove", 410)):  # a site may still open the frame: it says why
        assert [client.get(f"/messenger/{key}{rest}").status_code for rest in (".js", "/", "/demo/")] == [404, frame, 404]


def test_a_name_with_markup_stays_text_in_the_script(client: Any, world: Any) -> None:
    type(world.desk).objects.update(name='</script><img src=x onerror=alert(1)>"')

    script = client.get("/messenger/sito.js").content.decode()

    assert "<img" not in script
    assert settings_in(script)["words"]["it"]["open"] == 'Scriva a </script><img src=x onerror=alert(1)>"'


def test_d6_no_script_of_the_messenger_makes_markup_from_text() -> None:
    for path in every_script():
        words = path.read_text()
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function|srcdoc", words), (
            path.name
        )


def test_the_loader_never_touches_a_cookie() -> None:
    for path in every_script():
        assert "cookie" not in re.sub(r"//.*", "", path.read_text()).lower(), path.name


def every_script() -> list[Any]:
    from ascolto.project.settings import PACKAGE

    found = sorted((PACKAGE / "web" / "static" / "js" / "messenger").glob("*.js"))
    assert len(found) > 5
    return found
