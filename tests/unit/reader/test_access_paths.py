"""Every way into a chip that Doc 9303-11 has, by name, against the emulated chip: from EF.CardAccess to the first file."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from hardware_mocks.chip.emrtd import Chip
from hardware_mocks.chip.image import CARD_ACCESS, COM, CardImage, ChipKey, PaceOffer
from hardware_mocks.issuing_state import IssuingState
from hardware_mocks.recipes import CHIP_AES_128, ChipKeyRecipe, Recipe, pace
from reader.access_key import Can, MrzKey
from reader.capabilities import Capabilities
from reader.chip_authenticity import chip_mapping
from reader.crypto.groups import standard_group
from reader.errors import WrongKey
from reader.evidence import chip_verdict, data_verdict
from reader.inspection import Options, inspect
from reader.procedure.course import Course, Meter
from reader.procedure.reading import open_first, read_file
from reader.trust import TrustStore

from .conftest import HOLDER, NOW, PORTRAIT, Counted, Direct

CIPHERS = {1: "3DES", 2: "AES-128", 3: "AES-192", 4: "AES-256"}
# The arc of the protocol: agreement and mapping.
KINDS = {1: "DH-GM", 2: "ECDH-GM", 3: "DH-IM", 4: "ECDH-IM", 6: "ECDH-CAM"}
FIELDS, CURVES = (0, 1, 2), tuple(range(8, 19))
# p is 1 modulo 4 there: the integrated mapping does not exist (Doc 9303-11 section 4.4.3.3.2).
WITHOUT_INTEGRATED = {10}


@dataclass(frozen=True)
class Path:
    """One way: arc of the mapping, cipher suite, group, password, how the group is told."""

    kind: int
    suite: int
    group: int
    password: str = "CAN"
    domain: str = "standard"
    alias: int | None = None

    def __str__(self) -> str:
        told = {"standard": "", "named": ", group named by a domain", "explicit": ", group by its figures"}[self.domain]
        alias = f" as number {self.alias}" if self.alias is not None else ""
        return f"PACE-{KINDS[self.kind]} {CIPHERS[self.suite]} group {self.group} {self.password}{told}{alias}"

    @property
    def offer(self) -> PaceOffer:
        return replace(pace(self.kind, self.suite, self.group), domain=self.domain, alias=self.alias)


def groups_of(kind: int) -> tuple[int, ...]:
    fitting = FIELDS if kind in {1, 3} else CURVES
    return tuple(group for group in fitting if kind != 4 or group not in WITHOUT_INTEGRATED)


def usual(kind: int) -> int:
    return 0 if kind in {1, 3} else 13


EVERY_GROUP = [Path(kind, 2, group) for kind in KINDS for group in groups_of(kind)]
EVERY_CIPHER = [
    Path(kind, suite, usual(kind), password)
    for kind in KINDS
    for suite in CIPHERS
    for password in ("CAN", "MRZ")
    if kind != 6 or suite > 1
]
OWN_DOMAINS = [
    Path(kind, 2, group, "CAN", domain, alias)
    for kind, group in ((1, 0), (2, 13), (2, 14), (2, 16), (4, 13), (3, 1), (6, 13))
    for domain in ("named", "explicit")
    for alias in (None, 32)
]
PATHS = list(dict.fromkeys([*EVERY_GROUP, *EVERY_CIPHER, *OWN_DOMAINS]))


@pytest.fixture(scope="module")
def issued(state: IssuingState) -> CardImage:
    return state.issue(HOLDER, None)


def card_of(path: Path, issued: CardImage, state: IssuingState) -> CardImage:
    from hardware_mocks.chip.octets import wrap
    from hardware_mocks.issuing_state import pace_infos

    offered = wrap(0x31, *pace_infos(Recipe(offers=(path.offer,))))
    keys = (ChipKey(CHIP_AES_128, path.group, 0x1234567),) if path.kind == 6 else ()
    return replace(issued, files={**issued.files, CARD_ACCESS: offered}, offers=(path.offer,), chip_keys=keys)


def opened(card: CardImage, key: Can | MrzKey, access: str = "pace") -> tuple[Course, bytes]:
    """The chip opened and EF.COM read."""
    meter = Meter(Direct(Chip(card, Counted(7))), Options(NOW.date()).limits, lambda: 0.0, 0.0)
    options = Options(NOW.date(), access=access)
    course = Course(
        meter, (key,), options, TrustStore(), Counted(3), lambda: 0.0, lambda _: None, lambda: None, Capabilities()
    )
    read_file(course, open_first(course), "EF_COM")
    return course, course.contents(("EF_COM",))["EF_COM"]


def key_of(path: Path, card: CardImage) -> Can | MrzKey:
    return Can(card.can) if path.password == "CAN" else MrzKey(card.mrz_information)


@pytest.mark.parametrize("path", PATHS, ids=str)
def test_the_way_is_open_and_told(path, issued, state):
    card = card_of(path, issued, state)
    course, com = opened(card, key_of(path, card))
    assert com == card.files[COM]
    told = course.access
    assert told is not None
    assert (told.protocol, told.mapping, told.cipher, told.password) == (
        "PACE",
        KINDS[path.kind].split("-")[1],
        CIPHERS[path.suite],
        path.password,
    )
    assert told.parameter_id == path.offer.reference
    if path.kind == 6:
        group = standard_group(path.group)
        assert course.chip_mapping is not None
        chip_mapping.verify(course.chip_mapping, group.encode(group.power(0x1234567, group.generator)))


def test_bac_is_open_and_told(issued):
    course, com = opened(replace(issued, pace=False), MrzKey(issued.mrz_information), "auto")
    assert com == issued.files[COM]
    assert course.access is not None
    assert (course.access.protocol, course.access.cipher, course.access.password) == ("BAC", "3DES", "MRZ")


@pytest.mark.parametrize(
    "path", [Path(1, 2, 0, domain="explicit"), Path(2, 2, 13, domain="explicit", alias=32)], ids=str
)
def test_a_wrong_password_is_told_on_domains_of_the_states_own_too(path, issued, state):
    with pytest.raises(WrongKey):
        opened(card_of(path, issued, state), Can("000000"))


@pytest.mark.parametrize("domain", ["named", "explicit"])
def test_a_card_with_domains_of_its_own_is_judged_whole(state, domain):
    offer = replace(pace(2, 2, 13), domain=domain, alias=40)
    card = state.issue(
        HOLDER, PORTRAIT, Recipe(offers=(offer, pace(2, 4, 12)), chip_keys=(ChipKeyRecipe(explicit=True),))
    )
    done = inspect(
        Direct(Chip(card, Counted(7))), (Can(card.can),), TrustStore.from_der([state.anchor_der()]), Options(NOW.date()),
        random=Counted(3), clock=lambda: 0.0,
    )  # fmt: skip
    data = data_verdict(done.evidence.findings)
    assert (data, chip_verdict(done.evidence.findings, data)) == ("authentic", "genuine")
    assert done.evidence.finding("consistency.card_access_dg14").result.value == "passed"
