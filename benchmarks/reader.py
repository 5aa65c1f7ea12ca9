"""The reader's figures: commands, bytes, host CPU and modelled card time. usage: python benchmarks/reader.py [runs]

One card of 20.4 kB as the Vietnamese one is believed to be (chip.md section 2): COM 24, SOD 2,000, DG1 95, DG2 17,000, DG13
550, DG14 390, DG15 300 bytes, with PACE by CAN, chip authentication and active authentication by RSA. Printed as Markdown.
"""

# ruff: noqa: E402 - the checkout is put on the path first
from __future__ import annotations

import json
import os
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from hardware_mocks.chip.emrtd import Chip
from hardware_mocks.chip.image import GROUP, SOD, CardImage
from hardware_mocks.issuing_state import CardHolder, IssuingState
from hardware_mocks.recipes import VIETNAM, ChipKeyRecipe, Recipe, SigningStyle
from hardware_mocks.rf import RATES, Field
from hardware_mocks.vpcd.bench import PcscBench
from reader import passive_authentication
from reader.access_key import Can, MrzKey
from reader.evidence import chip_verdict, data_verdict
from reader.inspection import Inspection, Options, inspect
from reader.trust import TrustStore

HOLDER = CardHolder("042308123456", "Trần Thị Ngọc Ẩn", "2008-03-15", "F", "2033-03-15")
NOW = datetime.now(UTC)
PORTRAIT = b"\xff\xd8" + os.urandom(17_300)
GROUPS = ("DG1", "DG2", "DG13")
# Sizes as chip.md section 2 assumes them: a key with explicit parameters, RSA-2048, an RSA signer, more details.
LONG = replace(
    VIETNAM, style=SigningStyle("RSA", "RSA"), chip_keys=(ChipKeyRecipe(explicit=True),), authentication="RSA-2048"
)
SHORT = replace(LONG.behaving(extended=256, answer=0), buffers=None)
KINDS: dict[str, Recipe] = {"2,000-byte extended reads": LONG, "short length": SHORT}
DETAILS = ("Kinh", "Không", "Xã Mẫu, Huyện Mẫu, Tỉnh Mẫu", "Số 1 Phố Mẫu, Phường Mẫu, Quận Mẫu, Thành phố Mẫu", "Sẹo chấm cách 1 cm dưới sau đuôi mắt trái" * 3, "15/03/2023", "15/03/2033", "Trần Văn Mẫu, Nguyễn Thị Mẫu")  # fmt: skip


@dataclass
class Timed:
    """A chip in this process, with what it itself took and what a real one would have taken."""

    chip: Chip
    own_cpu: float = 0.0
    traffic: list[tuple[int, int]] | None = None

    def transmit(self, apdu: bytes) -> bytes:
        started = time.process_time()
        answer = self.chip.transmit(apdu)
        self.own_cpu += time.process_time() - started
        if self.traffic is not None:
            self.traffic.append((len(apdu), len(answer)))
        return answer


def card(state: IssuingState, recipe: Recipe) -> CardImage:
    return state.issue(HOLDER, PORTRAIT, recipe, details=DETAILS)


def once(
    image: CardImage, trust: TrustStore, key: object = None, access: str = "auto"
) -> tuple[Inspection, float, list[tuple[int, int]]]:
    connection = Timed(Chip(image, secrets.token_bytes), traffic=[])
    options = Options(NOW.date(), groups=GROUPS, access=access)  # type: ignore[arg-type]
    started = time.process_time()
    done = inspect(
        connection, (key or Can(image.can),), trust, options, random=secrets.token_bytes, clock=time.perf_counter
    )  # type: ignore[arg-type]
    cpu = time.process_time() - started - connection.own_cpu
    data = data_verdict(done.evidence.findings)
    assert (data, chip_verdict(done.evidence.findings, data)) == ("authentic", "genuine"), done.evidence.findings
    return done, cpu, connection.traffic or []


def reading(runs: int) -> None:
    state = IssuingState(NOW, style=LONG.style)
    trust = TrustStore.from_der([state.anchor_der()])
    print("## A full read\n")
    image = card(state, LONG)
    sizes = {"COM": 0x011E, "SOD": SOD, **{name: GROUP[name] for name in ("DG1", "DG2", "DG13", "DG14", "DG15")}}
    print(
        "The card: "
        + ", ".join(f"{name} {len(image.files[number]):,}" for name, number in sizes.items())
        + f" = {sum(len(image.files[n]) for n in sizes.values()):,} bytes; PACE, CA, AA.\n"
    )
    print(
        f"| | APDUs | bytes sent | bytes received | host CPU, median of {runs} | modelled card at 424 kbit/s, 12 ms | card + host CPU |"
    )
    print("|---|---|---|---|---|---|---|")
    rows = {}
    for name, recipe in KINDS.items():
        image = card(state, recipe)
        once(image, trust)
        measured = [once(image, trust) for _ in range(runs)]
        done, _, traffic = measured[0]
        cpu = statistics.median(cpu for _, cpu, _ in measured)
        rows[name] = traffic
        seconds = sum(Field(424).command(*pair) for pair in traffic)
        print(
            f"| {name} | {done.apdus} | {done.bytes_sent:,} | {done.bytes_received:,} | {cpu * 1000:.0f} ms | {seconds:.2f} s | **{seconds + cpu:.2f} s** |"
        )
    image = replace(card(state, SHORT))
    done, cpu, traffic = once(image, trust, MrzKey(image.mrz_information), "bac")
    seconds = sum(Field(424).command(*pair) for pair in traffic)
    print(
        f"| short length, BAC instead of PACE | {done.apdus} | {done.bytes_sent:,} | {done.bytes_received:,} | {cpu * 1000:.0f} ms | {seconds:.2f} s | {seconds + cpu:.2f} s |"
    )
    print("\nModelled card time by bit rate, seconds (12 ms a command):\n")
    print("| | " + " | ".join(f"{rate} kbit/s" for rate in RATES) + " |\n|---|" + "---|" * len(RATES))
    for name, traffic in rows.items():
        print(
            f"| {name} | "
            + " | ".join(f"{sum(Field(rate).command(*pair) for pair in traffic):.2f}" for rate in RATES)
            + " |"
        )


def passive(runs: int) -> None:
    print("\n## Passive authentication\n\n| chain | CPU, median |\n|---|---|")
    styles = {
        "P-384, explicit parameters in CSCA and signer": SigningStyle(
            "P-384", "P-384", explicit=True, signature_hash="sha384", hash_name="sha384"
        ),
        "brainpoolP384r1 and brainpoolP256r1, named": SigningStyle(),
        "RSA-2048 PSS": SigningStyle("RSA", "RSA-PSS"),
    }
    for name, style in styles.items():
        state = IssuingState(NOW, style=style)
        image = state.issue(HOLDER, PORTRAIT, VIETNAM)
        trust = TrustStore.from_der([state.anchor_der()])
        groups = {
            name: image.files[number] for name, number in GROUP.items() if number in image.files and name != "DG3"
        }
        spent = []
        for _ in range(runs):
            started = time.process_time()
            found = passive_authentication.verify(image.files[SOD], groups, trust, "UTO", NOW.date())
            spent.append(time.process_time() - started)
        assert data_verdict(found) == "authentic"
        print(f"| {name} | {statistics.median(spent) * 1000:.1f} ms |")


def command(runs: int) -> None:
    """`khaothi card read --json` over the real PC/SC path on a card that really waits."""
    print("\n## The command, over the PC/SC daemon, on a card that waits as the model says\n")
    print(
        "| card | APDUs | modelled card time | `seconds.access` + `read` + `chip_authenticity` + `verify` | `cpu_seconds` | whole process |\n|---|---|---|---|---|---|"
    )
    with PcscBench() as bench, tempfile.TemporaryDirectory() as home:
        state = IssuingState(NOW, style=LONG.style)
        trust = Path(home) / "trust"
        trust.mkdir()
        (trust / "csca.der").write_bytes(state.anchor_der())
        environment = {**os.environ, "PCSCLITE_CSOCK_NAME": bench.socket, "KHAOTHI_HOME": home}
        for name, recipe in KINDS.items():
            image = card(state, recipe)
            rows = []
            for _ in range(runs):
                bench.insert(0, image, field=Field(424))
                time.sleep(1.0)
                before = time.perf_counter()
                arguments = [
                    "card",
                    "read",
                    "--id",
                    HOLDER.personal_number,
                    "--dg",
                    "1,2,13",
                    "--reader",
                    bench.reader_names()[0],
                    "--json",
                ]
                ran = subprocess.run(
                    [str(Path(sys.executable).with_name("khaothi")), *arguments],
                    env=environment,
                    cwd=ROOT,
                    capture_output=True,
                    text=True,
                    check=True,
                )
                whole = time.perf_counter() - before
                rows.append((json.loads(ran.stdout), bench.card_seconds(0), whole))
                bench.remove(0)
                time.sleep(1.0)
            document = sorted((row[0]["seconds"]["total"], index) for index, row in enumerate(rows))[len(rows) // 2][1]
            found, modelled, whole = rows[document]
            seconds = found["seconds"]
            parts = sum(seconds[step] for step in ("access", "read", "chip_authenticity", "verify"))
            print(
                f"| {name} | {found['apdus']} | {modelled:.2f} s | {parts:.2f} s | {found['cpu_seconds']:.3f} s | {whole:.2f} s |"
            )


def main(runs: int) -> None:
    reading(runs)
    passive(runs)
    command(3)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
