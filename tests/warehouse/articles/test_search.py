"""Search: ranked, updated with each load, without double counting."""

from duckdb import DuckDBPyConnection

from tests.warehouse.articles.test_articles import article
from warehouse.articles.articles import save_ingest
from warehouse.articles.search import index_articles


def found(con: DuckDBPyConnection, words: str) -> list[str]:
    rows = con.execute("SELECT title FROM search_articles(?)", [words]).fetchall()
    return [title for (title,) in rows]


def fill(con: DuckDBPyConnection) -> None:
    texts = {
        "Gallium licences widened": "Exporters need a license for gallium from August.",
        "Steel duties doubled": "Nothing here on other metals, steels apart.",
        "Market wrap": "Shares rose. A licence for a new bank was granted. " * 3,
    }
    save_ingest(
        con,
        articles=[
            article(guid=title, url=f"https://example.org/{n}", title=title, text=text)
            for n, (title, text) in enumerate(texts.items())
        ],
    )


def test_the_best_article_comes_first_however_a_word_is_spelt(con: DuckDBPyConnection) -> None:
    fill(con)
    assert index_articles(con) == 3
    assert found(con, "gallium licence") == ["Gallium licences widened", "Market wrap"]
    assert found(con, "LICENSES Gallium") == found(con, "gallium licence")
    assert found(con, "steel") == ["Steel duties doubled"]
    assert found(con, "the of") == []
    assert found(con, "zinc") == []


def test_indexing_again_adds_nothing_and_an_edit_replaces(con: DuckDBPyConnection) -> None:
    fill(con)
    assert index_articles(con, limit=2) == 2
    assert index_articles(con) == 1
    assert index_articles(con) == 0
    edited = article(
        guid="Steel duties doubled",
        url="https://example.org/1",
        title="Steel duties doubled",
        text="Copper is not covered.",
    )
    save_ingest(con, articles=[edited])
    assert index_articles(con) == 1
    assert found(con, "copper") == ["Steel duties doubled"]
    assert found(con, "steel") == ["Steel duties doubled"]
    numbers = con.execute(
        "SELECT count(*), count(DISTINCT document_no) FROM store.search_documents"
    ).fetchall()
    assert numbers == [(4, 4)]
