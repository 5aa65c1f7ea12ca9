"""The build that everybody writes first, kept to measure against: FastAPI models, an ORM row an event, a commit a request.

It takes the same bytes over the same TLS and checks the same chain and signature as the product; it has no board, no fold and no
instructions. Used by `benchmarks/node_intake.py` alone.
"""

from __future__ import annotations

import base64
import hashlib

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from fastapi import FastAPI, Request
from pydantic import BaseModel
from sqlalchemy import Integer, String, Text, create_engine, event
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


class Base(DeclarativeBase):
    """ORM base."""


class EventRow(Base):
    """One event."""

    __tablename__ = "plain_events"
    attempt: Mapped[str] = mapped_column(String, primary_key=True)
    epoch: Mapped[int] = mapped_column(Integer, primary_key=True)
    sequence: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    text: Mapped[str] = mapped_column(Text)
    head: Mapped[str] = mapped_column(String)


class Batch(BaseModel):
    """A batch of the exchange."""

    attempt: str
    epoch: int
    first: int
    last: int
    entries: list[str]
    previous_head: str
    head: str
    signature: str


class Exchange(BaseModel):
    """The fields of the exchange that this build uses."""

    station: str
    counter: int
    batches: list[Batch]


def create_app(url: str, keys: dict[str, bytes]) -> FastAPI:
    """The plain application; `keys` are the stations' public keys."""
    if url.startswith("sqlite"):
        import pysqlite3

        engine = create_engine(url, module=pysqlite3, connect_args={"check_same_thread": False})

        def tune(connection: object, _: object) -> None:
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=20000"):
                connection.execute(f"PRAGMA {pragma}")  # type: ignore[attr-defined]

        event.listen(engine, "connect", tune)
    else:
        engine = create_engine(url, pool_size=10)
    Base.metadata.drop_all(engine)
    Base.metadata.create_all(engine)
    app = FastAPI()

    @app.post("/v1/stations/{name}/exchange")
    def exchange(name: str, message: Exchange, request: Request) -> dict[str, int]:
        key = Ed25519PublicKey.from_public_bytes(keys[name])
        key.verify(base64.b64decode(request.headers["khaothi-signature"]), request.state.signed)
        with Session(engine) as session:
            for batch in message.batches:
                head = bytes.fromhex(batch.previous_head)
                for number, text in enumerate(batch.entries, batch.first):
                    head = hashlib.sha256(head + text.encode()).digest()
                    place = {"attempt": batch.attempt, "epoch": batch.epoch, "sequence": number}
                    session.add(EventRow(**place, text=text, head=head.hex()))
                if head.hex() != batch.head:
                    raise ValueError("chain")
                fields = (batch.attempt, batch.epoch, batch.first, batch.last, batch.previous_head, batch.head)
                signed = b"\x00".join((b"khaothi/batch/1", *(str(field).encode() for field in fields)))
                key.verify(base64.b64decode(batch.signature), signed)
            session.commit()
        return {"counter": message.counter}

    @app.middleware("http")
    async def sign_input(request: Request, call):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - FastAPI's own shape
        body = await request.body()
        request.state.signed = (
            b"khaothi/exchange/1\x00" + request.url.path.encode() + b"\x00" + hashlib.sha256(body).digest()
        )
        return await call(request)

    return app
