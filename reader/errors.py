"""Errors of the reader. Each leaf has a stable `code` and says whether trying again can help."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

from khaothi.wording import Worded


class ReaderError(Worded):
    """Root of everything that this package raises on purpose."""

    code: ClassVar[str] = "reader_error"
    retryable: ClassVar[bool] = False


class PcscUnavailable(ReaderError):
    """The PC/SC service does not answer."""

    code: ClassVar[str] = "pcsc_unavailable"


class NoReader(ReaderError):
    """No card reader is connected, or not the one named."""

    code: ClassVar[str] = "no_reader"


class NoCard(ReaderError):
    """No card on the reader."""

    code: ClassVar[str] = "no_card"
    retryable: ClassVar[bool] = True


class ReaderBusy(ReaderError):
    """Another program holds the card."""

    code: ClassVar[str] = "reader_busy"
    retryable: ClassVar[bool] = True


class CardRemoved(ReaderError):
    """The card left the field in the middle of something."""

    code: ClassVar[str] = "card_removed"
    retryable: ClassVar[bool] = True


class CardFrozen(CardRemoved):
    """The card does not answer any more; taking it away and putting it back is all that helps."""

    code: ClassVar[str] = "card_frozen"


class OtherCard(ReaderError):
    """The card that was put back is not the one that was taken away."""

    code: ClassVar[str] = "other_card"


class NotAnIdentityCard(ReaderError):
    """The chip has no eMRTD application (Doc 9303-10 section 3.11.3)."""

    code: ClassVar[str] = "not_an_identity_card"


class AccessDenied(ReaderError):
    """No access key opened the chip."""

    code: ClassVar[str] = "access_denied"


class WrongKey(AccessDenied):
    """The chip refused this password."""

    code: ClassVar[str] = "wrong_access_key"


class AccessNotSupported(ReaderError):
    """The chip offers no access protocol that this program knows."""

    code: ClassVar[str] = "access_not_supported"


class UnexpectedStatus(ReaderError):
    """The chip answered with a status word that the standard does not foresee here."""

    code: ClassVar[str] = "unexpected_status"
    retryable: ClassVar[bool] = True

    def __init__(self, doing: str, status: int) -> None:
        super().__init__("{doing}: status {status:04X}", doing=doing, status=status)
        self.status = status


class PaceRefused(UnexpectedStatus):
    """The chip refused a step of PACE before the password mattered: it may still open by BAC."""

    code: ClassVar[str] = "pace_refused"


class SecureMessagingBroken(ReaderError):
    """A response without, or with a wrong, authentication code: somebody is between us and the chip, or it is lost.

    `status` is the naked status word where the chip gave one (it has then dropped the channel), else 0.
    """

    code: ClassVar[str] = "secure_messaging_broken"
    retryable: ClassVar[bool] = True

    def __init__(self, sentence: str = "", status: int = 0, /, **values: object) -> None:
        super().__init__(sentence, **{"status": status, **values})
        self.status = status


class FileNotPresent(ReaderError):
    """The chip has no such file."""

    code: ClassVar[str] = "file_not_present"


class LimitExceeded(ReaderError):
    """The chip asks for more bytes, nesting or commands than an honest one needs."""

    code: ClassVar[str] = "limit_exceeded"


class Malformed(ReaderError):
    """Bytes that are not what the standard describes."""

    code: ClassVar[str] = "malformed"


class NotSupported(ReaderError):
    """Well formed, but an algorithm or structure that this program does not know."""

    code: ClassVar[str] = "not_supported"


class BadSignature(ReaderError):
    """A signature or digest does not verify."""

    code: ClassVar[str] = "signature_invalid"


class NoTrustAnchor(ReaderError):
    """Nothing in the trust store leads to this signer: inconclusive, not a forgery."""

    code: ClassVar[str] = "no_trust_anchor"


class NoSignerCertificate(ReaderError):
    """The certificate of whoever signed is neither with the signature nor known: inconclusive, not a forgery."""

    code: ClassVar[str] = "no_signer_certificate"


@contextmanager
def parsing(sentence: str) -> Iterator[None]:
    """Turn what foreign parsers raise on hostile bytes into `Malformed` with this sentence; also a decorator.

    Structures are decoded only when they are looked at, so that any access may be the one that fails.
    """
    try:
        yield
    except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError) as error:
        raise Malformed(sentence) from error
