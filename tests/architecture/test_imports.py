"""Borders that a reader relies on."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("reader", "question_bank", "exam_engine", "station", "proctor_node")


@pytest.mark.parametrize(
    "package", ["proctor_node.node", "exam_engine.admission", "station.runtime", "question_bank.form"]
)
def test_a_package_loads_no_device_no_window_and_no_database_of_another(package):
    code = f"import sys, {package}; print(sorted({{'smartcard', 'PySide6', 'cv2', 'dlib', 'fastapi', 'sqlalchemy'}} & set(sys.modules)))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert told.stdout.strip() == "[]"


def files():
    for package in (*PACKAGES, "khaothi", "hardware_mocks"):
        yield from (ROOT / package).rglob("*.py")


FOREIGN = {
    "smartcard": {f"reader/adapters/pcsc/{name}.py" for name in ("connection", "readers", "status", "watcher")},
    "dlib": {"reader/adapters/face_dlib.py"},
    "cv2": {
        "reader/adapters/face_models.py",
        "reader/adapters/face_landmarks.py",
        "reader/adapters/camera.py",
        "reader/adapters/clips.py",
        "hardware_mocks/camera/warping.py",
    },
    "quickjs": {"question_bank/adapters/formula_renderer.py"},
    "face_recognition": set(),
    "face_recognition_models": set(),
}


def imported(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.split(".")[0]


@pytest.mark.parametrize("library", FOREIGN)
def test_a_foreign_library_is_named_in_one_place(library):
    users = {str(path.relative_to(ROOT)) for path in files() if library in set(imported(path))}
    assert users <= FOREIGN[library]


def test_the_emulated_chip_owes_nothing_to_the_code_it_tests():
    for path in [*(ROOT / "hardware_mocks" / "chip").rglob("*.py"), ROOT / "hardware_mocks" / "issuing_state.py"]:
        assert not set(imported(path)) & {"reader", "station", "exam_engine", "proctor_node"}, path


def errors(package):
    root = importlib.import_module(package)
    for info in pkgutil.walk_packages(root.__path__, f"{package}."):
        if info.name.endswith("errors"):
            module = importlib.import_module(info.name)
            yield from (value for value in vars(module).values() if isinstance(value, type) and issubclass(value, Exception) and value.__module__ == info.name)  # fmt: skip


@pytest.mark.parametrize("package", PACKAGES)
def test_every_error_has_a_code_of_its_own(package):
    codes = [(kind.code, kind.__name__) for kind in errors(package)]
    assert codes
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", code) for code, _ in codes)
    assert len({code for code, _ in codes}) == len(codes)


def test_lock_files_name_no_host():
    for name in ("requirements.lock", "build.lock", "boot.lock", "package-lock.json", ".npmrc"):
        assert "://" not in (ROOT / name).read_text(encoding="utf-8"), name
