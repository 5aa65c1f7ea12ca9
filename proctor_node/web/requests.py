"""Reading what a request holds: a body of bounded size, a JSON object, and the person behind the cookie with their right."""

from __future__ import annotations

from typing import Any, ClassVar

import msgspec
from fastapi import Depends, Request

from proctor_node import rights
from proctor_node.errors import Refused
from proctor_node.node import Node
from proctor_node.people import Account
from proctor_node.rights import Right

COOKIE = "khaothi"
# A page of another origin cannot set this header without asking first, so a forged form does nothing.
OWN_HEADER = "X-Khaothi"
LARGEST_BODY = 8 * 1024 * 1024
READING = {"GET", "HEAD"}
MINUTE_SECONDS = 60.0


async def body_of(request: Request) -> bytes:
    """The body.

    Raises:
        Refused: `too_large`; nothing beyond the limit is kept.
    """
    kept = bytearray()
    async for chunk in request.stream():
        kept += chunk
        if len(kept) > LARGEST_BODY:
            raise Refused("too_large")
    return bytes(kept)


async def object_of(request: Request) -> dict[str, Any]:
    """The JSON object in the body.

    Raises:
        Refused: `not_understood`, `too_large`.
    """
    try:
        found = msgspec.json.decode(await body_of(request))
    except (msgspec.DecodeError, RecursionError) as error:
        # Nested deeper than anybody writes: the parser gives up, and so do we.
        raise Refused("not_understood") from error
    if not isinstance(found, dict):
        raise Refused("not_understood")
    return found


def text_of(given: dict[str, Any], name: str, longest: int = 2000) -> str:
    """A text field; absent is empty.

    Raises:
        Refused: `not_understood`: something else than text, or longer than anything honest.
    """
    value = given.get(name, "")
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > longest or "\x00" in value:
        raise Refused("not_understood")
    return value


def whole_of(given: dict[str, Any], name: str) -> int:
    """A whole number.

    Raises:
        Refused: `not_understood`.
    """
    value = given.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise Refused("not_understood")
    return value


def second_of(node: Node, given: dict[str, Any]) -> Account:
    """The second person, who proves themselves here and now; their own login is not used (DESIGN.md section 4.2).

    Raises:
        Refused: as `People.prove`.
    """
    proof = text_of(given, "second_password"), text_of(given, "second_code")
    return node.people.prove(text_of(given, "second"), *proof)


class Limits:
    """Calls a minute from one address: what a person can type, not what a program can try."""

    MOST: ClassVar[dict[str, int]] = {"login": 30, "enrol": 300, "slip": 20}
    ADDRESSES = 10_000

    def __init__(self) -> None:
        self._calls: dict[tuple[str, str], list[float]] = {}

    def count(self, kind: str, address: str, now: float) -> None:
        """One more call.

        Raises:
            Refused: `too_many_requests`.
        """
        if len(self._calls) > self.ADDRESSES:
            self._calls.clear()
        calls = self._calls.setdefault((kind, address), [])
        calls[:] = [at for at in calls if now - at < MINUTE_SECONDS]
        if len(calls) >= self.MOST[kind]:
            raise Refused("too_many_requests")
        calls.append(now)


def limit(request: Request, kind: str) -> None:
    """Count a call that can be guessed with.

    Raises:
        Refused: `too_many_requests`.
    """
    address = request.client.host if request.client else ""
    limits: Limits = request.app.state.limits
    limits.count(kind, address, request.app.state.node.seconds())


def person(request: Request) -> Account:
    """Who is logged in.

    Raises:
        Refused: `not_logged_in`.
    """
    node: Node = request.app.state.node
    return node.people.who(request.cookies.get(COOKIE, ""))


def may(right: Right) -> Any:
    """A dependency: the person behind the request, if they have the right. Anything but reading needs the own header."""

    def checked(request: Request) -> Account:
        account = person(request)
        if request.method not in READING and request.headers.get(OWN_HEADER) != "1":
            raise Refused("own_header_missing")
        rights.check(account, right)
        return account

    checked.right = right  # type: ignore[attr-defined]  # read by the test that finds calls without a right
    return Depends(checked)
