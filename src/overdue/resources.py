"""Where the files that ship with the project lie: code book, lexicon, gold, sample articles, notebooks.

In a checkout they stand at the top level (`data/`, `notebooks/`); in an installed wheel they travel inside
the package. Nothing else in the project knows about paths.
"""

import hashlib
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
CHECKOUT = PACKAGE.parent.parent


def resource(kind: str, *parts: str) -> Path:
    """Path of a shipped file or folder; `kind` is `data` or `notebooks`.

    Raises
    ------
    FileNotFoundError
        Neither the installed package nor a checkout holds it.
    """
    for base in (PACKAGE / f"_{kind}", CHECKOUT / kind):
        path = base.joinpath(*parts)
        if path.exists():
            return path
    raise FileNotFoundError(f"{kind}/{'/'.join(parts)} is missing from this installation of overdue; reinstall it")


def checksum(path: Path) -> str:
    """Hex SHA-256 of a file, or of all files below a folder with their names, in a fixed order; caches are left out."""
    digest = hashlib.sha256()
    files = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file() and p.suffix != ".pyc")
    for file in files:
        digest.update(file.relative_to(path if path.is_dir() else path.parent).as_posix().encode())
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()
