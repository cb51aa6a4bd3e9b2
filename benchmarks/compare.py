"""Time `overdue build` against the naive script on the same articles in one run, and print ratios: `make bench`."""

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from overdue.gold import references
from overdue.noise import Recipe, add_noise

COPIES = 10
"""Each reference is damaged so many times with other seeds: enough for start-up not to count for most."""


def write_articles(folder: Path) -> int:
    """Damaged copies of the references, seeded; returns their number of bytes."""
    size = 0
    for place, reference in enumerate(references()):
        facts = {
            "name": "",
            "author": "小满",
            "date": "2025-01-01",
            "product": reference.product,
            "site": reference.site,
        }
        for copy in range(COPIES):
            recipe = Recipe(
                seed=1000 * place + copy, script="s2t", pinyin=0.03, half_width=True, chrome=("byline", "related")
            )
            data = add_noise(reference.text, recipe, facts).data
            (folder / f"{reference.article_id}-{copy}.txt").write_bytes(data)
            size += len(data)
    return size


def measure(command: list[str]) -> tuple[float, float]:
    """Wall and CPU seconds of a command and its children."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.perf_counter() - start, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Print a line per run and the ratio to the naive script."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "articles"
        folder.mkdir()
        size = write_articles(folder)
        print(f"{len(list(folder.iterdir()))} articles, {size / 1e6:.1f} MB")
        runs = {
            "naive script": [sys.executable, "benchmarks/naive.py", str(folder)],
            "overdue build": ["overdue", "build", str(folder), "--out", f"{temporary}/one"],
            "overdue build, 2 workers": [
                "overdue",
                "build",
                str(folder),
                "--out",
                f"{temporary}/two",
                "--workers",
                "2",
            ],
        }
        times = {name: measure(command) for name, command in runs.items()}
    base = times["naive script"]
    for name, (wall, cpu) in times.items():
        print(f"{name:26} wall {wall:6.1f} s ({wall / base[0]:.2f} of naive)  CPU {cpu:6.1f} s ({cpu / base[1]:.2f})")


if __name__ == "__main__":
    main()
