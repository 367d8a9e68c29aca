"""Words find conversations, in Italian and English, and nothing that the reader may not see."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from ascolto.search.find import BadCursor, count, find
from ascolto.search.index import put, remove, rescope
from ascolto.search.models import Document
from tests.search.conftest import CARE, NOON, SALES, message

NASTY = [
    *(
        '"',
        "'",
        "\\",
        "*",
        "(",
        ")",
        "((((",
        "^",
        ":",
        "-",
        "+",
        "~",
        "{",
        "}",
        "|",
        "&",
        "!",
        "<->",
        "%",
        "_",
        "\0",
        "\ud800",
        " ",
        "",
    ),
    *(
        "spedizione AND",
        "OR OR",
        "NOT spedizione",
        "NEAR(a b)",
        "public : x",
        "{internal} : canarino",
        "internal:canarino",
        'a"b',
        "a'b",
    ),
    *(
        "'; DROP TABLE search_words; --",
        "spedizione*",
        "*spedizione",
        '"spedizione',
        'spedizione"',
        "a & b | !c",
        "'a':*",
        "a:b:c",
    ),
    *("%s", "%(x)s", "{0}", "☃ ½ ℀ 🎉", "ﷺ", "x" * 100_000, "a " * 50_000, "\u202espedizione", "𝓈𝓅𝑒𝒹", "İ ı ß", "1e5 0x1 1.5 -3"),
]


def groups(query, *, scopes=None, internal=False, **more):
    return [match.group.int for match in find(query, scopes=scopes, internal=internal, **more)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("spedizioni", {101}),
        ("SPEDIZIONE", {101}),
        ("perche", {103}),
        ("citta fatture", {103}),
        ("delivery", {102}),
        ("refunds late", {102}),
        ("la spediz", {101}),
        ("ritardo ordini", {101}),
        ("sp", set()),
        ("ritardo refund", set()),
        ("inesistente", set()),
        ("", set()),
        ("  ", set()),
    ],
)
def test_words_are_found_in_their_other_forms(messages, query, expected):
    assert set(groups(query)) == expected
    assert count(query, scopes=None, internal=False) == len(expected)


def test_a_conversation_is_found_once_by_its_best_message(messages):
    matches = find("spedizione", scopes=None, internal=False)

    assert [match.group.int for match in matches] == [101]
    assert matches[0].key.int == 1004  # the shorter message says it more
    assert matches[0].at == NOON


def test_l1_only_inboxes_of_the_reader_are_searched(messages):
    assert groups("refund", scopes=[SALES]) == []
    assert groups("refund", scopes=[CARE, SALES]) == [102]
    assert groups("refund", scopes=[]) == []


def test_l2_counts_speak_of_what_the_reader_may_see(messages):
    assert count("refund", scopes=[SALES], internal=True) == 0
    assert count("spedizione", scopes=None, internal=False) == 1
    assert count("spedizione", scopes=None, internal=True) == 2
    assert count("spedizione", scopes=[SALES], internal=True) == 1


def test_l3_notes_are_found_by_colleagues_only(messages):
    assert groups("canarino", internal=True) == [105]
    assert groups("canarino") == []
    assert groups("canar") == []


def test_l3_notes_do_not_change_the_order_for_others(db):
    put([message(1, "pacco rotto"), message(2, "pacco rotto", internal="pacco pacco pacco " * 20)])

    ranks = {match.rank for match in find("pacco rotto", scopes=None, internal=False)}

    assert max(ranks) - min(ranks) < 1e-3


def test_l4_what_was_removed_is_not_found(messages):
    remove([messages[1].key, UUID(int=9)])

    assert groups("refund") == []
    assert not Document.objects.filter(key=messages[1].key).exists()


def test_l4_a_conversation_in_another_inbox_is_found_there_only(messages):
    rescope(group=UUID(int=101), scope=CARE)

    assert groups("spedizione", scopes=[SALES]) == []
    assert groups("spedizione", scopes=[CARE]) == [101]


def test_putting_again_replaces(messages):
    put([message(2, "first"), message(2, "Un reso", scope=SALES)])
    put([message(2, "Un reso", scope=SALES)])

    assert groups("refund") == []
    assert groups("resi", scopes=[SALES]) == [102]
    assert Document.objects.count() == 5


@pytest.mark.parametrize("query", NASTY, ids=range(len(NASTY)))
def test_l5_no_query_is_an_error(messages, query):
    find(query, scopes=[SALES, CARE], internal=False)
    count(query, scopes=None, internal=True)


def test_l5_search_syntax_means_nothing(messages):
    assert groups("internal:canarino") == []
    assert groups("zzzz OR spedizione") == []
    assert groups('"spedizione') == [101]


def test_any_text_can_be_put(db):
    put([message(number, text) for number, text in enumerate(NASTY)])
    put([message(99, " ".join(f"{'è' * 60}{n}" for n in range(9_000)))])

    assert Document.objects.count() == len(NASTY) + 1


def test_pages_follow_each_other_without_gap_or_repeat(db):
    put([message(n, "pacco " * (1 + n % 3) + "grigio", at=NOON + timedelta(minutes=n)) for n in range(1, 24)])

    seen, before = [], None
    while page := find("pacco", scopes=None, internal=False, limit=5, before=before):
        seen += [match.group for match in page]
        before = page[-1].cursor

    assert len(seen) == len(set(seen)) == 23


def test_limits_are_kept_in_bounds(messages):
    assert len(groups("spedizione", internal=True, limit=0)) == 1
    assert len(groups("spedizione", internal=True, limit=10**9)) == 2


@pytest.mark.parametrize("cursor", ["", "x", "nan~1", "inf~1", "0x1p0~", "0x1p0~-1", f"0x1p0~{2**70}", "1~1~1", "0x1p99999~1"])
def test_a_made_up_cursor_is_refused(messages, cursor):
    with pytest.raises(BadCursor):
        find("spedizione", scopes=None, internal=False, before=cursor)


def test_a_search_is_two_queries(messages, django_assert_num_queries):
    with django_assert_num_queries(2):
        find("spedizione", scopes=[SALES], internal=True)


@pytest.mark.django_db(transaction=True)
def test_the_migration_goes_back_and_forth():
    executor = MigrationExecutor(connection)
    executor.migrate([("search", None)])
    assert not [name for name in connection.introspection.table_names() if name.startswith("search_")]

    executor.loader.build_graph()
    executor.migrate([("search", "0001_documents")])
    put([message(1, "spedizione")])

    assert groups("spedizione") == [101]
