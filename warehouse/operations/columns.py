"""The columns of the Arrow batches that are written, a table each."""

from collections.abc import Mapping

import pyarrow as pa

Columns = Mapping[str, pa.DataType]

TEXT = pa.string()
NUMBER = pa.float64()
COUNT = pa.int32()
FLAG = pa.bool_()
INSTANT = pa.timestamp("us", tz="UTC")
DAY = pa.date32()
TEXTS = pa.list_(TEXT)

FEEDS = {
    "feed_id": TEXT,
    "name": TEXT,
    "url": TEXT,
    "kind": TEXT,
    "publisher": TEXT,
    "category": TEXT,
    "language": TEXT,
    "country": TEXT,
    "poll_minutes": COUNT,
    "trust_tier": COUNT,
    "enabled": FLAG,
    "full_text": FLAG,
    "allow_private": FLAG,
    "poll_max_minutes": COUNT,
    "terms": TEXT,
    "note": TEXT,
}
FEED_STATES = {
    "feed_id": TEXT,
    "url": TEXT,
    "etag": TEXT,
    "last_modified": TEXT,
    "next_check_at": INSTANT,
    "redirect_url": TEXT,
    "redirect_count": COUNT,
    "failure_count": COUNT,
    "retired": FLAG,
    "listed_url": TEXT,
    "interval_s": NUMBER,
    "ttl_s": NUMBER,
    "hold_until": INSTANT,
    "body_digest": TEXT,
}
FETCHES = {
    "fetch_id": TEXT,
    "feed_id": TEXT,
    "run_id": TEXT,
    "url": TEXT,
    "started_at": INSTANT,
    "duration_s": NUMBER,
    "outcome": TEXT,
    "status": COUNT,
    "body_bytes": pa.int64(),
    "entry_count": COUNT,
    "new_count": COUNT,
    "changed_count": COUNT,
    "retry_count": COUNT,
    "bozo": TEXT,
    "replaced_share": NUMBER,
    "error": TEXT,
    "next_check_at": INSTANT,
    "next_check_reason": TEXT,
    "notes": TEXTS,
}
ARTICLES = {
    "article_id": TEXT,
    "version": COUNT,
    "feed_id": TEXT,
    "guid": TEXT,
    "url": TEXT,
    "canonical_url": TEXT,
    "title": TEXT,
    "text": TEXT,
    "text_digest": TEXT,
    "entry_digest": TEXT,
    "text_length": COUNT,
    "text_source": TEXT,
    "language": TEXT,
    "published_at": INSTANT,
    "updated_at": INSTANT,
    "fetched_at": INSTANT,
    "first_seen_at": INSTANT,
    "date_flag": TEXT,
}
ARTICLE_KEYS = {
    "position": COUNT,
    "feed_id": TEXT,
    "guid": TEXT,
    "canonical_url": TEXT,
    "url": TEXT,
    "entry_digest": TEXT,
    "bare": pa.bool_(),
}
EXTRACTIONS = {
    "article_id": TEXT,
    "version": COUNT,
    "extractor_version": TEXT,
    "extracted_at": INSTANT,
    "event_count": COUNT,
    "entity_count": COUNT,
    "reject": TEXT,
}
ENTITY_MENTIONS = {
    "article_id": TEXT,
    "article_version": COUNT,
    "extractor_version": TEXT,
    "field": TEXT,
    "start_char": COUNT,
    "end_char": COUNT,
    "text": TEXT,
    "label": TEXT,
    "entity_id": TEXT,
}
RATE = pa.struct(
    [("text", TEXT), ("value", NUMBER), ("unit", TEXT), ("basis", TEXT), ("role", TEXT)]
)
AMOUNT = pa.struct([("text", TEXT), ("value", NUMBER), ("unit", TEXT), ("kind", TEXT)])
EVENT_DATE = pa.struct([("role", TEXT), ("text", TEXT), ("date", TEXT)])
MISSING = pa.struct([("argument", TEXT), ("reason", TEXT)])
EVENT_MENTIONS = {
    "mention_id": TEXT,
    "article_id": TEXT,
    "article_version": COUNT,
    "field": TEXT,
    "start_char": COUNT,
    "end_char": COUNT,
    "trigger": TEXT,
    "sentence": TEXT,
    "sentence_start": COUNT,
    "type": TEXT,
    "status": TEXT,
    "status_target": TEXT,
    "factuality": TEXT,
    "time_frame": TEXT,
    "polarity": TEXT,
    "retaliation": FLAG,
    "source_type": TEXT,
    "source_text": TEXT,
    "actors": TEXTS,
    "targets": TEXTS,
    "actor_texts": TEXTS,
    "target_texts": TEXTS,
    "agencies": TEXTS,
    "product_texts": TEXTS,
    "commodities": TEXTS,
    "hs_codes": TEXTS,
    "company_texts": TEXTS,
    "rates": pa.list_(RATE),
    "amounts": pa.list_(AMOUNT),
    "dates": pa.list_(EVENT_DATE),
    "duration": TEXT,
    "instrument": TEXT,
    "instrument_id": TEXT,
    "condition": TEXT,
    "is_lead": FLAG,
    "confidence": NUMBER,
    "rule": TEXT,
    "missing": pa.list_(MISSING),
    "extractor_version": TEXT,
    "extracted_at": INSTANT,
    "told": FLAG,
}

MENTION_KEYS = {"mention_id": TEXT}
BLOCKS = {"block": TEXT, "since": INSTANT}
MEASURES = {
    "measure_id": TEXT,
    "measure_key": TEXT,
    "type": TEXT,
    "implementer": TEXT,
    "product_bucket": TEXT,
    "target_bucket": TEXT,
    "instrument_id": TEXT,
    "first_seen_at": INSTANT,
    "digest": TEXT,
}
DEVELOPMENTS = {
    "development_id": TEXT,
    "measure_id": TEXT,
    "type": TEXT,
    "status": TEXT,
    "status_class": TEXT,
    "status_target": TEXT,
    "factuality": TEXT,
    "time_frame": TEXT,
    "polarity": TEXT,
    "novelty": TEXT,
    "novelty_score": NUMBER,
    "decision_date": DAY,
    "decision_precision": TEXT,
    "decision_basis": TEXT,
    "first_seen_at": INSTANT,
    "first_reported_at": INSTANT,
    "lead_mention_id": TEXT,
    "article_id": TEXT,
    "article_version": COUNT,
    "extractor_version": TEXT,
    "actors": TEXTS,
    "targets": TEXTS,
    "commodities": TEXTS,
    "products": TEXTS,
    "hs_codes": TEXTS,
    "companies": TEXTS,
    "rate_value": NUMBER,
    "rate_unit": TEXT,
    "amount_value": NUMBER,
    "amount_unit": TEXT,
    "amount_kind": TEXT,
    "effective_date": TEXT,
    "effective_on": DAY,
    "end_date": TEXT,
    "ends_on": DAY,
    "duration": TEXT,
    "instrument": TEXT,
    "instrument_ids": TEXTS,
    "retaliation": FLAG,
    "stage_of": TEXT,
    "disputed": FLAG,
    "change_reason": TEXT,
    "correction_id": TEXT,
    "grade": TEXT,
    "official_source": TEXT,
    "official_article_id": TEXT,
    "official_seen_at": INSTANT,
    "official_reported_at": INSTANT,
    "digest": TEXT,
}
DEVELOPMENT_STATES = {
    "development_id": TEXT,
    "measure_id": TEXT,
    "block": TEXT,
    "last_reported_at": INSTANT,
    "source_count": COUNT,
    "mention_count": COUNT,
    "confidence": NUMBER,
    "index_keys": TEXTS,
    "state": TEXT,
}
MEASURE_STATES = {
    "measure_id": TEXT,
    "last_development_id": TEXT,
    "first_step_date": DAY,
    "decided_date": DAY,
    "start_date": DAY,
    "returns_on": DAY,
    "rate_value": NUMBER,
    "rate_unit": TEXT,
    "statuses": TEXTS,
    "status_dates": pa.list_(DAY),
    "step_count": COUNT,
    "mention_count": COUNT,
    "disputed": FLAG,
    "actors": TEXTS,
    "targets": TEXTS,
    "commodities": TEXTS,
    "companies": TEXTS,
    "last_reported_at": INSTANT,
}
WANTED_KEYS = {"block": TEXT, "index_key": TEXT, "heard_since": INSTANT}
DEVELOPMENT_MENTIONS = {
    "mention_id": TEXT,
    "part": COUNT,
    "development_id": TEXT,
    "article_id": TEXT,
    "publisher": TEXT,
    "novelty": TEXT,
    "novelty_score": NUMBER,
    "extractor_version": TEXT,
    "first_seen_at": INSTANT,
    "reported_at": INSTANT,
    "grade": TEXT,
    "withdrawn": TEXT,
    "withdrawn_at": INSTANT,
}
FINDINGS = {
    "review_id": TEXT,
    "kind": TEXT,
    "development_id": TEXT,
    "measure_id": TEXT,
    "reason": TEXT,
}
GONE = {"id": TEXT, "superseded_by": TEXT}
EVENT_TICKERS = {
    "development_id": TEXT,
    "listing_id": TEXT,
    "link": TEXT,
    "commodity_id": TEXT,
    "role": TEXT,
    "sign": TEXT,
    "relevance": COUNT,
    "why": TEXT,
}
TICKER_PASSES = {"development_id": TEXT, "revision": COUNT}
ISSUERS = {
    "issuer_id": TEXT,
    "name": TEXT,
    "country": TEXT,
    "cik": TEXT,
    "sector": TEXT,
    "aliases": TEXTS,
    "ambiguous_aliases": TEXTS,
    "position": COUNT,
}
LISTINGS = {
    "listing_id": TEXT,
    "issuer_id": TEXT,
    "mic": TEXT,
    "ticker": TEXT,
    "currency": TEXT,
    "isin": TEXT,
    "figi": TEXT,
    "valid_from": DAY,
    "valid_to": DAY,
    "source": TEXT,
    "benchmark_id": TEXT,
    "position": COUNT,
}
COMPANY_ALIASES = {
    "issuer_id": TEXT,
    "alias": TEXT,
    "kind": TEXT,
    "gated": FLAG,
    "keep_near": TEXTS,
    "reject_near": TEXTS,
}
EXPOSURES = {
    "issuer_id": TEXT,
    "commodity_id": TEXT,
    "role": TEXT,
    "weight": NUMBER,
    "countries": TEXTS,
    "sells": TEXTS,
    "source": TEXT,
    "valid_from": DAY,
    "valid_to": DAY,
}
EXPOSURE_SIGNS = {"type": TEXT, "role": TEXT, "place": TEXT, "sign": TEXT, "reason": TEXT}
MARKETS = {"mic": TEXT, "name": TEXT, "currency": TEXT, "calendar": TEXT}
SESSIONS = {"mic": TEXT, "session_date": DAY, "open_at": INSTANT, "close_at": INSTANT}
DAILY_BARS = {
    "listing_id": TEXT,
    "session_date": DAY,
    "close": NUMBER,
    "adj_close": NUMBER,
    "volume": NUMBER,
    "currency": TEXT,
}
SYMBOL_MAP = {
    "symbol": TEXT,
    "listing_id": TEXT,
    "currency": TEXT,
    "calendar": TEXT,
    "zone": TEXT,
    "problem": TEXT,
}
PRICE_LOADS = {
    "load_id": TEXT,
    "source": TEXT,
    "origin": TEXT,
    "row_count": pa.int64(),
    "new_count": pa.int64(),
    "changed_count": pa.int64(),
    "first_date": DAY,
    "last_date": DAY,
    "warnings": TEXTS,
    "loaded_at": INSTANT,
}
