"""`khaothi face`: compare two pictures, measure error rates on a folder of people, judge the liveness of a clip."""

from __future__ import annotations

import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
import typer
from rich.console import Console
from rich.progress import Progress

from khaothi import command_line
from reader import printed
from reader.adapters import clips, det_plot, face_folder, face_models
from reader.adapters.face_landmarks import MeshLandmarker
from reader.cli_arguments import InFile, WrongUseError
from reader.cli_errors import refused
from reader.errors import ReaderError
from reader.face import evaluation, groups, portrait, quality
from reader.face.errors import ClipRefused, ImageRefused, NoFace, NoPairs
from reader.face.liveness.challenge import PROMPTS, Prompt
from reader.face.liveness.limits import DEFAULT
from reader.face.liveness.observing import Observer
from reader.face.liveness.recording import judge
from reader.face.pairing import pair_up
from reader.face.ports import FaceEngine
from reader.face.search import Seen, look_for_one
from reader.face.thresholds import Band
from reader.face.thresholds import engine as engine_facts

EngineName = Literal["sface", "dlib"]
Existing = Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=False)]
Json = Annotated[bool, typer.Option("--json", help="one JSON document on standard output")]
UNREADABLE = "file_unreadable"
Engine = Annotated[EngineName, typer.Option(help="sface (default) or dlib")]


def compare(a: Existing, b: Existing, engine: Engine = "sface", as_json: Json = False) -> int:
    """How alike two faces are, and what that stands for. Exit 0 only when the band is `accept`."""
    started = time.process_time()
    facts = engine_facts(engine)
    seen: list[Seen] = []
    try:
        model = face_models.create(engine)
        for path in (a, b):
            try:
                seen.append(look_for_one(model, portrait.from_file(portrait.read(path))))
            except ReaderError as error:
                raise InFile(path.name, error) from error
    except (ReaderError, OSError) as error:
        return refused(error, as_json=as_json, outside=UNREADABLE)
    similarity = model.similarity(*(model.embed(one.picture, one.faces[0]) for one in seen))
    band: Band = facts.band(similarity)
    if band == "accept" and any(one.rivalled for one in seen):
        band = "refer"  # it is open which of the faces was meant
    document: dict[str, Any] = {
        "similarity": round(similarity, 4),
        "band": band,
        "fmr_at_similarity": facts.fmr_at(similarity),
        "quality": [_quality(one) for one in seen],
        "engine": engine,
        "model_sha256": model.model_sha256,
        "thresholds": {"version": facts.version, "accept": facts.accept, "refer": facts.refer},
        "cpu_seconds": round(time.process_time() - started, 3),
    }
    if as_json:
        command_line.print_json(document)
    else:
        _show(printed.comparison(document, (a.name, b.name)))
    return 0 if band == "accept" else command_line.NO


def _quality(seen: Seen) -> dict[str, Any]:
    return {"faces": len(seen.faces), "flags": [*quality.flags(seen.picture, seen.faces), *seen.flags]}


def evaluate(
    folder: Annotated[Path, typer.Argument(metavar="DIR", exists=True, file_okay=False, readable=False)],
    reference: Annotated[str, typer.Option(help="glob of the reference pictures, for instance 'dg2_*'")] = "",
    probe: Annotated[str, typer.Option(help="glob of the live pictures, for instance 'live_*'")] = "",
    engine: Engine = "sface",
    plot: Annotated[Path | None, typer.Option(help="where to draw the DET curve (.png or .svg)")] = None,
    as_json: Json = False,
) -> int:
    """Error rates on a folder with one sub-folder a person; with --reference and --probe pairs are chip against live."""
    started = time.monotonic()
    try:
        _must_fit(reference, probe, plot)
        document, pairs = _evaluated(folder, reference, probe, engine)
        if plot is not None:
            det_plot.draw(plot, *pairs, engine=engine, identities=document["identities"])
    except (ReaderError, WrongUseError, OSError) as error:
        return refused(error, as_json=as_json, outside=UNREADABLE)
    document["seconds"] = round(time.monotonic() - started, 3)
    if as_json:
        command_line.print_json(document)
    else:
        _show(printed.evaluation(document))
    return 0


def _must_fit(reference: str, probe: str, plot: Path | None) -> None:
    if bool(reference) != bool(probe):
        raise WrongUseError("wrong_use", "--reference and --probe go together")
    if plot is not None and (plot.suffix.lower() not in det_plot.FORMATS or not plot.absolute().parent.is_dir()):
        raise WrongUseError("wrong_use", "--plot needs a name that ends in .png or .svg, in a folder that exists")


def _evaluated(folder: Path, reference: str, probe: str, name: EngineName) -> tuple[dict[str, Any], tuple[evaluation.Pairs, evaluation.Pairs]]:  # fmt: skip
    found = face_folder.scan(folder, reference, probe)
    if not found.people:
        if reference:
            raise NoPairs("{folder} has no sub-folder with a file whose name --reference or --probe tells", folder=folder.name)  # fmt: skip
        raise NoPairs("{folder} has no sub-folder with a file: one folder a person is expected", folder=folder.name)
    paths = [path for files in found.people.values() for path in files]
    looks = _embed(paths, name)
    used = [path for path in paths if looks[path].embedding is not None]
    people = [person for person, files in found.people.items() if any(looks[path].embedding is not None for path in files)]  # fmt: skip
    owner = {path: index for index, person in enumerate(people) for path in found.people[person]}
    vectors = np.array([looks[path].embedding for path in used], np.float32)
    owners = np.array([owner[path] for path in used], np.int32)
    sides = [np.array([path in side for path in used], np.bool_) for side in (found.reference, found.probe)]
    genuine, impostor = pair_up(vectors, owners, sides[0], sides[1], face_models.similarities(name))
    figures = evaluation.measure(genuine, impostor, len(people), engine_facts(name).accept)
    about, note = face_folder.metadata(folder, people)
    members = groups.groups(people, groups.facts_of(about))
    codes = Counter(look.code for look in looks.values() if look.code and not look.ignored)
    left_out = {code: count for code, count in codes.items() if code != "face_not_found"}
    document = {
        "identities": len(people),
        "images": len(used) + codes["face_not_found"],
        "failed_to_detect": codes["face_not_found"],
        "refused": left_out,
        "several_faces": sum(look.several for look in looks.values()),
        "same_picture_twice": _duplicates(folder, looks),
        "engine": name,
        **figures,
        "groups": evaluation.by_group(genuine, impostor, members, len(people), figures["groups_threshold"]),
        "notes": [*([note] if note else []), *face_folder.nested(folder, found)],
    }
    return document, (genuine, impostor)


def _embed(paths: list[Path], name: EngineName) -> dict[Path, face_folder.Look]:
    def create() -> FaceEngine:
        return face_models.create(name)

    with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task("faces", total=len(paths))
        return face_folder.embed_all(paths, create, lambda: progress.advance(task))


def _duplicates(folder: Path, looks: dict[Path, face_folder.Look]) -> list[list[str]]:
    """Files with the same bytes under two people: no impostors, but a mistake in the set."""
    same = defaultdict(list)
    for path, look in looks.items():
        if look.digest:
            same[look.digest].append(path.relative_to(folder))
    return [[str(path) for path in paths] for paths in same.values() if len({path.parts[0] for path in paths}) > 1]


def _show(lines: Iterable[str]) -> None:
    for line in lines:
        print(line)


def liveness(
    clip: Annotated[
        Path,
        typer.Argument(
            metavar="CLIP|DIR", exists=True, readable=False, help="a video, a moving picture, or a folder of frames"
        ),
    ],
    challenge: Annotated[
        str, typer.Option(help="what the person was asked, in order: left, right, blink, closer")
    ] = "",
    rate: Annotated[float, typer.Option(min=1, max=240, help="frames a second of a folder")] = 12.0,
    as_json: Json = False,
) -> int:
    """Whether a clip shows a living person who does what was asked. Exit 0 only for `live`; without --challenge never."""
    try:
        prompts = _prompts(challenge)
        observer = Observer(face_models.create(), MeshLandmarker())
        judged = judge(clips.frames(clip, rate), prompts, observer)
    except (ClipRefused, ImageRefused, NoFace) as error:
        return refused(InFile(clip.name, error), as_json=as_json)
    except (ReaderError, WrongUseError, OSError) as error:
        return refused(error, as_json=as_json, outside=UNREADABLE)
    outcome = judged.outcome
    document = {
        "verdict": outcome.verdict,
        "steps": [{"prompt": step.prompt, "result": step.result, "seconds": step.seconds} for step in outcome.steps],
        "identity_kept": outcome.identity_kept,
        "flags": list(outcome.flags),
        "depth": None if outcome.depth is None else round(outcome.depth, 4),
        "frames": judged.frames,
        "seconds": judged.seconds,
        "limits": DEFAULT.version,
        "model_sha256": list(observer.models),
    }
    if as_json:
        command_line.print_json(document)
    else:
        _show(printed.liveness(document))
    return 0 if outcome.verdict == "live" else command_line.NO


def _prompts(challenge: str) -> tuple[Prompt, ...]:
    named = [word.strip().lower() for word in challenge.split(",")] if challenge.strip() else []
    known: dict[str, Prompt] = {prompt: prompt for prompt in PROMPTS}
    if wrong := [word for word in named if word not in known]:
        raise WrongUseError("wrong_use", "--challenge knows {known}; not {wrong}", known=", ".join(PROMPTS), wrong=", ".join(f'"{word}"' for word in wrong))  # fmt: skip
    return tuple(known[word] for word in named)


def face(arguments: list[str]) -> int:
    """Entry point of the launcher."""
    application = typer.Typer(
        add_completion=False, help="Compare faces, measure error rates, judge liveness.", no_args_is_help=False
    )
    application.command()(compare)
    application.command()(evaluate)
    application.command()(liveness)
    with suppress(BrokenPipeError):
        return command_line.run(application, "face", arguments)
    return 0
