"""A stranger at the camera: the two pictures go from the station's camera to the page of whoever decides, and nowhere else."""

from __future__ import annotations

import asyncio
import os
import time
from dataclasses import replace
from datetime import UTC, date, datetime

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from exam_engine import profile as profiles
from hardware_mocks.camera.stills import StillCamera
from hardware_mocks.chip.emrtd import Chip
from hardware_mocks.issuing_state import CardHolder, IssuingState
from hardware_mocks.lone_station import ATTEMPT, EXAM, ROW, SEAT, HandClock, LoneStation
from hardware_mocks.near_node import NearNode
from proctor_node.adapters.node_store import SqlNodeStore
from proctor_node.node import Clocks, Node
from proctor_node.web.app import create_app
from reader import inspection
from reader.access_key import Can
from reader.adapters import face_models
from reader.face import portrait
from reader.face.liveness.observing import Observer
from reader.trust import TrustStore
from station.face_desk import FaceDesk
from station.journey import inputs, intents

NAMES = (("thanh", "invigilator", "TS"), ("hoa", "site_head", "TS"), ("duc", "invigilator", "LTT"))


@pytest.fixture(scope="module")
def models():
    return face_models.create()


@pytest.fixture(scope="module")
def state():
    return IssuingState(datetime(2026, 11, 24, tzinfo=UTC))


class Hall:
    """A node with its pages, one station, and whoever sits before its camera."""

    def __init__(self, folder, models, state):
        self.folder, self.state, self.clock = folder, state, HandClock()
        self.store, signing = SqlNodeStore(f"sqlite:///{folder / 'node.db'}"), Ed25519PrivateKey.generate()
        clocks = Clocks(lambda: self.clock.node, lambda: self.clock.node / 1000)
        self.node = Node(self.store, signing, clocks, purpose="demonstration")
        rules = profiles.shipped().replace('["VNM"]', '["UTO"]').replace('"required"', '"when_performed"')
        self.node.set_plan(EXAM, (ROW,), rules, (state.anchor_der(),))
        for name, role, site in NAMES:
            self.node.add_account(name, role, f"mat khau cua {name}", site)
        self.pc = LoneStation(
            folder / "pc", None, None, self.clock, name="TS-03-17",
            join=lambda *keys: NearNode(self.node, signing, self.clock, SEAT, keys),
        )  # fmt: skip
        station, self.observer = self.pc.station, Observer(models, None)
        self.camera = StillCamera((), time.monotonic)
        ports = replace(station.ports, camera=self.camera, observer=lambda: self.observer, seconds=time.monotonic)
        self._sit(ports)
        self.pc.exchange()

    def _sit(self, ports):
        self.pc.station.ports = ports
        self.pc.station._face = FaceDesk(ports, self.pc.station.post, "bench")

    def check_in(self, chip_image, live, *, face=True):
        """Card, consent, details, camera; ends where the station waits for a person or goes on."""
        self.camera._pictures = StillCamera([live], time.monotonic)._pictures
        card = self.state.issue(CardHolder(ROW.personal_number, ROW.name, ROW.birth_date, ROW.sex, "2033-03-15"), chip_image)  # fmt: skip
        read = inspection.inspect(
            Chip(card, lambda n: bytes(range(n))[:n]), (Can.from_card_number(ROW.personal_number),),
            TrustStore.from_der([self.state.anchor_der()]), inspection.Options(date(2026, 11, 24)),
            random=os.urandom, clock=time.perf_counter,
        )  # fmt: skip
        self.pc.do(inputs.CardSensed(), intents.Agree(True, face), inputs.CardInspected(read, 400), intents.ConfirmDetails())  # fmt: skip
        until = time.monotonic() + 90
        while self.pc.station.view.SCREEN == "S08" and time.monotonic() < until:
            time.sleep(0.02)
            self.pc.station.settle()
        return self.pc.station.view.SCREEN

    def ask(self, path, name="thanh"):
        """One page of the node, as that person's browser asks for it."""

        async def call():
            transport = httpx.ASGITransport(app=create_app(self.node))
            async with httpx.AsyncClient(transport=transport, base_url="https://node", headers={"X-Khaothi": "1"}) as client:  # fmt: skip
                told = await client.post("/v1/login", json={"name": name, "password": f"mat khau cua {name}"})
                assert told.status_code == 200
                return await client.get(f"/v1/referrals/{ATTEMPT}{path}")

        return asyncio.run(call())

    def written(self):
        """Every byte that either side put on a disk."""
        return b"".join(path.read_bytes() for path in self.folder.rglob("*") if path.is_file())


@pytest.fixture
def hall(tmp_path, models, state):
    made = Hall(tmp_path, models, state)
    yield made
    made.pc.station._face.close()
    made.pc.journal.close()


@pytest.fixture(scope="module")
def people(shared_data):
    def one(person):
        folder = shared_data / "faces" / person
        live = portrait.decode((folder / "live_640x480_neutral.jpg").read_bytes())
        return (folder / "dg2_240x320_neutral.jp2").read_bytes(), live

    return one("001"), one("002")


def alike(shown, picture, most):
    """Whether a JPEG shows that picture, but for what JPEG loses."""
    seen = portrait.decode(shown, formats=("JPEG",)).astype(int)
    return seen.shape == picture.shape and abs(seen - picture).mean() < most


def test_whoever_decides_sees_the_chips_portrait_beside_the_stranger(hall, people, models):
    (chip, _), (_, stranger) = people
    assert hall.check_in(chip, stranger) == "S09"
    assert hall.ask("/live").status_code == 404
    hall.pc.exchange()

    told = hall.ask("").json()
    assert (told["portrait"], told["live"], told["tries"]) == (True, True, 3)
    shown, live = hall.ask("/portrait"), hall.ask("/live")
    assert shown.headers["content-type"] == live.headers["content-type"] == "image/jpeg"
    assert alike(shown.content, portrait.from_chip(chip), 6)
    assert alike(live.content, stranger, 6)
    looks = [what for _, _, name, what in hall.store.log_lines() if name == "thanh" and what.startswith("view ")]
    assert [what.split(" ")[1] for what in looks] == ["live", "portrait", "case"]
    assert hall.ask("/live", "duc").status_code in {403, 404}

    # In memory only, on both sides, and gone with the decision.
    written = hall.written()
    assert shown.content[20:200] not in written
    assert live.content[20:200] not in written
    hall.node.decide(ATTEMPT, ("thanh", "hoa"), "refuse", "nghi thi hộ")
    assert hall.ask("/live").status_code == 404
    assert hall.pc.station.pictures.due(hall.pc.station.journey, hall.clock.node) == ()


def test_pictures_that_nobody_decides_about_are_gone_after_fifteen_minutes(hall, people):
    (chip, _), (_, stranger) = people
    hall.check_in(chip, stranger)
    hall.pc.exchange()
    assert hall.ask("/live").status_code == 200
    hall.clock.advance(15 * 60_000 + 1)
    assert hall.ask("/live").status_code == 404
    assert hall.ask("/portrait").status_code == 404


def test_nothing_of_a_face_leaves_a_station_where_nobody_has_to_look(hall, people):
    (chip, own), _ = people
    assert hall.check_in(chip, own) == "S10"
    hall.pc.exchange()
    assert hall.ask("/live").status_code == 404
    assert hall.ask("/portrait").status_code == 404


def test_who_did_not_agree_to_the_comparison_is_not_pictured(hall, people):
    (chip, _), (_, stranger) = people
    assert hall.check_in(chip, stranger, face=False) == "S09"
    hall.pc.exchange()
    assert hall.ask("/live").status_code == 404
    assert not hall.ask("").json()["live"]
