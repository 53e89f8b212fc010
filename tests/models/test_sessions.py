from datetime import UTC, date, datetime

import pytest

from flows.markets.sessions import computed_sessions, sessions_between
from models.reference.markets import load_markets
from models.reference.sessions import shipped_sessions, shipped_span

CALENDARS = sorted({market.calendar for market in load_markets().values()})


@pytest.mark.parametrize("calendar", ["XNYS", "XASX", "XKRX", "XLON", "XSHG", "XBOM", "XIDX"])
def test_shipped_sessions_equal_exchange_calendars(calendar: str) -> None:
    begin, end = date(2019, 1, 1), date(2026, 6, 30)
    shipped = [s for s in shipped_sessions(calendar) if begin <= s.session_date <= end]
    assert shipped == computed_sessions(calendar, begin, end)


def test_every_market_has_its_sessions() -> None:
    for calendar in CALENDARS:
        assert len(shipped_sessions(calendar)) > 2000
        assert all(s.open_at < s.close_at for s in shipped_sessions(calendar)[::50])
    assert shipped_sessions("NOWHERE") == ()


def test_days_beyond_the_shipped_sessions_are_computed() -> None:
    _, end = shipped_span()
    whole = sessions_between("XNYS", date(2026, 1, 5), date(2026, 12, 31))
    assert whole == computed_sessions("XNYS", date(2026, 1, 5), date(2026, 12, 31))
    assert whole[-1].session_date > end
    old = sessions_between("XNYS", date(2010, 1, 4), date(2010, 1, 8))
    assert [s.close_at for s in old][:1] == [datetime(2010, 1, 4, 21, tzinfo=UTC)]
