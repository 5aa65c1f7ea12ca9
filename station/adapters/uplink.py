"""HTTPS to the node: its own CA pinned, every request signed, every answer's signature checked."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import ssl
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx
import msgspec
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from exam_engine import exchange as x
from exam_engine.plan import Provision
from question_bank import sealed_form
from question_bank.errors import SealBroken
from station.adapters.device import Device
from station.errors import NodeNotGenuine, NodeRefused, NodeUnreachable

SUITE = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
PROVISION_INFO = b"khaothi/provision/1"
TIMEOUT = 10.0
# OpenSSL's X509_V_FLAG_NO_CHECK_TIME, which the standard library does not name.
NO_CHECK_TIME = ssl.VerifyFlags(0x200000)


def pinned(certificate_pem: str) -> ssl.SSLContext:
    """TLS that trusts the node's own CA and nobody else.

    Not even the device's clock: a PC whose battery is flat is years behind and must still reach its node, and an enrolment
    ends by revoking it, not by a date; the wall clock decides nothing (docs/adr/0007).
    """
    context = ssl.create_default_context(cadata=certificate_pem)
    context.verify_flags |= NO_CHECK_TIME
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    return context


def fingerprint(certificate_pem: str) -> str:
    """What the enrolment code says of the node's certificate."""
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(certificate_pem)).hexdigest()


class HttpsUplink:
    """One station's way to its node. Calls block; each station uses it from one thread."""

    def __init__(self, device: Device, context: ssl.SSLContext | None = None) -> None:
        self._device = device
        # How far this PC's clock is ahead of the node's, in seconds, as the last answer told (to the second).
        self.ahead: float | None = None
        context = context or pinned(device.node_certificate)
        self._client = httpx.Client(base_url=device.node_url, verify=context, timeout=TIMEOUT, trust_env=False)

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def _post(self, path: str, message: x.Message) -> bytes:
        body = x.encode(message)
        signature = base64.b64encode(self._device.signing.sign(x.signing_input(path, body))).decode()
        try:
            answer = self._client.post(path, content=body, headers={x.SIGNATURE_HEADER: signature})
        except httpx.HTTPError as error:
            raise _not_reached(error, self._device.node_url) from error
        self._compare_clocks(answer)
        if answer.status_code >= 500:
            raise NodeUnreachable("the node answers with status {status}", status=answer.status_code)
        self._check(path, answer)
        if answer.status_code >= 400:
            raise NodeRefused(_reason(answer.content))
        return answer.content

    def _compare_clocks(self, answer: httpx.Response) -> None:
        with contextlib.suppress(ValueError, TypeError):
            told = parsedate_to_datetime(answer.headers.get("Date", ""))
            self.ahead = (datetime.now(UTC) - told).total_seconds() - 0.5

    def _check(self, path: str, answer: httpx.Response) -> None:
        try:
            given = base64.b64decode(answer.headers.get(x.SIGNATURE_HEADER, ""), validate=True)
            key = Ed25519PublicKey.from_public_bytes(self._device.node_key)
            key.verify(given, x.signing_input(path, answer.content))
        except (InvalidSignature, ValueError) as error:
            raise NodeNotGenuine("the answer is not signed by the enrolled node") from error

    def exchange(self, request: x.ExchangeRequest) -> x.ExchangeResponse:
        """The one idempotent call."""
        raw = self._post(x.exchange_path(self._device.station), request)
        return _decoded(raw, x.ExchangeResponse)

    def provision(self, counter: int) -> Provision:
        """What this station needs, opened with its own key."""
        raw = self._post(x.provision_path(self._device.station), x.SignedFetch(self._device.station, counter))
        try:
            plain = SUITE.decrypt(raw, self._device.sealing, PROVISION_INFO)
        except (InvalidTag, ValueError) as error:
            raise NodeNotGenuine("the provision is not for this station") from error
        return _decoded(bytes(plain), Provision)

    def form(self, digest: str, counter: int) -> sealed_form.SealedForm:
        """A sealed form."""
        path = x.form_path(self._device.station, digest)
        try:
            package = sealed_form.decode(self._post(path, x.SignedFetch(self._device.station, counter)))
        except SealBroken as error:
            raise NodeNotGenuine("{problem}", problem=error) from error
        if package.digest != digest:
            raise NodeNotGenuine("another form than the one asked for")
        return package


def _decoded(raw: bytes, kind: type[x.T]) -> x.T:
    try:
        return x.decode(raw, kind)
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        raise NodeNotGenuine("not understood: {problem}", problem=error) from error


def _not_reached(error: httpx.HTTPError, url: str) -> NodeUnreachable | NodeNotGenuine:
    """Nobody answers, or somebody who holds no certificate of this node's authority."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return NodeNotGenuine("the certificate at {url} is not the node's", url=url)
        cause = cause.__cause__ or cause.__context__
    return NodeUnreachable(url=url)


def _reason(raw: bytes) -> str:
    try:
        return str(msgspec.json.decode(raw)["error"]["code"])
    except (msgspec.DecodeError, KeyError, TypeError):
        return "refused"


def enrol(url: str, certificate_pem: str, code: str, device: Device, build: str) -> Device:
    """Enrol with a one-time code.

    Raises:
        NodeRefused: the code is wrong or was used.
        NodeUnreachable, NodeNotGenuine: as named.
    """
    request = x.EnrolRequest(
        code, device.signing.public_key().public_bytes_raw(), device.sealing.public_key().public_bytes_raw(), build
    )
    try:
        with httpx.Client(base_url=url, verify=pinned(certificate_pem), timeout=TIMEOUT, trust_env=False) as client:
            answer = client.post(x.ENROL_PATH, content=x.encode(request))
    except httpx.HTTPError as error:
        raise _not_reached(error, url) from error
    if answer.status_code >= 400:
        raise NodeRefused(_reason(answer.content))
    told = _decoded(answer.content, x.EnrolResponse)
    return Device(device.signing, device.sealing, told.station, url, told.node_key, certificate_pem)
