"""Where the bank lies when nothing else is said: `$KHAOTHI_HOME/bank.sqlite`."""

from __future__ import annotations

import os
from pathlib import Path

from question_bank.adapters.bank_store import SqlBankStore, check_kind


def home_bank() -> str:
    """The URL of the bank at home."""
    home = Path(os.environ.get("KHAOTHI_HOME") or Path.home() / ".khaothi")
    return f"sqlite:///{home / 'bank.sqlite'}"


def exists(url: str) -> bool:
    """Whether the bank of a URL, or the one at home, is there.

    Raises:
        BankUnavailable: another kind of database. Its address, which may hold a password, is not repeated.
    """
    check_kind(url)
    return Path((url or home_bank()).removeprefix("sqlite:///")).is_file()


def open_bank(url: str) -> SqlBankStore:
    """The bank of a URL, or the one at home.

    Raises:
        BankUnavailable: it cannot be opened, or is none.
        OSError: its folder cannot be made.
    """
    url = url or home_bank()
    if url.startswith("sqlite:///"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    return SqlBankStore(url)
