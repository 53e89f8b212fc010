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
