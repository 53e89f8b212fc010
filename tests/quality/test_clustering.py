import pytest

from tests.quality.clustering import Agreement, b_cubed, ceaf_e


def grouped(*clusters: str) -> dict[str, int]:
    """Mentions are letters: "ab", "c" is the grouping {a, b}, {c}."""
    return {mention: number for number, members in enumerate(clusters) for mention in members}


def close(found: Agreement, precision: float, recall: float) -> bool:
    return (found.precision, found.recall) == pytest.approx((precision, recall))


def test_equal_groupings_agree_fully_whatever_their_clusters_are_called() -> None:
    found = {"a": "x", "b": "x", "c": "y"}
    for score in (b_cubed(grouped("ab", "c"), found), ceaf_e(grouped("ab", "c"), found)):
        assert (score.precision, score.recall, score.f1) == (1, 1, 1)


def test_b_cubed_on_the_two_answers_of_its_paper() -> None:
    # After Bagga and Baldwin 1998: {1..5}, {6, 7}, {8..12}, of which one answer joins the
    # clusters of five and two, the other the two of five. Mentions weigh the same.
    truth = grouped("12345", "67", "89ABC")
    # (5 * 5/7 + 2 * 2/7 + 5 * 5/5) / 12 = (29/7 + 5) / 12
    assert close(b_cubed(truth, grouped("1234567", "89ABC")), (29 / 7 + 5) / 12, 1)
    # (10 * 5/10 + 2 * 2/2) / 12 = 7/12
    assert close(b_cubed(truth, grouped("1234589ABC", "67")), 7 / 12, 1)


def test_ceaf_e_on_the_same_two_answers() -> None:
    truth = grouped("12345", "67", "89ABC")
    # {1..5} with {1..7}: 2*5/12 = 5/6; {8..12} with its like: 1. Two clusters for three.
    assert close(ceaf_e(truth, grouped("1234567", "89ABC")), 11 / 12, 11 / 18)
    # Either five with the ten: 2*5/15 = 2/3; {6, 7} with its like: 1.
    assert close(ceaf_e(truth, grouped("1234589ABC", "67")), 5 / 6, 5 / 9)


def test_a_cluster_that_was_torn_apart_costs_recall() -> None:
    truth, found = grouped("abcd"), grouped("abc", "d")
    # a, b, c hold 3 of 4, d 1 of 4: (3 * 3/4 + 1/4) / 4 = 10/16
    assert close(b_cubed(truth, found), 1, 10 / 16)
    # {a..d} with {a, b, c}: 2*3/7 = 6/7, of two clusters found and one labelled.
    assert close(ceaf_e(truth, found), 3 / 7, 6 / 7)


def test_the_pairing_of_clusters_is_the_best_not_the_greedy_one() -> None:
    # Likeness of {a, b, c, d, e} and {f}: to {a, b, c, f} 6/9 and 2/5, to {d, e} 4/7 and 0.
    # The greedy pair gives 6/9 + 0 = 0.67; the best 2/5 + 4/7 = 34/35.
    truth, found = grouped("abcde", "f"), grouped("abcf", "de")
    assert close(ceaf_e(truth, found), 17 / 35, 17 / 35)


def test_missed_mentions_cost_recall_alone() -> None:
    truth, found = grouped("abcd", "e"), grouped("ab")
    # a and b hold 2 of 4, the other three nothing: (2/4 + 2/4) / 5
    assert close(b_cubed(truth, found), 1, 1 / 5)
    # {a..d} with {a, b}: 2*2/6 = 2/3, of one cluster found and two labelled.
    assert close(ceaf_e(truth, found), 2 / 3, 1 / 3)


def test_mentions_that_nobody_labelled_cost_precision_alone() -> None:
    truth, found = grouped("ab"), grouped("abc", "d")
    # a and b are 2 of 3 right, c and d nothing: (2/3 + 2/3) / 4
    assert close(b_cubed(truth, found), 1 / 3, 1)
    # {a, b} with {a, b, c}: 2*2/5, of two clusters found and one labelled.
    assert close(ceaf_e(truth, found), 2 / 5, 4 / 5)


def test_nothing_found_scores_nothing() -> None:
    for score in (b_cubed(grouped("ab"), {}), ceaf_e(grouped("ab"), {})):
        assert (score.precision, score.recall, score.f1) == (0, 0, 0)
