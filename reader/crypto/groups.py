"""One face for both kinds of group in which keys are agreed, and the standardised domain parameters of PACE."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from asn1crypto import core, keys

from reader.crypto.curves import CURVES, NAME_OF_OID, PACE_PARAMETERS
from reader.crypto.elliptic import Curve
from reader.crypto.modular import MODULAR_GROUPS, explicit_group
from reader.crypto.signatures import explicit_curve
from reader.errors import Malformed, NotSupported, parsing

# BSI TR-03110-3 A.2.1.1: standardizedDomainParameters, with the identifier of the table as parameter.
STANDARDISED = "0.4.0.127.0.7.1.2"
EC_PUBLIC_KEY = "1.2.840.10045.2.1"
# X9.42 (RFC 3279 section 2.3.3: p, g, q) and PKCS #3 (p, g).
DH_PUBLIC_NUMBER, DH_KEY_AGREEMENT = "1.2.840.10046.2.1", "1.2.840.113549.1.3.1"


class Group(Protocol):
    """A cyclic group. Elements are points or integers: only the group that made one may take it."""

    @property
    def public_key_tag(self) -> int:
        """The tag of a public key in an authentication token (Doc 9303-11 section 9.4.4)."""

    @property
    def size(self) -> int:
        """Bytes of a field element."""

    @property
    def order(self) -> int:
        """The order of the generator."""

    @property
    def field(self) -> int:
        """The prime of the field."""

    @property
    def generator(self) -> Any:
        """The generator."""

    def power(self, scalar: int, element: Any) -> Any:
        """`scalar` times `element` in additive, `element` to the `scalar` in multiplicative writing."""

    def encode(self, element: Any) -> bytes:
        """As it goes over the wire."""

    def decode(self, raw: bytes) -> Any:
        """A validated element.

        Raises:
            Malformed: none of this group.
        """

    def shared(self, scalar: int, element: Any) -> bytes:
        """The shared secret of a key agreement."""

    def mapped(self, nonce: int, secret: int, other: Any) -> Any:
        """The generator of the generic mapping."""

    def from_pseudo_random(self, value: int) -> Any:
        """The generator of the integrated mapping."""


def secret_scalar(group: Group, random: Callable[[int], bytes]) -> int:
    """A fresh private key.

    Eight bytes more than the order make the bias of the reduction negligible (FIPS 186-5 appendix A.2.1).
    """
    size = (group.order.bit_length() + 7) // 8
    return int.from_bytes(random(size + 8), "big") % (group.order - 1) + 1


def standard_group(parameter_id: int) -> Group:
    """The group of a standardised parameter identifier (Doc 9303-11 section 9.5.1).

    Raises:
        NotSupported: not in the table.
    """
    if parameter_id in MODULAR_GROUPS:
        return MODULAR_GROUPS[parameter_id]
    if parameter_id in PACE_PARAMETERS:
        return CURVES[PACE_PARAMETERS[parameter_id]]
    raise NotSupported("domain parameters {number}", number=parameter_id)


@parsing("domain parameters cannot be parsed")
def group_of_algorithm(algorithm: bytes) -> Group:
    """The group of an AlgorithmIdentifier in DER.

    Raises:
        NotSupported: another kind of algorithm, a field that is not prime, or one too large.
        Malformed: cannot be parsed.
    """
    members = core.Sequence.load(algorithm)
    dotted = str(core.ObjectIdentifier.load(members[0].dump()).native)
    parameters = members[1].dump() if len(members) > 1 else b""
    if dotted == STANDARDISED:
        return standard_group(int(core.Integer.load(parameters).native))
    if dotted == EC_PUBLIC_KEY:
        return _curve(keys.ECDomainParameters.load(parameters))
    if dotted in {DH_PUBLIC_NUMBER, DH_KEY_AGREEMENT}:
        numbers = core.Sequence.load(parameters)
        p, g = (int(numbers[index].native) for index in (0, 1))
        # In PKCS #3 the third number is the length of the private key.
        return explicit_group(p, g, int(numbers[2].native) if dotted == DH_PUBLIC_NUMBER else None)
    raise NotSupported("key of algorithm {algorithm}", algorithm=dotted)


def _curve(parameters: keys.ECDomainParameters) -> Curve:
    if parameters.name != "named":
        return explicit_curve(parameters)
    dotted = parameters.chosen.dotted
    if dotted not in NAME_OF_OID:
        raise NotSupported("curve {curve}", curve=dotted)
    return CURVES[NAME_OF_OID[dotted]]


@parsing("public key cannot be parsed")
def public_key(raw: bytes) -> tuple[Group, Any]:
    """Group and element of a SubjectPublicKeyInfo.

    Raises:
        NotSupported, Malformed: as `group_of_algorithm`, or the key is none of the group.
    """
    members = core.Sequence.load(raw, strict=True)
    group = group_of_algorithm(members[0].dump())
    octets = core.OctetBitString.load(members[1].dump()).native
    if not isinstance(octets, bytes):
        raise Malformed("public key is no bit string")
    if isinstance(group, Curve):
        return group, group.decode(octets)
    return group, group.decode(int(core.Integer.load(octets).native).to_bytes(group.size + 1, "big"))
