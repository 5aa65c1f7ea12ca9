"""The arguments of `khaothi card`: access keys and data groups as people type them."""

from __future__ import annotations

from enum import StrEnum

from khaothi.wording import Terms, Worded
from reader import errors, mrz
from reader.access_key import AccessKey, Can, MrzKey

GROUPS = {str(number): f"DG{number}" for number in (1, 2, 7, 11, 12, 13, 14, 15, 16)}


class AccessProtocol(StrEnum):
    """Which protocol may open the chip."""

    AUTO = "auto"
    PACE = "pace"
    BAC = "bac"


class WrongUseError(Worded):
    """The command line contradicts itself; `reason` is the stable code, whose words are told where no sentence is given."""

    code = "wrong_use"

    def __init__(self, reason: str, sentence: str = "", /, **values: object) -> None:
        super().__init__(sentence, **values)
        self.reason = reason


class FileRefusedError(WrongUseError):
    """A file that was given was read, and holds nothing of use."""


class InFile(errors.ReaderError):
    """An error of one of several files, told with its name and under its own code; `advice` where this place knows better."""

    def __init__(self, file: str, problem: errors.ReaderError, advice: str = "") -> None:
        super().__init__("{file}: {problem}", advice, file=file, problem=problem)
        self.problem = problem


def access_key(
    number: str | None, can: str | None, mrz_text: str | None, info: str | None, access: AccessProtocol
) -> AccessKey:
    """The one key that was given.

    Raises:
        WrongUseError: none, several, one that the protocol does not take, or one that is mistyped.
    """
    if sum(value is not None for value in (number, can, mrz_text, info)) != 1:
        raise WrongUseError("access_key_needed")
    if mrz_text is not None:
        return from_mrz(mrz_text)
    if info is not None:
        return from_information(info)
    if access is AccessProtocol.BAC:
        raise WrongUseError("mrz_needed")
    if number is not None:
        try:
            return Can.from_card_number("".join(number.split()))
        except errors.Malformed as error:
            raise WrongUseError("card_number_malformed") from error
    if can is None or len(can) != 6 or not (can.isascii() and can.isdigit()):
        raise WrongUseError("can_malformed")
    return Can(can)


def from_mrz(text: str) -> AccessKey:
    """The key in the lines of an MRZ.

    Raises:
        WrongUseError: none, or a check digit does not fit.
    """
    try:
        zone = mrz.parse(text)
    except errors.Malformed as error:
        raise WrongUseError("mrz_malformed", error.sentence, **error.values) from error
    # The composite digit guards nothing that the key is made of, and some printed samples have it wrong.
    wrong = [name.replace("_", " ") for name in zone.wrong_checks if name != "composite"]
    if wrong:
        raise WrongUseError("mrz_check_digit", "check digit does not fit: {fields}", fields=Terms(wrong))
    return MrzKey.from_mrz(zone)


def from_information(text: str) -> AccessKey:
    """Document number, birth date and expiry date, each followed by its check digit.

    Raises:
        WrongUseError: a check digit does not fit, or something is missing.
    """
    text = text.upper().ljust(24, " ")
    fields = (text[:-15], text[-15]), (text[-14:-8], text[-8]), (text[-7:-1], text[-1])
    try:
        fits = all(mrz.check_digit(value) == digit.replace("<", "0") for value, digit in fields)
    except errors.Malformed as error:
        raise WrongUseError("mrz_malformed", error.sentence, **error.values) from error
    if not fits:
        raise WrongUseError("mrz_check_digit", "--mrz-info: a check digit does not fit")
    return MrzKey(text)


def groups(text: str | None) -> tuple[str, ...] | None:
    """Data groups such as `1,2,13` or `DG1, DG2`; None if none were named.

    Raises:
        WrongUseError: one that is not read.
    """
    if text is None:
        return None
    wanted = [part.strip().upper().removeprefix("DG") for part in text.split(",") if part.strip()]
    unknown = [part for part in wanted if part not in GROUPS]
    if not wanted:
        raise WrongUseError("data_group_not_read", "no data group is named")
    if unknown:
        raise WrongUseError("data_group_not_read", "data group {groups} is not read", groups=", ".join(unknown))
    return tuple(GROUPS[part] for part in wanted)
