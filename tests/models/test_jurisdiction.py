from models.jurisdiction import jurisdiction_name, jurisdictions


def test_every_code_an_event_may_carry_has_a_name() -> None:
    codes = jurisdictions()
    assert {"US", "EU", "XK", "XX", "world", "SU", "AX", "ZW"} <= set(codes)
    assert len(codes) >= 250
    assert all(codes.values())


def test_a_code_without_a_name_is_returned() -> None:
    assert jurisdiction_name("CD") == "DR Congo"
    assert jurisdiction_name("QQ") == "QQ"
