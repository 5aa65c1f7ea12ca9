"""The built pages and the fonts. Nothing here knows a person; every page asks the API for what it shows."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from fastapi import APIRouter, FastAPI, Response
from fastapi.responses import FileResponse, HTMLResponse
from fastapi.staticfiles import StaticFiles

from proctor_node.errors import Refused

DIST = Path(__file__).parent / "dist"
UNBUILT = (
    "<!doctype html><meta charset=utf-8><title>khaothi</title><p>The page has not been built: run scripts/bootstrap."
)
WEIGHTS = ("Regular", "Medium", "SemiBold", "Bold")


def _page(name: str) -> Response:
    page = DIST / name
    return FileResponse(page) if page.is_file() else HTMLResponse(UNBUILT, 503)


def install(app: FastAPI) -> None:
    """The page, its parts and its fonts."""
    folder = Path(str(files("fontpkg_be_vietnam_pro"))) / "files"
    pages = APIRouter(include_in_schema=False)

    @pages.get("/fonts/{weight}.ttf")
    async def font(weight: str) -> Response:
        if weight not in WEIGHTS:
            raise Refused("unknown_font")
        return FileResponse(
            folder / f"BeVietnamPro-{weight}.ttf", media_type="font/ttf", headers={"Cache-Control": "max-age=86400"}
        )

    @pages.get("/")
    async def index() -> Response:
        return _page("index.html")

    @pages.get("/teach")
    async def teach() -> Response:
        return _page("teach.html")

    app.include_router(pages)
    if (DIST / "assets").is_dir():
        app.mount("/assets", StaticFiles(directory=DIST / "assets"))
