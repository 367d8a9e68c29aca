"""A mail is split into what is new, what it quotes and its signature, and nothing of it is lost."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ascolto.text.quotes import MAX_CHARS, Part, new_text, split
from ascolto.text.quotes_html import split_html
from ascolto.text.sanitize import plain_text

WORDS = "Buongiorno, la lavatrice perde ancora.\nPotete passare domani?"
PLAIN = "Gentile signora,\nabbiamo ricevuto la Sua segnalazione.\nIl laboratorio\n"
MARKED = "> Gentile signora,\n> abbiamo ricevuto la Sua segnalazione.\n>\n> Il laboratorio\n"
OURS = "Laboratorio <aiuto@bottega.example>"
ANNOUNCED = [
    f"Il giorno lun 3 mar 2025 alle ore 10:15 {OURS} ha scritto:",
    "Il giorno lun 3 mar 2025 alle ore 10:15 Laboratorio <\naiuto@bottega.example> ha scritto:",
    "Il lunedì 3 marzo 2025, Laboratorio <aiuto@bottega.example>\nha scritto:",
    "Il 03/03/2025 10:15, Laboratorio ha scritto:",
    f'In data 3 marzo 2025 10:15:00 "{OURS}" ha scritto:',
    f"---- Il lun, 03 mar 2025 10:15:00 +0100 {OURS} ha scritto ----",
    f"Da: {OURS}\nInviato: lunedì 3 marzo 2025 10:15\nA: Anna Verdi\nOggetto: R: lavatrice",
    f"________________________________\nDa: {OURS}\nInviato: lunedì 3 marzo 2025\nA: Anna\nOggetto: R: lavatrice",
    "-----Messaggio originale-----\nDa: Laboratorio\nInviato: lunedì 3 marzo 2025 10:15",
    f"-------- Messaggio originale --------\nDa: {OURS}\nData: 03/03/25 10:15 (GMT+01:00)\nA: anna@posta.example",
    f"Inviato da iPhone\n\nIl giorno 3 mar 2025, alle ore 10:15, {OURS} ha scritto:",
    f"Ottieni Outlook per iOS\n________________________________\nDa: {OURS}\nInviato: lunedì\nA: Anna\nOggetto: x",
    f"On Mon, Mar 3, 2025 at 10:15 AM {OURS} wrote:",
    f"On Tue, 3 Mar 2025 at 10:15, {OURS}\nwrote:",
    f"*From:* {OURS}\n*Sent:* Monday, March 3, 2025\n*To:* Anna\n*Subject:* washing machine",
    f"Le lun. 3 mars 2025 à 10:15, {OURS} a écrit :",
    f"De : {OURS}\nEnvoyé : lundi 3 mars 2025 10:15\nÀ : Anna\nObjet : RE: question",
    f"Am Mo., 3. März 2025 um 10:15 Uhr schrieb {OURS}:",
    f"Von: {OURS}\nGesendet: Montag, 3. März 2025 10:15\nAn: Anna\nBetreff: AW: Frage",
    f"El lun, 3 mar 2025 a las 10:15, {OURS} escribió:",
    f"Em seg., 3 de mar. de 2025 às 10:15, {OURS} escreveu:",
    f"Op ma 3 mrt 2025 om 10:15 schreef {OURS}:",
    f"man. 3. mar. 2025 kl. 10.15 skrev {OURS}:",
    f"ma 3. maalisk. 2025 klo 10.15 {OURS} kirjoitti:",
    f"пн, 3 мар. 2025 г. в 10:15, {OURS}:",
    f"pon., 3 mar 2025 o 10:15 {OURS} napisał(a):",
    f"{OURS} ezt írta (időpont: 2025. márc. 3., H, 10:15):",
    "Inviato da smartphone Samsung Galaxy.\n\n-------- Messaggio originale --------\nDa: Laboratorio\nData: 03/03/25",
    "Inviato da Posta per Windows\n\nDa: Laboratorio\nInviato: lunedì 3 marzo 2025\nA: Anna\nOggetto: x",
]
NOT_QUOTED = [
    "Il tecnico mi ha scritto:\n“Passo domani.”\nMa non è venuto.",
    "Da: Milano\nA: Roma\nData: 12/03/2025\n\nVorrei cambiare il biglietto.",
    "On Monday I wrote:\nplease help.\nNobody answered.",
    "Inviato da voi, il pacco non è arrivato.",
    "Il mio nuovo indirizzo è:\n\nAnna Verdi\nVia Roma 1\ntel. 02 1234567",
    "Ci sono due cose:\n-- la pompa\n-- il filtro\n\nGrazie",
    "Ciao -- ti scrivo dal negozio.",
    "If a > b then\n> we see this\nand nothing works",
    "## Punti\n----\n\n1. La pompa fa rumore quando scarica.\n\n----\n\nIl resto funziona come prima e non lo toccherei.",
]


def kinds(parts: list[Part]) -> list[str]:
    return [part.kind for part in parts]


@pytest.mark.parametrize("announced", ANNOUNCED)
@pytest.mark.parametrize("quoted", [PLAIN, MARKED])
@pytest.mark.parametrize("between", ["\n\n", "\n"])
def test_a21_what_they_wrote_above_a_quote_is_left_in_every_language(announced: str, quoted: str, between: str) -> None:
    mail = f"{WORDS}{between}{announced}\n\n{quoted}"

    parts = split(mail)

    assert new_text(parts) == WORDS
    assert "".join(part.text for part in parts) == mail


@pytest.mark.parametrize("words", NOT_QUOTED)
def test_a21_words_that_look_like_a_quote_are_kept(words: str) -> None:
    assert split(words) == [Part(kind="new", text=words)]


def test_a21_answers_between_quoted_lines_are_new() -> None:
    mail = "On Mon, Mar 3, 2025 at 10:15 AM A <a@b.example> wrote:\n> Quando?\n\nDomani.\n\n> Dove?\n\nA casa.\n\n--\nAnna\n"

    parts = split(mail)

    assert kinds(parts) == ["quoted", "new", "quoted", "new", "signature"]
    assert new_text(parts) == "Domani.\nA casa."


def test_a21_an_answer_below_the_quote_is_new() -> None:
    assert new_text(split(f"Il 03/03/2025 10:15, Laboratorio ha scritto:\n{MARKED}\nVa bene domani.")) == "Va bene domani."


def test_a21_where_nothing_new_would_be_left_all_is_new() -> None:
    for mail in (MARKED, f"{ANNOUNCED[0]}\n{MARKED}", f"Inviato da iPhone\n\n{ANNOUNCED[0]}\n{MARKED}", "-- \nAnna", "", "\n\n"):
        assert kinds(split(mail)) == ["new"]


def test_what_someone_forwards_is_shown() -> None:
    mail = "Vi giro questo.\n\n---------- Messaggio inoltrato ---------\nDa: X <x@y.example>\nOggetto: conto\n\nTesto"

    assert kinds(split(mail)) == ["new"]
    assert kinds(split("Vi giro questo.\n\n> Inizio messaggio inoltrato:\n>\n> Da: x@y.example\n>\n> Testo")) == ["new"]


@pytest.mark.parametrize(
    "signature",
    [
        "-- \nAnna Verdi\nBottega Verde\ntel. 02 1234567",
        "--\nAnna",
        "Cordiali saluti\n\nAnna Verdi",
        "Distinti saluti,\nAnna Verdi\nVia Roma 1, Milano",
        "Best regards,\nAnna",
        "Mit freundlichen Grüßen\n\nAnna Verdi",
        "Cordialement,\nAnna",
        "Inviato da iPhone",
        "Inviato dal mio telefono Android con K-9 Mail.",
        "Sent from my iPhone",
        "Von meinem iPad gesendet",
        "Envoyé de mon iPhone",
        "---------\nAnna Verdi\nwww.bottega.example\ntel. 02 1234567",
    ],
)
def test_a_signature_stands_apart(signature: str) -> None:
    parts = split(f"{WORDS}\n\n{signature}\n")

    assert kinds(parts) == ["new", "signature"]
    assert parts[1].text.strip() == signature


def test_a_signature_without_any_sign_is_known_by_the_sender_s_name() -> None:
    mail = f"{WORDS}\n\nAnna Verdi\nvia Roma 1\n"

    assert kinds(split(mail, sender="anna  verdi")) == ["new", "signature"]
    assert kinds(split(mail)) == ["new"]


def test_thanks_are_said_to_us() -> None:
    assert kinds(split("Domani va bene.\n\nGrazie,\nAnna")) == ["new"]


def test_a_line_that_was_broken_inside_a_quote_stays_in_it() -> None:
    mail = f"Va bene.\n\n{ANNOUNCED[0]}\n> {'parola ' * 11}\nrimasta fuori\n> fine\n"

    assert kinds(split(mail)) == ["new", "quoted"]


def test_lines_that_end_as_windows_ends_them_are_kept() -> None:
    mail = f"{WORDS}\n\n{ANNOUNCED[6]}\n\n{PLAIN}".replace("\n", "\r\n")

    parts = split(mail)

    assert kinds(parts) == ["new", "quoted"]
    assert "".join(part.text for part in parts) == mail


@given(st.text(alphabet=st.sampled_from(list("a>-_:\n\r @<Ilha scritto0123456789/")), max_size=300))
def test_a21_the_parts_join_to_the_whole(mail: str) -> None:
    assert "".join(part.text for part in split(mail)) == mail


@pytest.mark.parametrize(
    "bomb",
    [
        "On " + "a " * 20_000,
        "On a\n" * 100_000,
        "3 mar 2025 10:15 x\n" * 50_000,
        "Da: a\n" * 100_000,
        "--\n" * 200_000,
        "Regards\n" * 100_000,
        "> " + "a" * 70 + "\nb\n> a\n\nb\n\n" * 100_000,
        "On 3 mar 2025 a <b\n>c\n" * 40_000,
        "@" * 40_000 + " wrote:",
        "a@b.co " * 100_000 + "wrote:",
        ">" * 2 * MAX_CHARS,
    ],
    ids=range(11),
)
def test_a21_no_mail_takes_long(bomb: str) -> None:
    began = time.process_time()

    parts = split(bomb)

    assert "".join(part.text for part in parts) == bomb
    assert time.process_time() - began < 8  # a bound on a bomb, far above what it takes (under 1 s): no measurement


HTML = [
    '<div dir="ltr">{words}</div><br><div class="gmail_quote"><div class="gmail_attr">{line}<br></div>'
    '<blockquote class="gmail_quote">{quoted}</blockquote></div>',
    "<p>{words}</p><blockquote type=cite><div>{line}<br></div><p>{quoted}</p></blockquote>",
    "<p>{words}</p><div class=moz-cite-prefix>Qualcuno, un giorno:<br></div><blockquote type=cite>{quoted}</blockquote>",
    "<div>{words}</div><div id=appendonsend></div><hr><div id=divRplyFwdMsg><b>Avsändare:</b> x<br></div><div>{quoted}</div>",
    "<p class=MsoNormal>{words}</p><div style='border-top:solid #E1E1E1 1.0pt'><p><b>Da:</b> Lab &lt;a@b.example&gt;<br>"
    "<b>Inviato:</b> lunedì<br><b>A:</b> Anna<br><b>Oggetto:</b> x</p></div><p>{quoted}</p>",
    "<div>{words}</div><div class='yahoo_quoted'><div>{line}</div><div>{quoted}</div></div>",
    "<div>{words}</div><span id=OLK_SRC_BODY_SECTION><div>{quoted}</div></span>",
]


@pytest.mark.parametrize("html", HTML)
def test_a21_quotes_of_html_are_known_by_their_elements(html: str) -> None:
    source = html.format(
        words="Potete passare domani?", line="Il 3 marzo 2025 10:15 Lab &lt;a@b.example&gt; ha scritto:", quoted="Gentile"
    )

    parts = split_html(source)

    assert new_text(parts) == "Potete passare domani?"
    assert "".join(part.text for part in parts) == plain_text(source)
