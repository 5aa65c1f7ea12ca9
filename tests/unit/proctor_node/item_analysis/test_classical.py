"""Classical statistics against published values, closed forms and a plain computation row by row."""

from __future__ import annotations

import numpy as np
import pytest

from proctor_node.item_analysis import classical, coding, reliability
from proctor_node.item_analysis.flags import of_item
from proctor_node.item_analysis.verdict import judge
from tests.unit.proctor_node.item_analysis.samples import choices, lsat, table_of


def analysed(table, **reading):
    responses = coding.code(table, coding.Reading(**reading))
    return responses, classical.analyse(responses)


@pytest.mark.parametrize(("name", "alpha"), [("LSAT6", 0.294997192), ("LSAT7", 0.453408735)])
def test_alpha_of_the_lsat(name, alpha):
    _, found = analysed(table_of(lsat(name)))
    assert found.test.alpha == pytest.approx(alpha, abs=1e-9)


def test_every_figure_is_what_rows_give_one_by_one():
    table, key = choices()
    responses, found = analysed(table, key=key)
    marks = responses.marks()
    totals = marks.sum(axis=1)
    for place, item in enumerate(found.items):
        rest = totals - marks[:, place]
        assert item.p == pytest.approx(marks[:, place].mean())
        assert item.sd == pytest.approx(marks[:, place].std(ddof=1))
        assert item.r_rest == pytest.approx(np.corrcoef(marks[:, place], rest)[0, 1])
        codes = responses.items[place].codes
        for code, option in enumerate(item.options):
            assert option.r_rest == pytest.approx(np.corrcoef(codes == code, rest)[0, 1])
            assert option.n == (codes == code).sum() == sum(option.by_group) == sum(option.by_third)
        best = np.cov(np.sort(marks[:, place]), np.sort(rest))[0, 1]
        actual = np.cov(marks[:, place], rest)[0, 1]
        assert item.discriminative_efficiency == pytest.approx(100 * actual / best)
        without = np.delete(marks, place, axis=1)
        assert item.alpha_if_deleted == pytest.approx(reliability.alpha(np.cov(without.T)))
    assert responses.covariance == pytest.approx(np.cov(marks.T))
    assert found.test.sd == pytest.approx(totals.std(ddof=1))
    assert found.test.median == pytest.approx(np.median(totals))


def test_upper_and_lower_groups_do_not_depend_on_the_order_of_rows():
    table, key = choices(persons=101)
    forward = analysed(table, key=key)[1]
    rows = list(zip(*(column.cells() for column in table.columns), strict=True))[::-1]
    backward = analysed(type(table).from_rows("", [column.name for column in table.columns], rows), key=key)[1]
    assert [item.upper_lower for item in forward.items] == pytest.approx([item.upper_lower for item in backward.items])


def test_a_guttman_scale_divides_perfectly():
    rows = np.array([[int(place < number % 5) for place in range(4)] for number in range(40)])
    _, found = analysed(table_of(rows))
    assert all(item.discriminative_efficiency == pytest.approx(100) for item in found.items)
    assert all(item.upper_lower == pytest.approx(1, abs=0.3) for item in found.items)


def test_stratified_alpha_and_split_half_by_their_formulas():
    rng = np.random.default_rng(1)
    marks = (rng.normal(size=(300, 1)) + rng.normal(size=(300, 6)) > 0).astype(int)
    names = ["I.1", "I.2", "I.3", "II.1", "II.2", "III.1"]
    _, found = analysed(table_of(marks, names))
    assert found.test.stratified_alpha is None  # a part of one item has no alpha of its own
    names[-1] = "II.3"
    _, found = analysed(table_of(marks, names))
    total = marks.sum(axis=1).var(ddof=1)
    lost = sum(
        part.sum(axis=1).var(ddof=1) * (1 - reliability.alpha(np.cov(part.T))) for part in (marks[:, :3], marks[:, 3:])
    )
    assert found.test.stratified_alpha == pytest.approx(1 - lost / total)
    r = np.corrcoef(marks[:, ::2].sum(axis=1), marks[:, 1::2].sum(axis=1))[0, 1]
    assert found.test.split_half == pytest.approx(2 * r / (1 + r))


def test_omega_of_a_known_one_factor_structure():
    loadings = np.array([0.8, 0.7, 0.6, 0.5, 0.4])
    covariance = np.outer(loadings, loadings)
    np.fill_diagonal(covariance, 1)
    summed = loadings.sum() ** 2
    assert reliability.omega_total(covariance) == pytest.approx(summed / (summed + (1 - loadings**2).sum()), abs=1e-6)


def test_a_wrong_key_is_found_with_the_option_to_look_at():
    table, key = choices(wrong_key=4)
    _, found = analysed(table, key=key)
    noticed = {item.item.id: of_item(item) for item in found.items}
    assert noticed["Q5"][0].code == "probable_wrong_key"
    assert "chọn A" in noticed["Q5"][0].text.vi
    assert "rather than B" in noticed["Q5"][0].text.en
    assert not any(
        flag.code == "probable_wrong_key" for name, flags in noticed.items() if name != "Q5" for flag in flags
    )


def test_few_papers_carry_no_flag_but_that():
    table, key = choices(persons=18, wrong_key=4)
    _, found = analysed(table, key=key)
    assert {flag.code for item in found.items for flag in of_item(item)} == {"too_few"}
    assert judge(found.test).codes == ("V4",)
    assert judge(found.test).text.vi == "Mới có 18 bài, chưa đủ để nhận xét đề."


def test_the_verdict_carries_its_uncertainty_in_both_languages():
    table, key = choices(items=40)
    _, found = analysed(table, key=key)
    verdict = judge(found.test)
    assert verdict.codes == ("V1",)
    half = f"{1.96 * found.test.sem:.1f}"
    assert f"± {half}" in verdict.text.en
    assert f"± {half.replace('.', ',')}" in verdict.text.vi
