"""`khaothi face`: compare two pictures, measure error rates on a folder of people."""

from __future__ import annotations

import time
from itertools import combinations
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from khaothi import command_line
from reader.adapters import face_models
from reader.errors import ReaderError
from reader.face import evaluation, portrait, quality
from reader.face.comparison import only_face
from reader.face.errors import ModelChanged, NoFace
from reader.face.ports import Embedding, FaceEngine
from reader.face.thresholds import engine as engine_facts

EngineName = Literal["sface", "dlib"]
PICTURES = {".jpg", ".jpeg", ".png", ".jp2", ".j2k", ".bin", ".bmp", ".webp"}
Existing = Annotated[Path, typer.Argument(exists=True, dir_okay=False)]
Json = Annotated[bool, typer.Option("--json", help="one JSON document on standard output")]


def compare(a: Existing, b: Existing, engine: EngineName = "sface", as_json: Json = False) -> int:
    """How alike two faces are, and what that stands for. Exit 0 only when the band is `accept`."""
    started = time.process_time()
    try:
        model, facts = face_models.create(engine), engine_facts(engine)
        pictures = [portrait.from_file(path.read_bytes()) for path in (a, b)]
        found = [model.faces(picture) for picture in pictures]
        embeddings = [model.embed(picture, only_face(model, picture)) for picture in pictures]
    except ModelChanged as error:
        return command_line.refuse(
            error.code, str(error), "Run scripts/bootstrap.", as_json=as_json, status=command_line.DEVICE
        )
    except ReaderError as error:
        return command_line.refuse(error.code, str(error), as_json=as_json, status=command_line.NO)
    similarity = model.similarity(*embeddings)
    band = facts.band(similarity)
    document = {
        "similarity": round(similarity, 4),
        "band": band,
        "fmr_at_similarity": facts.fmr_at(similarity),
        "quality": [
            {"faces": len(faces), "flags": list(quality.flags(picture, faces))}
            for picture, faces in zip(pictures, found, strict=True)
        ],
        "engine": engine,
        "model_sha256": model.model_sha256,
        "cpu_seconds": round(time.process_time() - started, 3),
    }
    if as_json:
        command_line.print_json(document)
    else:
        print(
            f"{band}: similarity {similarity:.3f}; at this threshold one in {1 / facts.fmr_at(similarity):,.0f} strangers would pass"
        )
    return 0 if band == "accept" else command_line.NO


def _embedding(model: FaceEngine, path: Path) -> Embedding | None:
    try:
        picture = portrait.from_file(path.read_bytes())
        return model.embed(picture, only_face(model, picture))
    except (NoFace, ReaderError):
        return None


def _people(folder: Path, pattern: str) -> dict[str, list[Path]]:
    found = {}
    for person in sorted(path for path in folder.iterdir() if path.is_dir()):
        pictures = [path for path in sorted(person.glob(pattern)) if path.suffix.lower() in PICTURES]
        if pictures:
            found[person.name] = pictures
    return found


def evaluate(
    folder: Annotated[Path, typer.Argument(metavar="DIR", exists=True, file_okay=False)],
    reference: str = "",
    probe: str = "",
    engine: EngineName = "sface",
    plot: Annotated[Path | None, typer.Option(help="where to draw the DET curve (SVG)")] = None,
    as_json: Json = False,
) -> int:
    """Error rates on a folder with one sub-folder a person; with --reference and --probe pairs are chip against live."""
    try:
        model = face_models.create(engine)
    except ModelChanged as error:
        return command_line.refuse(
            error.code, str(error), "Run scripts/bootstrap.", as_json=as_json, status=command_line.DEVICE
        )
    split = bool(reference and probe)
    sides = [_people(folder, pattern) for pattern in ((reference, probe) if split else ("*",))]
    embedded = [{name: [_embedding(model, path) for path in paths] for name, paths in side.items()} for side in sides]
    failed = sum(vector is None for side in embedded for vectors in side.values() for vector in vectors)
    images = sum(len(vectors) for side in embedded for vectors in side.values())
    genuine, impostor = _pairs(model, embedded, split=split)
    if not genuine or not impostor:
        return command_line.refuse(
            "too_few_pictures", "not enough people with a face", as_json=as_json, status=command_line.NO
        )
    document: dict[str, Any] = {
        "identities": len(set().union(*embedded)),
        "images": images,
        "failed_to_detect": failed,
        "engine": engine,
        **evaluation.measure(genuine, impostor, evaluation.groups_of(folder / "meta.json")),
    }
    if plot is not None:
        plot.write_text(evaluation.det_svg(genuine, impostor), encoding="utf-8")
    if as_json:
        command_line.print_json(document)
    else:
        print(
            f"{document['identities']} people, {document['genuine']} genuine and {document['impostor']} impostor pairs"
        )
        print(f"EER {document['eer']:.4f} {document['eer_ci']}; FNMR at FMR: {document['fnmr_at_fmr']}")
    return 0


def _pairs(
    model: FaceEngine, embedded: list[dict[str, list[Embedding | None]]], *, split: bool
) -> tuple[list[evaluation.Pair], list[evaluation.Pair]]:
    """Similarities of all pairs of one person, and across persons."""
    genuine, impostor = [], []
    one, other = embedded[0], embedded[-1]
    for name, vectors in one.items():
        pairs = ((a, b) for a in vectors for b in other.get(name, [])) if split else combinations(vectors, 2)
        genuine += [
            evaluation.Pair(name, name, model.similarity(a, b)) for a, b in pairs if a is not None and b is not None
        ]
        for stranger in other:
            if stranger == name or (not split and stranger < name):
                continue
            impostor += [
                evaluation.Pair(name, stranger, model.similarity(a, b))
                for a in vectors
                for b in other[stranger]
                if a is not None and b is not None
            ]
    return genuine, impostor


def face(arguments: list[str]) -> int:
    """Entry point of the launcher."""
    application = typer.Typer(add_completion=False, help="Compare faces, measure error rates.", no_args_is_help=False)
    application.command()(compare)
    application.command()(evaluate)
    return command_line.run(application, "face", arguments)
