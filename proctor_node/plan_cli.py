"""`khaothi node plan` and `khaothi node roster`: the plan of an exam from rosters, changes to it, printed lists."""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from khaothi import command_line
from khaothi.wording import vietnamese
from proctor_node import errors
from proctor_node.console import Folder, Json, Piped, WrongUseError, prove, refused, told, where
from proctor_node.roster.remarks import TITLES
from proctor_node.wording import WORDING

if TYPE_CHECKING:
    from exam_engine.candidate import Candidate
    from exam_engine.plan import Exam, Shift
    from proctor_node.roster.remarks import RosterReport

VIETNAM = timezone(timedelta(hours=7))
CHECK_IN_MINUTES = 45
SPARE_SEATS = 2
SEVERITIES = {"error": "lỗi", "warning": "cảnh báo"}
RosterFile = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="XLSX or CSV")]
Errors = Annotated[Path | None, typer.Option("--errors", dir_okay=False, help="write the cleaning report (XLSX)")]


def roster_check(file: RosterFile, errors_file: Errors = None, as_json: Json = False) -> int:
    """Read a roster and say what is wrong with it; nothing is kept."""
    from proctor_node.adapters.spreadsheets import load_roster, write_errors

    try:
        report = load_roster(file)
        if errors_file is not None:
            write_errors(errors_file, report)
    except (errors.NodeError, OSError) as error:
        return refused(error, as_json=as_json)
    told(_document(file, report), _lines(file, report), as_json=as_json)
    return command_line.NO if report.errors else 0


def _document(file: Path, report: RosterReport) -> dict[str, Any]:
    remarks = [
        {
            "sheet": r.sheet, "row": r.row, "column": r.column, "code": r.code, "severity": r.severity, "message": r.message,
            "message_vi": r.message_vi,
        }
        for r in report.remarks
    ]  # fmt: skip
    by_code: dict[str, int] = {}
    for remark in report.remarks:
        by_code[remark.code] = by_code.get(remark.code, 0) + 1
    return {
        "file": file.name, "candidates": len(report.candidates), "errors": len(report.errors), "by_code": by_code,
        "missing": sorted(report.missing), "ignored": report.ignored, "remarks": remarks,
    }  # fmt: skip


def _lines(file: Path, report: RosterReport) -> list[str]:
    vi = vietnamese()
    counts = (file.name, len(report.candidates), len(report.errors))
    head = ["{}: {} thí sinh, {} lỗi".format(*counts) if vi else "{}: {} candidates, {} errors".format(*counts)]
    if report.missing:
        names = [TITLES[name][0] if vi else name for name in sorted(report.missing)]
        head.append(f"  {'cần cho theo quy tắc' if vi else 'to be given by rule'}: {', '.join(names)}")
    if report.ignored:
        head.append(f"  {'không lấy' if vi else 'not taken in'}: {', '.join(report.ignored)}")
    return [
        *head,
        *(
            f"  {SEVERITIES[r.severity]} {r.code}: {r.message_vi}" if vi else f"  {r.severity} {r.code}: {r.message}"
            for r in report.remarks
        ),
    ]


def plan_import(
    file: RosterFile,
    exam: Annotated[str, typer.Option(help="short identifier of the exam")],
    name: Annotated[str, typer.Option(help="name as shown")],
    subject: Annotated[str, typer.Option()],
    starts: Annotated[list[str], typer.Option("--shift", help='shift and start, "1=2026-11-24T07:30" (UTC+7)')],
    organiser: Annotated[str, typer.Option()] = "",
    site: Annotated[list[str] | None, typer.Option(help='name of a site, "LTT=THPT Lý Tự Trọng"')] = None,
    rooms: Annotated[list[str] | None, typer.Option(help='rooms of a site for seating by rule, "LTT=3"')] = None,
    per_room: Annotated[int, typer.Option(min=1, max=200, help="largest room, for seating by rule")] = 24,
    sbd_prefix: Annotated[str, typer.Option(help="beginning of candidate numbers given by rule")] = "",
    sbd_digits: Annotated[int, typer.Option(min=2, max=10)] = 6,
    order: Annotated[str, typer.Option(help="class (lớp, tên, họ đệm, ngày sinh) or name")] = "class",
    profile: Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help="exam profile (TOML)")] = None,
    anchor: Annotated[list[Path] | None, typer.Option(exists=True, dir_okay=False, help="CSCA certificate")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="show the plan, keep nothing")] = False,
    folder: Folder = None,
    as_json: Json = False,
) -> int:  # fmt: skip
    """Take a roster as the plan of an exam. With one error in it nothing is taken."""
    from exam_engine import profile as profiles
    from exam_engine.errors import ExamEngineError
    from proctor_node.adapters import node_folder
    from proctor_node.adapters.grading_files import read_profile
    from proctor_node.adapters.spreadsheets import load_roster
    from proctor_node.roster.assignment import Rules, complete
    from reader.errors import ReaderError

    try:
        report = load_roster(file)
        if report.errors:
            told(_document(file, report), _lines(file, report), as_json=as_json)
            return command_line.NO
        text = read_profile(str(profile)) if profile else profiles.shipped()
        shifts = _shifts(starts, profiles.load(text).sitting.minutes)
        counts = {key: _count(value) for key, value in _pairs(rooms or []).items()}
        names = _pairs(site or [])
        sites = tuple((key, counts.get(key, 0)) for key in dict.fromkeys([*names, *counts]))
        rules = Rules(sbd_prefix, sbd_digits, per_room, tuple(shift.id for shift in shifts), sites, order)
        candidates = complete(report.candidates, rules)
        planned = _exam((exam, name, subject, organiser), shifts, names, candidates)
        if not dry_run:
            with node_folder.opened(where(folder), alone=True) as node:
                node.set_plan(planned, tuple(candidates), text, tuple(_der(path) for path in anchor or []))
    except (errors.NodeError, ExamEngineError, ReaderError, WrongUseError, OSError) as error:
        return refused(error, as_json=as_json)
    document = {**_document(file, report), "kept": not dry_run, "rooms": _room_counts(candidates)}
    places = ["  " + WORDING.line("{site} shift {shift} room {room}: {candidates}", **r) for r in document["rooms"]]
    return told(document, [*_lines(file, report), *places], as_json=as_json)


def _room_counts(candidates: Sequence[Candidate]) -> list[dict[str, Any]]:
    counts: dict[tuple[str, str, str], int] = {}
    for row in candidates:
        counts[row.site, row.shift, row.room] = counts.get((row.site, row.shift, row.room), 0) + 1
    return [{"site": s, "shift": h, "room": r, "candidates": n} for (s, h, r), n in sorted(counts.items())]


def _pairs(values: Sequence[str]) -> dict[str, str]:
    found = dict(value.partition("=")[::2] for value in values)
    if not all(found.values()):
        raise WrongUseError("write KEY=VALUE")
    return found


def _count(text: str) -> int:
    if not text.isdigit() or int(text) == 0:
        raise WrongUseError("{text!r} is no number of rooms", text=text)
    return int(text)


def _shifts(values: Sequence[str], minutes: int) -> tuple[Shift, ...]:
    from exam_engine.plan import Shift

    found = []
    for identifier, text in _pairs(values).items():
        try:
            start = datetime.fromisoformat(text)
        except ValueError as error:
            raise WrongUseError("{text!r} is no date and time", text=text) from error
        aware = start if start.tzinfo else start.replace(tzinfo=VIETNAM)
        at = int(aware.timestamp() * 1000)
        found.append(Shift(identifier, at, minutes, at - CHECK_IN_MINUTES * 60_000))
    return tuple(found)


def _exam(
    head: tuple[str, str, str, str], shifts: tuple[Shift, ...], names: dict[str, str], rows: Sequence[Candidate]
) -> Exam:
    """Sites and rooms as the roster names them; two PCs of each room stay free for moves."""
    from exam_engine.plan import Exam, Room, Site

    unknown = {row.shift for row in rows} - {shift.id for shift in shifts}
    if unknown:
        raise WrongUseError("the roster names shift {shift}; give its start with --shift", shift=min(unknown))
    seats: dict[tuple[str, str], int] = {}
    for row in rows:
        seats[row.site, row.room] = max(row.seat, seats.get((row.site, row.room), 0))
    sites = tuple(Site(site, names.get(site, site)) for site in dict.fromkeys(site for site, _ in seats))
    rooms = tuple(Room(room, site, last + SPARE_SEATS) for (site, room), last in seats.items())
    return Exam(*head, shifts, sites, rooms)


def _der(path: Path) -> bytes:
    raw = path.read_bytes()
    return ssl.PEM_cert_to_DER_cert(raw.decode()) if raw.startswith(b"-----") else raw


def plan_show(folder: Folder = None, as_json: Json = False) -> int:
    """The plan as the node has it: shifts, sites, rooms, how many people where."""
    from proctor_node.adapters import node_folder

    try:
        with node_folder.opened(where(folder), alone=False) as node:
            plan = node.plan
    except (errors.NodeError, OSError) as error:
        return refused(error, as_json=as_json)
    rooms = _room_counts(plan.candidates)
    document = {
        "exam": plan.exam.id, "name": plan.exam.name, "subject": plan.exam.subject, "shift": plan.shift, "version": plan.version,
        "sites": [{"id": s.id, "name": s.name} for s in plan.exam.sites], "rooms": rooms, "candidates": len(plan.candidates),
        "accommodations": sum(c.accommodation.percent > 0 or c.accommodation.minutes > 0 for c in plan.candidates),
    }  # fmt: skip
    lines = [WORDING.line("{exam} · {subject} · {count} candidates, plan {version}", exam=plan.exam.name, subject=plan.exam.subject, count=len(plan.candidates), version=plan.version)]  # fmt: skip
    return told(document, [*lines, *("  " + WORDING.line("{site} shift {shift} room {room}: {candidates}", **r) for r in rooms)], as_json=as_json)  # fmt: skip


def plan_print(
    out: Annotated[Path, typer.Option(file_okay=False, help="folder for the lists")],
    shift: Annotated[str | None, typer.Option()] = None,
    site: Annotated[str, typer.Option(help="one site only")] = "",
    folder: Folder = None,
    as_json: Json = False,
) -> int:
    """Print the lists of every room: for the invigilators, for the door, for collecting papers (PDF)."""
    from proctor_node.adapters import node_folder
    from proctor_node.adapters.pdf import render
    from proctor_node.documents import lists

    written: list[str] = []
    try:
        with node_folder.opened(where(folder), alone=False) as node:
            exam, wanted = node.plan.exam, shift or node.plan.shift
            marks = {r.candidate.sbd: r for r in node.marks(wanted)}
            out.mkdir(parents=True, exist_ok=True)
            for room in exam.rooms:
                rows = [c for c in node.plan.candidates if (c.site, c.room, c.shift) == (room.site, room.id, wanted)]
                if not rows or site not in {"", room.site}:
                    continue
                codes = {c.sbd: node.form_code_of(c) for c in rows}
                place = (exam, wanted, room.site, room.id)
                pages = {
                    "danh-sach": lists.room_list(*place, rows, codes),
                    "dan-cua": lists.door_list(*place, rows),
                    "thu-bai": lists.collection_list(*place, [marks[c.sbd] for c in rows]),
                }
                for kind, html in pages.items():
                    path = out / f"{kind}-{_file_name(room.site)}-{_file_name(room.id)}-ca{_file_name(wanted)}.pdf"
                    path.write_bytes(render(html))
                    written.append(str(path))
    except (errors.NodeError, OSError) as error:
        return refused(error, as_json=as_json)
    return told({"files": written}, written or [WORDING.line("nobody sits there in that shift")], as_json=as_json)


def _file_name(text: str) -> str:
    return "".join(sign if sign.isalnum() else "-" for sign in text)


def roster_set(
    sbd: str,
    shift: Annotated[str, typer.Option()],
    by: Annotated[str, typer.Option("--by", help="administrator who changes it; gives a password")],
    values: Annotated[list[str], typer.Option("--set", help='field and value, "name=Nguyễn Thị Ẩn", "seat=12"')],
    reason: Annotated[str, typer.Option()],
    piped: Piped = False,
    folder: Folder = None,
    as_json: Json = False,
) -> int:
    """Correct one row of the roster; the change is logged and stations are told."""
    from proctor_node.adapters import node_folder
    from proctor_node.rights import Right, check

    try:
        with node_folder.opened(where(folder), alone=True) as node:
            prove(node, (by,), piped=piped)
            check(node.people.accounts[by], Right.PLAN)
            changed = node.correct(sbd, shift, _pairs(values), by, reason)
    except (errors.NodeError, WrongUseError, OSError) as error:
        return refused(error, as_json=as_json)
    document = {
        "sbd": changed.sbd,
        "shift": changed.shift,
        "room": changed.room,
        "seat": changed.seat,
        "name": changed.name,
    }
    return told(
        document, [f"{changed.sbd}: {changed.name}, {changed.site}/{changed.room}/{changed.seat}"], as_json=as_json
    )


def plan_group() -> typer.Typer:
    """`khaothi node plan`."""
    application = typer.Typer(add_completion=False)
    application.command("import")(plan_import)
    application.command("show")(plan_show)
    application.command("print")(plan_print)
    return application


def roster_group() -> typer.Typer:
    """`khaothi node roster`."""
    application = typer.Typer(add_completion=False)
    application.command("check")(roster_check)
    application.command("set")(roster_set)
    return application
