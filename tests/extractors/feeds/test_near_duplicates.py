from extractors.feeds.near_duplicates import fingerprint, first_sources, likeness

STORY = " ".join(
    f"Paragraph {n} of the wire story tells how the ministry in capital {n} delayed rule {n * 7} "
    f"until month {n} and what importer number {n} made of it."
    for n in range(12)
)
OTHER = " ".join(
    f"In section {n} a wholly different report describes the {n} copper mines, their output of "
    f"{n * 31} tonnes and the strikes which closed shaft {n}."
    for n in range(12)
)


def sources(texts: list[tuple[str, str]]) -> dict[str, str]:
    return first_sources([(name, fingerprint(text)) for name, text in texts])


def test_a_copy_with_another_dateline_and_a_trimmed_end_is_found() -> None:
    copy = "HARBOUR CITY (Agency) - " + STORY.rsplit(" ", 14)[0]
    assert sources([("wire", STORY), ("other", OTHER), ("paper", copy)]) == {"paper": "wire"}


def test_copies_of_copies_lead_to_the_first_source() -> None:
    texts = [("wire", STORY), ("a", STORY + " Edited."), ("b", STORY + " Edited. Twice.")]
    assert sources(texts) == {"a": "wire", "b": "wire"}


def test_different_stories_and_short_texts_are_no_copies() -> None:
    assert sources([("a", STORY), ("b", OTHER), ("c", "Too short to tell")]) == {}
    assert fingerprint("Too short to tell") is None


def test_a_fingerprint_is_the_same_everywhere() -> None:
    one, two = fingerprint(STORY), fingerprint(STORY)
    assert one is not None
    assert one == two
    assert len(one) == 128
    other = fingerprint(OTHER)
    assert other is not None
    assert likeness(one, other) < 0.2
