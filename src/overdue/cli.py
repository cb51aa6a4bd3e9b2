"""The command `overdue`: parses words, calls the package, turns errors into one line and an exit code.

0 done; 1 done, but some input was set aside; 2 wrong usage or nothing usable.
"""

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from overdue.articles import InputError, SetAside

DONE, SOME_SET_ASIDE, UNUSABLE = 0, 1, 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    options = _parser().parse_args(argv)
    try:
        code: int = options.run(options)
    except (InputError, RuntimeError, OSError) as error:
        print(f"overdue: {_printable(str(error))}", file=sys.stderr)
        return UNUSABLE
    except KeyboardInterrupt:
        print("overdue: stopped; nothing was changed", file=sys.stderr)
        return 130
    return code


def _build(options: argparse.Namespace) -> int:
    from overdue.build import build_corpus

    with _progress("articles") as progress:
        report = build_corpus(options.articles, options.out, options.codebook, options.workers, progress)
    counts = report.counts
    print(
        f"{options.out}: {counts['articles']} articles, {counts['sentences']} sentences, {counts['codes']} codes, "
        f"{counts['edits']} edits"
    )
    return _report_set_aside(report.setaside)


def _report(options: argparse.Namespace) -> int:
    from overdue.corpus import load_corpus
    from overdue.report import write_report

    corpus = load_corpus(options.corpus)
    with _progress("pages") as progress:
        index = write_report(corpus, options.out, progress)
    print(f"{index}: open it in a browser")
    return _report_set_aside([SetAside(row.source, row.reason) for row in corpus.setaside.itertuples()])


def _train(options: argparse.Namespace) -> int:
    from overdue.codebook import load_codebook
    from overdue.training import train_coder

    model = train_coder(load_codebook(), options.out)
    print(f"{options.out}: {len(model.codes)} codes, {model.weights.nnz:,} weights")
    return DONE


def _report_set_aside(items: Sequence[SetAside]) -> int:
    for item in items:
        print(f"set aside: {_printable(item.source)}: {_printable(item.reason)}", file=sys.stderr)
    return SOME_SET_ASIDE if items else DONE


@contextmanager
def _progress(unit: str) -> Iterator[Callable[[int], None]]:
    """A progress bar on a terminal, nothing elsewhere: the closing line is enough for a log."""
    from tqdm import tqdm

    with tqdm(unit=f" {unit}", disable=not sys.stderr.isatty(), file=sys.stderr, leave=False) as bar:

        def advance(done: int) -> None:
            bar.update(done)

        yield advance


def _printable(text: str) -> str:
    """`text` on one line and without control characters: file names may hold terminal escapes."""
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="overdue", description="From a folder of Chinese web articles to an analytical report."
    )
    commands = parser.add_subparsers(required=True, metavar="command")
    build = commands.add_parser("build", help="raw articles -> corpus folder")
    build.add_argument(
        "articles",
        type=Path,
        metavar="ARTICLES",
        help="a folder, one article, or a table (.jsonl .csv .parquet)",
    )
    build.add_argument("--out", type=Path, required=True, metavar="DIR", help="the corpus folder to write")
    build.add_argument("--codebook", type=Path, metavar="FILE", help="another code book than the shipped one")
    build.add_argument("--workers", type=_positive, default=1, metavar="N", help="processes to use (default 1)")
    build.set_defaults(run=_build)
    report = commands.add_parser("report", help="corpus folder -> HTML report")
    report.add_argument("--corpus", type=Path, metavar="DIR", help="a corpus folder (default: the shipped sample)")
    report.add_argument("--out", type=Path, required=True, metavar="DIR", help="where the pages go")
    report.set_defaults(run=_report)
    train = commands.add_parser("train", help="gold -> coding model")
    train.add_argument("--out", type=Path, required=True, metavar="DIR", help="where the model goes")
    train.set_defaults(run=_train)
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


if __name__ == "__main__":
    sys.exit(main())
