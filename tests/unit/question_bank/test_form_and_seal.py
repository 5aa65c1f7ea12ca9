"""The form, its formulas, and the seal that two of three officers open."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass

import msgspec
import pytest

from question_bank import form as forms
from question_bank import response_key, samples, sealed_form, short_answer
from question_bank.adapters.formula_renderer import MathJaxRenderer
from question_bank.errors import (
    EngineMissing,
    FormMalformed,
    FormulaRefused,
    OrderInvalid,
    SealBroken,
    ShareMistyped,
    SourceMalformed,
)
from question_bank.rendering import checked
from question_bank.sealed_form import Officer
from question_bank.source import FormBuilder


@pytest.fixture(scope="module")
def renderer():
    return MathJaxRenderer()


@pytest.fixture(scope="module")
def form(renderer):
    return samples.sample_form(renderer)


@dataclass(frozen=True)
class Sealed:
    raw: bytes
    package: sealed_form.SealedForm
    officers: tuple[Officer, ...]


@pytest.fixture(scope="module")
def sealed(form):
    officers = tuple(Officer.create(name) for name in ("Một", "Hai", "Ba"))
    raw = forms.encode(form)
    public = tuple(officer.public for officer in officers)
    return Sealed(raw, sealed_form.seal(raw, form.code, form.subject, public, os.urandom), officers)


# -- the form


def test_the_sample_form_has_the_layout_of_2025(form):
    assert [(part.id, len(part.items)) for part in form.parts] == [("I", 12), ("II", 4), ("III", 6)]
    response_key.check(samples.sample_key(), form)


def test_a_form_comes_back_as_it_was_and_holds_no_key(form):
    raw = forms.encode(form)
    assert forms.encode(forms.decode(raw)) == raw
    assert b'"right"' not in raw


@pytest.mark.parametrize(
    "change",
    [(b"0101", b"0102", False), (b'"minutes":45', b'"minutes":"x"', True), (b'"id":"I.1"', b'"id":"I.2"', True)],
)
def test_a_changed_form_is_refused_or_has_another_digest(form, change):
    old, new, refused = change
    raw = forms.encode(form)
    other = raw.replace(old, new, 1)
    assert forms.digest(other) != forms.digest(raw)
    if refused:
        with pytest.raises(FormMalformed):
            forms.decode(other)


def test_a_resource_that_is_not_what_its_digest_says_is_refused(form):
    digest = next(iter(form.resources))
    with pytest.raises(FormMalformed):
        forms.decode(forms.encode(msgspec.structs.replace(form, resources={**form.resources, digest: b"<svg/>"})))
    with pytest.raises(FormMalformed):
        forms.decode(forms.encode(msgspec.structs.replace(form, resources={})))


def test_every_key_of_the_sample_form_is_right():
    right = samples.sample_key().right

    def cubic(x):
        return x**3 - 3 * x**2 + 2

    assert right["I.1"] == "A"  # x^3 - 3x + 1 falls where 3x^2 - 3 < 0, between -1 and 1
    assert all(3 * x * x - 3 < 0 for x in (-0.9, 0, 0.9))
    assert right["I.4"] == "C"
    assert math.log2(9 - 1) == 3
    assert right["I.5"] == "B"
    assert 3 + 4 * 4 == 19
    assert right["I.7"] == "A"
    assert 2**2 + 2 == 6
    assert right["I.8"] == "B"
    assert 40 - 0 == 40
    assert right["I.9"] == "D"
    assert math.degrees(math.atan2(math.sqrt(2), math.sqrt(2))) == pytest.approx(45)
    assert right["I.10"] == "C"
    assert pytest.approx(0.4) == 0.2 / 0.5
    assert right["I.11"] == "A"
    assert math.sqrt(1 + 4 + 4) == 3
    assert right["I.12"] == "B"
    assert math.sin(math.pi / 4) == pytest.approx(math.cos(math.pi / 4))
    assert right["II.1"] == "a=true,b=false,c=true,d=true"
    assert (cubic(0), min(cubic(-1), cubic(2), cubic(3), cubic(0))) == (2, -2)
    assert right["II.2"] == "a=true,b=true,c=false,d=false"
    assert ((2 + 1 - 1 + 1), (1 + 0 - 2 + 1)) == (3, 0)
    assert right["II.3"] == "a=true,b=true,c=false,d=true"
    assert pytest.approx(5 / 14) == 5 / 8 * 4 / 7
    assert pytest.approx(5 / 8) == 5 / 8 * 4 / 7 + 3 / 8 * 5 / 7
    assert right["II.4"] == "a=true,b=true,c=false,d=true"
    path = [t**3 - 6 * t**2 + 9 * t for t in (0, 1, 3)]
    assert abs(path[1] - path[0]) + abs(path[2] - path[1]) == 8
    assert short_answer.value(right["III.1"]) == pytest.approx(1.5**2 - 3 * 1.5 + 0.75)
    assert float(short_answer.value(right["III.2"])) == pytest.approx(4 / 3, abs=0.005)
    years = int(short_answer.value(right["III.3"]))
    assert 1.06**years > 1.5 > 1.06 ** (years - 1)
    assert float(short_answer.value(right["III.4"])) == pytest.approx(3 / math.sqrt(3), abs=0.005)
    assert right["III.5"] == str(80 // 4)
    assert float(short_answer.value(right["III.6"])) == pytest.approx(0.019 / (0.019 + 0.049), abs=0.005)


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [("$(u_n)$", r"$\fracx{$", "I.5"), ("pyramid.svg", "nothing.svg", "I.9"), ("minutes = 45", "", "minutes")],
)
def test_a_source_that_cannot_be_built_names_its_place(renderer, old, new, place):
    def file(name):
        return samples._file(name)

    text = file("toan_12_mau.toml").decode()
    assert old in text
    with pytest.raises(SourceMalformed, match=place):
        FormBuilder(renderer, file).build(text.replace(old, new, 1))


# -- formulas

FORMULAS = (
    r"\frac{a}{b}", r"\sqrt[3]{x+1}", r"\int_0^1 x^2\,\mathrm{d}x", r"\lim_{x\to+\infty}\frac{1}{x}", r"\heva{x+y=1\\x-y=2}",
    r"\hoac{x=1\\x=2}", r"\vt{AB}\cdot\vt{CD}", r"\overline{z}", r"\mathbb{R}\setminus\{1\}", r"\ce{2H2 + O2 -> 2H2O}",
    r"\ce{Fe^3+ + e- <=> Fe^2+}", r"\text{điểm cực đại}", r"\left|\frac{x}{y}\right|", r"\begin{pmatrix}1&2\\3&4\end{pmatrix}",
    r"\begin{array}{|c|c|}\hline x&1\\\hline y&2\\\hline\end{array}", r"\sum_{k=1}^{n}k^2", r"\binom{n}{k}", r"\widehat{ABC}",
    r"60^\circ", r"\sin x=\cos x", r"\log_2(x-1)<3", r"(-\infty;2]\cup[3;+\infty)", r"x\in\left(0;\frac{\pi}{2}\right)",
    r"\triangle ABC\sim\triangle DEF", r"AB\parallel CD,\ SA\perp(ABCD)", r"\dfrac{x^2}{9}+\dfrac{y^2}{4}=1", r"A_n^k",
    r"\Delta=b^2-4ac\ge 0", r"\mathrm{P}(A\mid B)", r"0{,}95",
)  # fmt: skip


@pytest.mark.parametrize("latex", FORMULAS)
def test_a_formula_is_one_picture_of_paths(renderer, latex):
    svg = renderer.svg(latex)
    assert svg.count(b"<svg") >= 1
    assert b"<text" not in svg
    assert svg == renderer.svg(latex)


def test_an_inline_formula_is_not_cut_at_its_relation(renderer):
    width = float(renderer.svg("a=b").split(b'width="')[1].split(b"ex")[0])
    assert width > 2 * float(renderer.svg("a").split(b'width="')[1].split(b"ex")[0])


@pytest.mark.parametrize("latex", ["", "   ", r"\fracx{1}", r"\frac{1}", "{", r"\text{漢字}", "x" * 5000])
def test_what_cannot_be_drawn_faithfully_is_refused(renderer, latex):
    with pytest.raises(FormulaRefused):
        renderer.svg(latex)


@pytest.mark.parametrize(
    "svg",
    ["<svg><text>x</text><path/></svg>", "<svg></svg>", '<svg onload="x"><path/></svg>', "<svg><script/><path/></svg>"],
)
def test_a_hostile_or_empty_picture_is_refused(svg):
    with pytest.raises(FormulaRefused):
        checked("x", svg)


def test_a_missing_bundle_says_what_to_run(tmp_path):
    with pytest.raises(EngineMissing, match="bootstrap"):
        MathJaxRenderer(tmp_path / "none.js")


# -- short answers


@pytest.mark.parametrize("cells", ["75", "-1,5", "0,25", "-0,5", "12,5", "2025", "0"])
def test_legal_answers(cells):
    assert short_answer.is_complete(cells)


@pytest.mark.parametrize("cells", ["-12,5", "1/2", ",5", "123,", "12345", "-", "2,", "-1,", "--1", "1,2,3", ""])
def test_illegal_or_unfinished_answers(cells):
    assert not short_answer.is_complete(cells)


@pytest.mark.parametrize(("cells", "keys"), [("", "0123456789-"), ("1", "0123456789,"), ("-1", "0123456789,"), ("123", "0123456789"), ("1,5", "0123456789"), ("12,5", "")])  # fmt: skip
def test_only_legal_keys_may_follow(cells, keys):
    assert short_answer.legal_keys(cells) == keys


# -- the seal


@pytest.mark.parametrize(("one", "other"), [(0, 1), (1, 2), (0, 2), (2, 0)])
def test_any_two_officers_open_the_form(sealed, one, other):
    a, b = sealed.officers[one], sealed.officers[other]
    key = sealed_form.combine(a.open_share(sealed.package, b.name), b.open_share(sealed.package, a.name))
    assert sealed_form.open_form(sealed.package, key) == sealed.raw


def test_one_officer_alone_cannot_not_even_with_both_of_their_shares(sealed):
    one, two, three = sealed.officers
    own = one.open_share(sealed.package, two.name), one.open_share(sealed.package, three.name)
    for key in (*own, sealed_form.combine(*own)):
        with pytest.raises(SealBroken):
            sealed_form.open_form(sealed.package, key)


def test_an_officer_cannot_open_anothers_share(sealed):
    thief = Officer.create(sealed.officers[0].name)
    with pytest.raises(SealBroken):
        thief.open_share(sealed.package, sealed.officers[1].name)


@pytest.mark.parametrize("field", ["digest", "code", "subject"])
def test_a_changed_header_breaks_the_seal(sealed, field):
    a, b = sealed.officers[:2]
    key = sealed_form.combine(a.open_share(sealed.package, b.name), b.open_share(sealed.package, a.name))
    with pytest.raises(SealBroken):
        sealed_form.open_form(msgspec.structs.replace(sealed.package, **{field: "x"}), key)


def test_a_passphrase_guards_an_officers_keys(sealed):
    pem = sealed.officers[0].to_pem(b"right")
    assert Officer.from_pem("Một", pem, b"right").public == sealed.officers[0].public
    with pytest.raises(SealBroken):
        Officer.from_pem("Một", pem, b"wrong")


def test_a_half_code_survives_carrying_and_a_slip_is_noticed(sealed):
    share = sealed.officers[0].open_share(sealed.package, "Hai")
    code = sealed_form.half_code(share)
    assert sealed_form.parse_half_code(code.lower().replace("-", " ")) == share
    slip = ("B" if code[0] != "B" else "C") + code[1:]
    with pytest.raises(ShareMistyped):
        sealed_form.parse_half_code(slip)


def order_of(sealed, *signers, digest=None, now=2_000):
    order = sealed_form.encode_order("K", "1", sealed.package.digest, "all", 1_000)
    signatures = {officer.name: officer.sign(order) for officer in signers}
    keys = {officer.name: officer.public.signing_key for officer in sealed.officers}
    return sealed_form.verify_order(order, signatures, keys, digest or sealed.package.digest, now)


def test_two_officers_sign_the_start(sealed):
    assert order_of(sealed, *sealed.officers[:2]).shift == "1"


def test_an_order_needs_two_persons_the_right_form_and_its_time(sealed):
    one, two, _ = sealed.officers
    for arguments in ({"signers": (one,)}, {"signers": (one, two), "now": 999}, {"signers": (one, two), "digest": "00"}, {"signers": (one, Officer.create("Hai"))}, {"signers": (one, Officer.create("Khách"))}):  # fmt: skip
        signers = arguments.pop("signers")
        with pytest.raises(OrderInvalid):
            order_of(sealed, *signers, **arguments)


def test_a_content_key_is_for_one_station_alone(sealed):
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    station, other = X25519PrivateKey.generate(), X25519PrivateKey.generate()
    wrapped = sealed_form.seal_key(bytes(32), station.public_key().public_bytes_raw(), "d")
    assert sealed_form.open_key(wrapped, station, "d") == bytes(32)
    for key, digest in ((other, "d"), (station, "e")):
        with pytest.raises(SealBroken):
            sealed_form.open_key(wrapped, key, digest)
