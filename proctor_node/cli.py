"""`khaothi node`: composition root of the proctor node (DESIGN.md section 5)."""

from __future__ import annotations

import hashlib
import ssl
import sys
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from khaothi import command_line
from khaothi.wording import Terms
from proctor_node import errors, plan_cli, release_cli, results_cli, takeover_cli, upkeep_cli
from proctor_node.console import Folder, Json, Piped, WrongUseError, prove, refused, told, where
from proctor_node.wording import WORDING

if TYPE_CHECKING:
    from exam_engine.plan import Seat
    from proctor_node.node import Node, PlanFile
    from proctor_node.people import Role

SHORTEST_PASSWORD = 8


class Purpose(StrEnum):
    """Whether demonstration states are believed."""

    PRODUCTION = "production"
    DEMONSTRATION = "demonstration"


# -- init, serve -----------------------------------------------------------------------------------------------------


def init(
    folder: Annotated[Path | None, typer.Argument(file_okay=False)] = None,
    purpose: Annotated[Purpose, typer.Option()] = Purpose.PRODUCTION,
    host: Annotated[list[str] | None, typer.Option(help="name or address that stations use; repeat for more")] = None,
    store: Annotated[str, typer.Option(help="database address; default a file in the folder")] = "",
    as_json: Json = False,
) -> int:
    """Make a node: its keys and its own certificate authority."""
    from proctor_node.adapters import node_folder

    place = where(folder)
    hosts = tuple(dict.fromkeys((*(host or ()), "127.0.0.1", "localhost")))
    try:
        node_folder.create(place, node_folder.Settings(purpose.value, hosts, store), datetime.now(UTC))
        fingerprint = _fingerprint(place)
    except (errors.NodeError, OSError) as error:
        return refused(error, as_json=as_json)
    document = {"dir": str(place), "purpose": purpose.value, "hosts": list(hosts), "certificate_sha256": fingerprint}
    return told(
        document,
        [
            WORDING.line("node in {folder} ({purpose})", folder=place, purpose=Terms((purpose.value,))),
            _shown(fingerprint),
        ],
        as_json=as_json,
    )


def _fingerprint(folder: Path) -> str:
    """What stations compare: SHA-256 of the certificate authority."""
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert((folder / "ca.pem").read_text())).hexdigest()


def _shown(fingerprint: str) -> str:
    return WORDING.line("certificate {fingerprint}", fingerprint=fingerprint)


def serve(
    folder: Folder = None,
    host: Annotated[str, typer.Option(help="address to listen on")] = "0.0.0.0",  # noqa: S104 - stations are other PCs
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8443,
    metrics_port: Annotated[int, typer.Option(min=0, max=65535, help="Prometheus on loopback; 0 is off")] = 0,
) -> int:
    """Serve stations and the board over HTTPS until stopped."""
    import uvicorn

    from proctor_node import teaching_root
    from proctor_node.adapters import metrics, node_folder
    from proctor_node.adapters.pdf import render
    from proctor_node.adapters.spreadsheets import preview
    from proctor_node.web import log, plan, teaching
    from proctor_node.web.app import calm_collector, create_app

    place = where(folder)
    try:
        with node_folder.opened(place, alone=True) as served, teaching_root.opened(served, place) as desks:
            if metrics_port:
                metrics.serve(served, metrics_port)
            calm_collector()
            print(f"https://127.0.0.1:{port}", file=sys.stderr)
            uvicorn.run(
                create_app(served, teaching.routes(desks), log.routes(served, render), plan.routes(served, preview)), host=host, port=port, access_log=False, log_level="warning",
                ssl_certfile=str(place / "server.pem"), ssl_keyfile=str(place / "server.key"),
                # Stations ask every five seconds at the latest: they keep their connection and pay for TLS once.
                timeout_keep_alive=75,
            )  # fmt: skip
    except (errors.NodeError, OSError) as error:
        return refused(error, as_json=False)
    return 0


# -- plan ------------------------------------------------------------------------------------------------------------


def user_add(
    name: str,
    role: Annotated[str, typer.Option(help="administrator, site_head, invigilator, officer, teacher, inspector")],
    site: Annotated[str, typer.Option(help="site; empty for the centre")] = "",
    password_stdin: Annotated[bool, typer.Option("--password-stdin", help="read the password from a pipe")] = False,
    second_factor: Annotated[
        bool, typer.Option("--second-factor", help="make a secret for an authenticator program")
    ] = False,
    folder: Folder = None,
    as_json: Json = False,
) -> int:
    """Add a person, or change their password."""
    from proctor_node.adapters import node_folder
    from proctor_node.people import address_of, new_secret

    try:
        known, password = _role(role), _password(piped=password_stdin)
        with node_folder.opened(where(folder), alone=True) as node:
            if not second_factor:
                _needs_none(node, known)
            account = node.add_account(name, known, password, site, new_secret() if second_factor else "")
            address = address_of(account, "khaothi") if second_factor else ""
    except (errors.NodeError, WrongUseError, OSError) as error:
        return refused(error, as_json=as_json)
    document = {"name": name, "role": role, "site": site, "second_factor": address}
    return told(document, [f"{name}: {role} {site}".rstrip(), *([address] if address else [])], as_json=as_json)


def user_pin(name: str, piped: Piped = False, folder: Folder = None, as_json: Json = False) -> int:
    """Set the PIN with which an invigilator or site head confirms candidates at a seat, also offline; first their password."""
    from proctor_node.adapters import node_folder

    try:
        with node_folder.opened(where(folder), alone=True) as node:
            prove(node, (name,), piped=piped)
            asked = "PIN (6-12 digits)"
            pin = (
                sys.stdin.readline().strip()
                if piped
                else str(typer.prompt(asked, hide_input=True, confirmation_prompt=True))
            )
            node.set_pin(name, pin)
    except (errors.NodeError, OSError) as error:
        return refused(error, as_json=as_json)
    return told({"official": name}, [f"{name}: PIN set"], as_json=as_json)


def _needs_none(node: Node, role: Role) -> None:
    if role in node.people.needing:
        raise WrongUseError("{role} needs --second-factor on a production node", role=role)


def _role(text: str) -> Role:
    from proctor_node.people import ROLES

    for known in ROLES:
        if known == text:
            return known
    raise WrongUseError("role {role!r}: one of {known}", role=text, known=", ".join(ROLES))


def _password(*, piped: bool) -> str:
    password = (
        sys.stdin.readline().rstrip("\n") if piped else str(typer.prompt(WORDING.line("Password"), hide_input=True))
    )
    if len(password) < SHORTEST_PASSWORD:
        raise WrongUseError("a password has at least {shortest} characters", shortest=SHORTEST_PASSWORD)
    return password


def _seat(plan: PlanFile, site: str, room: str, number: int) -> Seat:
    from exam_engine.plan import Seat

    seats = {(known.site, known.id): known.seats for known in plan.exam.rooms}
    if not 1 <= number <= seats.get((site, room), 0):
        raise WrongUseError(
            "the plan has no seat {number} in room {room} of {site}", number=number, room=room, site=site
        )
    return Seat(site, room, number)


def station_code(site: str, room: str, seat: int, folder: Folder = None, as_json: Json = False) -> int:
    """A one-time code for the PC at a seat; works while the node is being served."""
    from proctor_node.adapters import node_folder

    place = where(folder)
    try:
        with node_folder.opened(place, alone=False) as node:
            code = node.enrolment_code(_seat(node.plan, site, room, seat))
        fingerprint = _fingerprint(place)
    except (errors.NodeError, WrongUseError, OSError) as error:
        return refused(error, as_json=as_json)
    document = {"code": code, "site": site, "room": room, "seat": seat, "certificate_sha256": fingerprint}
    return told(document, [f"{code}  {site}/{room}/{seat}", _shown(fingerprint)], as_json=as_json)


def station_list(folder: Folder = None, as_json: Json = False) -> int:
    """Stations that were enrolled."""
    from proctor_node.adapters import node_folder

    try:
        with node_folder.opened(where(folder), alone=False) as node:
            found = node.stations()
    except (errors.NodeError, OSError) as error:
        return refused(error, as_json=as_json)
    rows = [
        {"station": s.station, "site": s.seat.site, "room": s.seat.room, "seat": s.seat.number, "revoked": s.revoked}
        for s in found
    ]
    lines = [WORDING.line("{station} revoked", station=s.station) if s.revoked else s.station for s in found]
    return told({"stations": rows}, lines or [WORDING.line("no stations")], as_json=as_json)


def station_revoke(station: str, folder: Folder = None, as_json: Json = False) -> int:
    """Believe a station no longer."""
    from proctor_node.adapters import node_folder

    try:
        with node_folder.opened(where(folder), alone=True) as node:
            node.revoke(station)
    except (errors.NodeError, OSError) as error:
        return refused(error, as_json=as_json)
    return told(
        {"station": station, "revoked": True}, [WORDING.line("{station} revoked", station=station)], as_json=as_json
    )


def _group(name: str, **commands: Any) -> typer.Typer:
    group = typer.Typer(add_completion=False, name=name)
    for command, function in commands.items():
        group.command(command.rstrip("_"))(function)
    return group


def node(arguments: list[str]) -> int:
    """Entry point of the launcher."""
    application = typer.Typer(add_completion=False, help="The central proctor node.")
    application.command("init")(init)
    application.command("serve")(serve)
    application.add_typer(results_cli.group(), name="results", help="marks, appeals, corrections, documents")
    application.add_typer(plan_cli.plan_group(), name="plan", help="the plan of an exam")
    application.add_typer(plan_cli.roster_group(), name="roster", help="candidate lists")
    application.command("backup")(upkeep_cli.backup)
    application.command("restore")(upkeep_cli.restore)
    application.command("use")(upkeep_cli.use)
    application.command("room-key")(takeover_cli.room_key)
    application.command("branch")(takeover_cli.branch)
    application.add_typer(upkeep_cli.retention_group(), name="retention", help="erasure, consent, requests")
    application.add_typer(_group("user", add=user_add, pin=user_pin), name="user", help="people at the board")
    stations = _group("station", code=station_code, list_=station_list, revoke=station_revoke)
    application.add_typer(stations, name="station", help="enrolled PCs")
    application.add_typer(_group("officer", add=release_cli.officer_add), name="officer", help="the three officers")
    application.add_typer(_group("form", add=release_cli.form_add), name="form", help="sealed forms")
    application.add_typer(_group("release", sign=release_cli.release_sign), name="release", help="the start signal")
    return command_line.run(application, "node", arguments)
