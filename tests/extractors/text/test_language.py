import pytest

from extractors.text.language import language_of, primary

ENGLISH = (
    "The ministry said on Monday that it would put off its rules for exports of magnets by a year, "
    "after talks which both sides called constructive."
)
FRENCH = (
    "Le ministère a annoncé lundi le report d'un an de ses règles sur les exportations d'aimants, "
    "après des pourparlers que les deux parties ont jugés constructifs."
)
CHINESE = "商务部周一宣布，将稀土相关物项出口管制措施的实施推迟一年，双方称会谈具有建设性。" * 4


@pytest.mark.parametrize(
    ("text", "declared", "code"),
    [
        (ENGLISH, None, "en"),
        (ENGLISH, "de", "en"),
        (FRENCH, "en-US", "fr"),
        (CHINESE, "en", "zh"),
        ("Quota cut", "en-GB", "en"),
        ("Quota cut", "pt_BR", "pt"),
        ("", "de", "de"),
        ("", None, None),
    ],
)
def test_language_is_detected_in_long_texts_and_declared_for_short_ones(
    text: str, declared: str | None, code: str | None
) -> None:
    assert language_of(text, declared=declared) == code


@pytest.mark.parametrize("tag", ["", None, "x", "english", "12", "é-FR"])
def test_an_invalid_language_tag_gives_none(tag: str | None) -> None:
    assert primary(tag) is None
