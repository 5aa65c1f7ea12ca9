"""The live stream: one board a second for each scope, made once however many pages look at it, and sent as what changed.

A page gets a snapshot when it comes and then deltas. One that falls behind gets the next snapshot instead of what it missed.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import msgspec

from proctor_node.live_board import SeatTile
from proctor_node.node import Node

PERIOD_SECONDS = 1.0
Gone = Callable[[], Awaitable[bool]]


class _Channel:
    """The stream of one scope, while somebody looks."""

    def __init__(self, node: Node, site: str) -> None:
        self._node, self._site = node, site
        self._seats: dict[str, SeatTile] = {}
        self._raw: dict[str, bytes] = {}
        self.number = 0
        self.head = b""
        self.delta = b""
        self.watchers = 0
        self.news = asyncio.Event()

    def snapshot(self) -> bytes:
        """Everything."""
        return _frame(b"snapshot", self.head, list(self._raw.values()))

    async def refresh(self) -> None:
        """Make the next board and wake everybody who waits."""
        board = await asyncio.to_thread(self._node.board, self._site)
        seats = {seat.station: seat for seat in board.seats}
        changed = {name: msgspec.json.encode(seat) for name, seat in seats.items() if self._seats.get(name) != seat}
        gone = self._raw.keys() - seats.keys()
        self._raw = {name: changed.get(name) or self._raw[name] for name in seats}
        self._seats = seats
        self.head = msgspec.json.encode(msgspec.structs.replace(board, seats=()))
        # A seat that left the board cannot be told as a change: everybody gets the whole again.
        self.delta = self.snapshot() if gone else _frame(b"delta", self.head, list(changed.values()))
        self.number += 1
        self.news.set()
        self.news = asyncio.Event()


def _frame(name: bytes, head: bytes, seats: list[bytes]) -> bytes:
    return b"event: " + name + b'\ndata: {"board":' + head + b',"seats":[' + b",".join(seats) + b"]}\n\n"


class Feed:
    """The streams of one node."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._channels: dict[str, _Channel] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def frames(self, site: str, gone: Gone) -> AsyncIterator[bytes]:
        """Frames for one page until it is gone."""
        channel = self._channels.get(site)
        if channel is None:
            channel = self._channels[site] = _Channel(self._node, site)
        channel.watchers += 1
        try:
            if channel.number == 0:
                await channel.refresh()
            self._run(site, channel)
            news, seen = channel.news, channel.number
            yield channel.snapshot()
            while not await gone():
                await news.wait()
                news = channel.news
                yield channel.delta if channel.number == seen + 1 else channel.snapshot()
                seen = channel.number
        finally:
            channel.watchers -= 1

    def _run(self, site: str, channel: _Channel) -> None:
        task = self._tasks.get(site)
        if task is None or task.done():
            self._tasks[site] = asyncio.create_task(self._keep(site, channel))

    async def _keep(self, site: str, channel: _Channel) -> None:
        try:
            while channel.watchers:
                await asyncio.sleep(PERIOD_SECONDS)
                await channel.refresh()
        finally:
            if not channel.watchers:
                self._channels.pop(site, None)
            self._tasks.pop(site, None)
