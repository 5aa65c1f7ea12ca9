"""What lies between the commands of the worked examples: shared secrets, counters, inputs of tokens, and the chip's own half.

The whole runs are in test_worked_examples, test_pace_mappings and test_chip_authentication; here each printed value in between
is compared with what the reader's own functions make, and the emulated chip, which shares no code with them, must send the
printed answers when it draws the printed secrets.
"""

from __future__ import annotations

import json

import pytest

from hardware_mocks.chip.access import BasicAccess, PaceRun
from hardware_mocks.chip.channel import ProtectedLine
from hardware_mocks.chip.image import CardImage, PaceOffer
from reader.access_control import bac, pace, pace_mapping
from reader.access_key import MrzKey
from reader.chip_authenticity import active_authentication, chip_authentication
from reader.crypto.ciphers import ENC, MAC, PACE, BlockCipher, derive
from reader.crypto.groups import public_key, standard_group
from reader.secure_messaging import SecureChannel

from .conftest import ROOT, Scripted
from .test_chip_authentication import CARDS, info_of, prove
from .test_pace_mappings import EXAMPLES, Chip, info, key, random, script
from .test_worked_examples import command, open_bac

STEPS = json.loads((ROOT / "tests/vectors/icao9303/steps.json").read_text())
AES = BlockCipher("AES-128")


def h(text: str) -> bytes:
    return bytes.fromhex(text)


def up(raw: bytes) -> str:
    return raw.hex().upper()


def drawing(*octets: bytes):
    left = list(octets)
    return lambda _: left.pop(0)


def scalar(text: str) -> bytes:
    """Random octets that either side turns into this private key: both take r mod (n - 1) + 1."""
    return (int(text, 16) - 1).to_bytes(40, "big")


# -- BAC and its channel (appendices D.3 and D.4)


def test_the_reader_encrypts_the_token_printed(vectors):
    v, step = vectors["bac"], STEPS["bac"]
    connection = Scripted([("0084000008", v["rnd_ic"] + "9000"), (v["command"], v["response"])])
    bac.open_chip(connection, MrzKey(v["mrz_information"]), drawing(h(v["rnd_ifd"]), h(v["k_ifd"])))
    sent = h(connection.sent[1])
    assert up(bac.CIPHER.decrypt(h(v["enc"]), bytes(8), sent[5:37])) == step["s"]
    assert up(bac.CIPHER.mac(h(v["mac"]), sent[5:37])) == up(sent[37:45])


def test_the_chips_token_opens_to_the_one_printed_and_gives_the_session_seed(vectors):
    v, step = vectors["bac"], STEPS["bac"]
    opened = bac.CIPHER.decrypt(h(v["enc"]), bytes(8), h(v["response"])[:32])
    assert up(opened) == step["r"]
    assert up(opened[16:]) == step["k_ic"]
    assert up(derive(h(step["session_seed"]), ENC, "3DES")) == v["session_enc"]
    assert up(derive(h(step["session_seed"]), MAC, "3DES")) == v["session_mac"]


def test_the_emulated_chip_answers_bac_as_printed(vectors):
    v, step = vectors["bac"], STEPS["bac"]
    card = CardImage({}, "", v["mrz_information"])
    access = BasicAccess(card, drawing(h(v["rnd_ic"]), h(step["k_ic"])))
    assert up(access.challenge()) == v["rnd_ic"]
    answer, line = access.authenticate(h(v["command"])[5:45])
    assert up(answer) + "9000" == v["response"]
    assert (up(line.enc), up(line.mac)) == (v["session_enc"], v["session_mac"])
    assert f"{line.counter:016X}" == v["counter"]


def test_the_counter_moves_before_every_command_and_every_answer(vectors):
    steps, printed = vectors["secure_messaging_3des"]["steps"], STEPS["secure_messaging_3des"]
    channel = open_bac(vectors, [(step["command"], step["response"]) for step in steps])
    assert f"{channel._counter:016X}" == printed["counter_before"]
    protected = channel.protect(command(steps[0]["plain"]))
    assert f"{channel._counter:016X}" == printed["counters"][0]
    assert up(protected.payload) == printed["do87"] + "8E08" + printed["codes"][0]
    channel._counter -= 1
    channel.transmit(command(steps[0]["plain"]))
    assert f"{channel._counter:016X}" == printed["counters"][1]
    for step, code in zip(steps[1:], printed["codes"][1:], strict=True):
        counter = channel._counter
        assert up(channel.protect(command(step["plain"])).payload[-8:]) == code
        channel._counter = counter
        channel.transmit(command(step["plain"]))


# -- PACE (appendices G, H and I)


def test_pace_hashes_the_whole_mrz_information(vectors):
    assert up(MrzKey(vectors["pace_gm"]["mrz_information"]).seed) == STEPS["pace_gm"]["sha1"]


def test_generic_mapping_on_a_curve_agrees_what_is_printed_on_both_sides(vectors):
    v, step, group = vectors["pace_gm"], STEPS["pace_gm"], standard_group(13)
    public = {name: group.decode(b"\x04" + h(step[name])) for name in step if name.endswith("_public")}
    ours, theirs = int(v["map_secret"], 16), int(step["chip_map_secret"], 16)
    assert group.power(ours, group.generator) == public["map_public"]
    assert group.power(theirs, group.generator) == public["chip_map_public"]
    generators = group.mapped(int(v["nonce"], 16), ours, public["chip_map_public"]), group.mapped(int(v["nonce"], 16), theirs, public["map_public"])  # fmt: skip
    assert {up(group.encode(generator))[2:] for generator in generators} == {v["mapped_generator"]}
    ours, theirs = int(v["agree_secret"], 16), int(step["chip_agree_secret"], 16)
    assert group.power(ours, generators[0]) == public["agree_public"]
    assert group.power(theirs, generators[1]) == public["chip_agree_public"]
    assert up(group.shared(ours, public["chip_agree_public"])) == step["shared"]
    assert up(group.shared(theirs, public["agree_public"])) == step["shared"]
    assert up(derive(h(step["shared"]), ENC, "AES-128")) == v["session_enc"]
    assert up(derive(h(step["shared"]), MAC, "AES-128")) == v["session_mac"]


@pytest.mark.parametrize(("who", "public"), [("", "chip_agree_public"), ("chip_", "agree_public")])
def test_the_tokens_of_a_curve_are_made_over_the_object_printed(vectors, who, public):
    v, step = vectors["pace_gm"], STEPS["pace_gm"]
    oid = h("04007F00070202040202")
    assert up(pace.token_input(oid, b"\x04" + h(step[public]))) == step[who + "token_input"]
    assert up(pace.token(oid, "AES-128", h(v["session_mac"]), b"\x04" + h(step[public]))) == step[who + "token"]


def test_the_emulated_chip_runs_generic_mapping_on_a_curve_as_printed(vectors):
    v, step = vectors["pace_gm"], STEPS["pace_gm"]
    secrets = scalar(step["chip_map_secret"]), scalar(step["chip_agree_secret"])
    offer = PaceOffer("04007f00070202040202", 13)
    card = CardImage({}, "", v["mrz_information"], offers=(offer,))
    run = PaceRun(card, drawing(h(v["nonce"]), *secrets), offer, MrzKey(v["mrz_information"]).seed)
    for sent, answer in v["exchange"][1:]:
        raw = h(sent)
        assert up(run.general_authenticate(raw[5 : 5 + raw[4]])) + "9000" == answer
    assert run.line is not None
    assert (up(run.line.enc), up(run.line.mac)) == (v["session_enc"], v["session_mac"])


def test_the_group_of_appendix_g2_is_parameter_zero():
    step, group = STEPS["dh_gm"], standard_group(0)
    assert group.field == int(step["p"], 16)
    assert group.encode(group.generator) == h(step["g"])
    assert group.order == int(step["q"], 16)


def test_generic_mapping_on_a_prime_field_agrees_what_is_printed_on_both_sides():
    v, step, group = EXAMPLES["dh_gm"], STEPS["dh_gm"], standard_group(0)
    ours, theirs = int(v["map_secret"], 16), int(step["chip_map_secret"], 16)
    assert group.encode(group.power(theirs, group.generator)) == h(v["chip_map_public"])
    assert group.shared(ours, group.decode(h(v["chip_map_public"]))) == h(step["map_shared"])
    assert group.shared(theirs, group.decode(h(v["map_public"]))) == h(step["map_shared"])
    generator = group.mapped(int(v["s"], 16), ours, group.decode(h(v["chip_map_public"])))
    assert group.encode(generator) == h(v["generator"])
    theirs = int(step["chip_agree_secret"], 16)
    assert group.encode(group.power(theirs, generator)) == h(v["chip_agree_public"])
    assert group.shared(theirs, group.decode(h(v["agree_public"]))) == h(v["shared"])


def test_the_commands_of_appendix_g2_have_the_headers_printed():
    v, step = EXAMPLES["dh_gm"], STEPS["dh_gm"]
    exchange = script(v)
    chip = Chip(list(exchange))
    pace.open_chip(chip, key(v), info(v), random(v))
    assert chip.script == []
    assert exchange[0][0] == step["set_at"]
    keys = ("map_public", "chip_map_public"), ("agree_public", "chip_agree_public")
    for (sent, answer), (head, answer_head), (ours, theirs) in zip(exchange[2:4], step["prefixes"], keys, strict=True):
        assert sent == head + v[ours] + "00"
        assert answer == answer_head + v[theirs] + "9000"


@pytest.mark.parametrize(("token", "public"), [("token", "chip_agree_public"), ("chip_token", "agree_public")])
def test_the_tokens_of_a_prime_field_are_made_over_the_object_printed(token, public):
    v, step = EXAMPLES["dh_gm"], STEPS["dh_gm"]
    assert up(pace.token_input(h(v["oid"]), h(v[public]), 0x84)) == step["token_prefix"] + v[public]
    assert up(pace.token(h(v["oid"]), "AES-128", h(v["mac"]), h(v[public]), 0x84)) == v[token]


def test_the_emulated_chip_runs_generic_mapping_on_a_prime_field_as_printed():
    v, step = EXAMPLES["dh_gm"], STEPS["dh_gm"]
    offer = PaceOffer(v["oid"].lower(), 0)
    card = CardImage({}, "", v["password"]["mrz"], offers=(offer,))
    secrets = scalar(step["chip_map_secret"]), scalar(step["chip_agree_secret"])
    run = PaceRun(card, drawing(h(v["s"]), *secrets), offer, MrzKey(v["password"]["mrz"]).seed)
    for sent, answer in script(v)[1:]:
        raw = h(sent)
        assert up(run.general_authenticate(raw[5 : 5 + raw[4]])) + "9000" == answer.upper()
    assert run.line is not None
    assert (run.line.enc, run.line.mac) == (h(v["enc"]), h(v["mac"]))


def test_the_constants_of_the_pseudo_random_function_are_those_printed():
    for size, constants in STEPS["ecdh_im"]["constants"].items():
        assert pace_mapping.CONSTANTS[int(size)] == tuple(constants)


def test_the_pseudo_random_octets_are_those_printed():
    v, group = EXAMPLES["ecdh_im"], standard_group(13)
    made = pace_mapping.pseudo_random_octets(AES, h(v["s"]), h(v["t"]), group.field.bit_length())
    assert up(made) == STEPS["ecdh_im"]["pseudo_random"]


def test_integrated_mapping_sends_the_commands_printed():
    v, step = EXAMPLES["ecdh_im"], STEPS["ecdh_im"]
    set_at, map_command = script(v)[0][0], script(v)[2][0]
    assert map_command == step["map_command"]
    # The example was made with the access number but names the MRZ: all but the last octet is what we send.
    assert (set_at[:-2], set_at[-2:]) == (step["set_at"][:-2], "02")
    connection = Scripted([(step["set_at"], "6A80"), (step["set_at"].replace("A40F", "A412") + "84010D", "6A80")])
    with pytest.raises(pace.PaceRefused):
        pace.open_chip(connection, MrzKey(EXAMPLES["dh_gm"]["password"]["mrz"]), info(v), random(v))


def test_chip_authentication_mapping_starts_and_ends_as_printed():
    v, step = EXAMPLES["ecdh_cam"], STEPS["ecdh_cam"]
    assert up(derive(key(v).seed, PACE, "AES-128")) == step["password_key"]
    exchange = script(v)
    assert exchange[0][0] == step["set_at"]
    exchange[-1] = (exchange[-1][0], step["last_answer"] + "9000")
    chip = Chip(exchange)
    proof = pace.open_chip(chip, key(v), info(v), random(v)).chip_mapping
    assert chip.script == []
    assert proof is not None
    assert proof.chip_secret == int(v["chip_secret"], 16)


# -- chip authentication and active authentication of cards in the field


@pytest.mark.parametrize("name", CARDS)
def test_chip_authentication_agrees_the_secret_printed(name):
    card = CARDS[name]
    group, theirs = public_key(info_of(card).public_key)
    shared = group.shared(int(card["secret"], 16), theirs)
    assert up(shared) == STEPS["chip_authentication"][name]["shared"]
    cipher = info_of(card).cipher
    assert up(derive(shared, ENC, cipher)) == card["session_enc"]
    assert up(derive(shared, MAC, cipher)) == card["session_mac"]


def test_chip_authentication_sends_the_public_key_printed():
    card, printed = CARDS["austria"], STEPS["chip_authentication"]["austria"]["public"]
    group, _ = public_key(info_of(card).public_key)
    assert up(group.encode(group.power(int(card["secret"], 16), group.generator))) == printed
    _, enc, mac, counter = card["before"]
    sent = h(card["exchange"][1][0])
    # Two answers and two commands after the printed counter.
    line = ProtectedLine(h(enc), h(mac), aes=True, counter=int(counter, 16) + 2)
    plain, _ = line.take(sent[:4], sent[5 : 5 + sent[4]])
    assert up(plain) == "7C438041" + printed
    assert prove(card, card["exchange"])._counter == 2
    assert chip_authentication.ways(info_of(card)) == ("AT",)


def test_active_authentication_asks_and_verifies_as_a_card_in_the_field(vectors):
    v, step = vectors["active_authentication_rsa"], STEPS["active_authentication_rsa"]
    keys, counter = (h(step["enc"]), h(step["mac"])), int(step["counter"], 16)
    # The card's answer was recorded in the clear; the emulated chip's channel protects it.
    answer = ProtectedLine(*keys, aes=False, counter=counter + 1).give(h(v["signature"]), 0x9000)
    connection = Scripted([(step["command"], up(answer))])
    channel = SecureChannel(connection, BlockCipher("3DES"), *keys, counter)
    signature = active_authentication.request(channel, h(v["dg15"]), h(v["challenge"]))
    assert up(signature) == v["signature"]
    assert active_authentication.verify(h(v["dg15"]), h(v["challenge"]), signature) == "sha256"
