"""Processor time of trust: a whole master list, opening one for a single card, and passive authentication.

    python benchmarks/trust.py [MASTER_LIST [SIGNER]]

Without a list the German one is looked for in $KHAOTHI_SHARED_DATA/trust. The chains are made by the forge of the bench:
a document of four data groups (20 kB), a document signer and a CSCA. Figures are medians of processor time.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from cryptography.hazmat.primitives.asymmetric import ec  # noqa: E402

from hardware_mocks import pki  # noqa: E402
from reader import tlv, trust_sources  # noqa: E402
from reader.crypto.curves import CURVES  # noqa: E402
from reader.crypto.elliptic import verify_ecdsa  # noqa: E402
from reader.passive_authentication import verify  # noqa: E402
from reader.trust import TrustStore  # noqa: E402
from reader.trust_sources import Signers, contents, read_source  # noqa: E402

MRZ = b"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<L898902C36UTO7408122F1204159ZE184226B<<<<<10"
GROUPS = {
    "DG1": tlv.build(0x61, tlv.build(0x5F1F, MRZ)),
    "DG2": tlv.build(0x75, bytes(17_000)),
    "DG13": tlv.build(0x6D, bytes(550)),
    "DG14": tlv.build(0x6E, bytes(390)),
}


def cpu(what: Callable[[], object], times: int) -> float:
    """Median processor time in milliseconds."""
    found = []
    for _ in range(times):
        started = time.process_time()
        what()
        found.append((time.process_time() - started) * 1000)
    return statistics.median(found)


def shown(what: str, milliseconds: float, note: str = "") -> None:
    print(f"| {what} | {milliseconds:.1f} ms | {note} |", flush=True)


def explicit(curve: ec.EllipticCurve, name: str, hash_name: str) -> pki.Key:
    found = CURVES[name]
    parameters = (found.p, found.a, found.b, found.g, found.n)
    return pki.Key.ec(curve, hash=hash_name, explicit=True, stated=parameters)


CHAINS = {
    "explicit P-384": lambda: explicit(ec.SECP384R1(), "secp384r1", "sha384"),
    "explicit brainpoolP512r1": lambda: explicit(ec.BrainpoolP512R1(), "brainpoolP512r1", "sha512"),
    "named P-256": lambda: pki.Key.ec(ec.SECP256R1()),
    "RSA-4096 PSS": lambda: pki.Key.rsa(4096, pss=True),
}


def passive_authentication() -> None:
    for name, make in CHAINS.items():
        root = pki.root(make())
        sod = pki.security_file(GROUPS, pki.signer(make(), root))
        store = TrustStore.from_der([root.certificate])
        found = verify(sod, GROUPS, store, "UTO")
        assert {f.result.value for f in found} == {"passed", "not_performed"}
        shown(f"passive authentication, {name} chain", cpu(partial(verify, sod, GROUPS, store, "UTO"), 40))


@dataclass
class Unknown:
    """A signature of our own arithmetic."""

    name: str

    def __call__(self) -> object:
        curve = CURVES[self.name]
        public, k = curve.multiply(0x1234567, curve.g), 0x7654321
        r = curve.multiply(k, curve.g)[0] % curve.n
        digest = bytes(range(32))
        s = pow(k, -1, curve.n) * (int.from_bytes(digest, "big") + r * 0x1234567) % curve.n
        return lambda: verify_ecdsa(curve, public, digest, r, s)


def arithmetic() -> None:
    for name in ("brainpoolP320r1", "secp384r1", "brainpoolP512r1"):
        check = Unknown(name)()
        assert check()
        shown(f"one ECDSA verification by parameters alone, {name}", cpu(check, 20), "where no library knows the curve")


def master_list(path: Path, signer: Path | None) -> None:
    raw = path.read_bytes()
    signers = Signers()
    if signer is not None:
        signers = Signers(tuple(read_source("signer", signer.read_bytes()).certificates), named=True)
    report = read_source(path.name, raw, signers)
    counts = f"{len(report.certificates)} certificates, {report.self_signed_verified} of {report.self_signed} self-signed verified, {report.link} link, {len(report.countries)} countries, {len(report.refused)} refused, signature {report.signature}"  # fmt: skip

    def afresh() -> None:
        # Certificates are judged once a process; a command starts without any.
        trust_sources._judged.cache_clear()
        read_source("x", raw, signers)

    shown("German master list, every certificate", cpu(afresh, 5), counts)

    def for_one_card() -> None:
        store = TrustStore()
        store.add_listed(contents(raw).certificates)
        store.countries  # noqa: B018 - not called: nothing is parsed

    shown(
        "the same list, opened for a card",
        cpu(for_one_card, 20),
        "list signature checked, entries parsed when asked for",
    )


def main() -> int:
    print("| what | processor time | |\n|---|---|---|")
    passive_authentication()
    arithmetic()
    folder = Path(os.environ.get("KHAOTHI_SHARED_DATA", ROOT.parent / "shared" / "data")) / "trust"
    lists = [Path(sys.argv[1])] if len(sys.argv) > 1 else sorted(folder.glob("*.ml"))[:1]
    signers = [Path(sys.argv[2])] if len(sys.argv) > 2 else sorted(folder.glob("DE_ROOT*.cer"))[:1]
    if not lists:
        print("no master list: name one", file=sys.stderr)
        return 0
    master_list(lists[0], signers[0] if signers else None)
    return 0


if __name__ == "__main__":
    sys.exit(main())
