"""The shipped securities are complete, and bad rows are refused with their line."""

import pytest

from models.errors import ConfigError
from models.event import EventType
from models.reference import load_commodities
from models.reference import securities as reference
from models.reference.securities import load_securities


def test_ids_are_unique_and_joined() -> None:
    held = load_securities()
    issuers = {issuer.issuer_id for issuer in held.issuers}
    listings = [listing.listing_id for listing in held.listings]
    assert len(issuers) == len(held.issuers)
    assert len(set(listings)) == len(listings)
    assert {listing.issuer_id for listing in held.listings} <= issuers
    assert {alias.issuer_id for alias in held.aliases} <= issuers
    assert {e.commodity_id for e in held.exposures} <= load_commodities().keys()


def test_curated_rows_take_precedence_over_the_sec_list() -> None:
    listings = {listing.listing_id: listing for listing in load_securities().listings}
    assert "XASE:UUUU" in listings
    assert "XNYS:UUUU" not in listings
    assert listings["XNAS:AAPL"].source == "tickers.csv"
    assert listings["XNYS:IBM"].source == "SEC list"


def test_conflicts_are_reported_not_merged() -> None:
    assert not [note for note in load_securities().notes if "companies.csv" in note]


def test_every_type_has_a_prior() -> None:
    signs = load_securities().signs
    assert {sign.type for sign in signs} == {t.value for t in EventType}


def test_every_operation_and_benchmark_names_a_listing_we_know() -> None:
    held = load_securities()
    listings = {listing.listing_id for listing in held.listings}
    assert {listing for listing, _ in reference.operations()} <= listings
    assert {benchmark for _, benchmark in held.benchmarks} <= listings


def test_a_malformed_exposure_is_refused_with_its_line() -> None:
    with pytest.raises(ConfigError, match=r"line 7: unknown commodity 'unobtainium'"):
        reference.exposure("i", "XNYS:A", "unobtainium:producer", 0, {}, 7)
    with pytest.raises(ConfigError, match=r"line 7: exposure 'steel:friend' is not"):
        reference.exposure("i", "XNYS:A", "steel:friend", 0, {}, 7)


def test_a_weight_in_the_row_is_taken_as_it_is() -> None:
    assert reference.exposure("i", "XNYS:A", "steel:producer:0.15", 3, {}, 7).weight == 0.15


def test_a_share_of_revenue_replaces_the_prior_and_names_its_filing() -> None:
    held = load_securities()
    shares = reference.revenue_shares()
    sourced = [tie for tie in held.exposures if tie.source]
    assert len(sourced) == len(shares) >= 7
    owners = {k.issuer_id: k.listing_id for k in held.listings if k.source == "tickers.csv"}
    for tie in sourced:
        share, source = shares[owners[tie.issuer_id], tie.commodity_id]
        assert (tie.weight, tie.source) == (share, source)
        assert ".com" in source or ".gov" in source or "accession" in source


def test_an_impossible_share_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    row = {"listing": "XNYS:A", "commodity_id": "steel", "share": "1.2", "period": "2024",
           "source": "10-K"}  # fmt: skip
    monkeypatch.setattr(reference, "read_rows", lambda *_: iter([(4, row)]))
    with pytest.raises(ConfigError, match=r"revenue_shares.csv: line 4: XNYS:A steel: 1.2"):
        reference.revenue_shares()


def test_a_share_of_goods_that_the_firm_does_not_sell_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reference, "revenue_shares", lambda: {("XNYS:NUE", "gold"): (0.5, "x")})
    with pytest.raises(ConfigError, match="XNYS:NUE does not produce 'gold'"):
        list(reference.curated_rows({}, {}, []))


def test_many_issuers_goods_and_exchanges_are_exposed() -> None:
    held = load_securities()
    exposed = {tie.issuer_id for tie in held.exposures}
    markets = {k.mic for k in held.listings if k.issuer_id in exposed and k.source == "tickers.csv"}
    assert len(exposed) >= 315
    assert len({tie.commodity_id for tie in held.exposures}) >= 100
    assert len(markets) >= 24
