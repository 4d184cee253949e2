"""Turn Noto Sans as it comes from npm (woff2, cut by script) into the TTF files that the PDF documents need.

Typst reads neither woff nor woff2, and takes one file for each face of a family: the cuts are joined, else it would
print Cyrillic in another family. Run it after ``npm ci`` with the environment that holds fonttools:
``.venv/bin/python frontend/make_document_fonts.py [TARGET]``.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from fontTools.merge import Merger, Options
from fontTools.ttLib import TTFont

HERE = Path(__file__).resolve().parent
FILES = HERE / "node_modules" / "@fontsource" / "noto-sans" / "files"
TARGET = HERE.parent / "src" / "openilp" / "analysis" / "fonts"
SUBSETS = ("latin", "latin-ext", "cyrillic", "cyrillic-ext")
FACES = (("400", "normal"), ("400", "italic"), ("600", "normal"), ("700", "normal"), ("700", "italic"))
# Letters that a wrong cut loses first: Mongolian, Serbian, Estonian, Swedish, Russian.
PROBE = "ӨөҮүЂђЉљÕõÅåЁё"


def unpack_cut(subset: str, weight: str, style: str, folder: Path) -> Path:
    """This function will write one script of one face as TTF and return its path.

    Raises:
        FileNotFoundError: when the npm package is not installed.
    """
    source = FILES / f"noto-sans-{subset}-{weight}-{style}.woff2"
    if not source.is_file():
        message = f"{source} is missing. Run `npm ci` in {HERE} first."
        raise FileNotFoundError(message)
    target = folder / f"{source.stem}.ttf"
    with TTFont(source) as font:
        font.flavor = None
        font.save(target)
    return target


def join_face(weight: str, style: str, target: Path) -> Path:
    """This function will join the scripts of one face into one TTF and return its path.

    Raises:
        ValueError: when the face lacks a letter of a language that OpenILP ships.
    """
    with tempfile.TemporaryDirectory() as folder:
        cuts = [str(unpack_cut(subset, weight, style, Path(folder))) for subset in SUBSETS]
        joined = Merger(Options(drop_tables=["GSUB", "GPOS", "GDEF"])).merge(cuts)
        path = target / f"NotoSans-{weight}-{style}.ttf"
        joined.save(path)
        held = joined.getBestCmap()
    missing = "".join(letter for letter in PROBE if ord(letter) not in held)
    if missing:
        message = (
            f"Noto Sans {weight} {style} lacks the letters {missing!r}; documents would print boxes. "
            "Check the version of @fontsource/noto-sans."
        )
        raise ValueError(message)
    return path


def make_fonts(target: Path) -> list[Path]:
    """This function will make every face and return the files."""
    target.mkdir(parents=True, exist_ok=True)
    return [join_face(weight, style, target) for weight, style in FACES]


def main(arguments: list[str] | None = None) -> int:
    """This function will run the conversion from the command line."""
    parser = argparse.ArgumentParser(description="Make the TTF fonts of the PDF documents.")
    parser.add_argument("target", nargs="?", type=Path, default=TARGET, help="folder for the fonts")
    target = parser.parse_args(arguments).target
    try:
        files = make_fonts(target)
    except (FileNotFoundError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{len(files)} fonts in {target}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
