"""How long figures take to draw: processor seconds of one core, the least of three.

Every example of the gallery, without the models it fits, and every figure of the paper from its
stored results; each drawn at its usual size, laid out and written as SVG and PNG.

Writes benchmarks/timings/figures.csv: kind (gallery, paper, or all of the paper), figure, rows of
plotted data, seconds to draw, and seconds with both files.

Run: python benchmarks/figures.py, in the root of a checkout
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import time
import warnings
from pathlib import Path

import pandas as pd

from probstats import data
from probstats.errors import ProbstatsWarning
from probstats.files import write_csv
from probstats.study import drawings
from probstats.study.gallery import EXAMPLES, read_example
from probstats.study.steps import read_results

ROOT = Path(__file__).parents[1]
TIMES = 3


def measure(make):
    """Return rows, seconds to draw, and seconds to draw and write, of a function that draws."""
    drawn, written = [], []
    for _ in range(TIMES):
        start = time.process_time()
        drawing = make()
        drawn.append(time.process_time() - start)
        for kind in ("svg", "png"):
            drawing.render(kind)
        written.append(time.process_time() - start)
    return {"rows": len(drawing.data), "draw": min(drawn), "draw_and_write": min(written)}


def gallery():
    """Yield a line for each example; what comes before its last line is not timed."""
    for path in sorted(EXAMPLES.glob("*.py")):
        example = read_example(path)
        again = example.draw([("journal", None)] * (TIMES + 1))
        next(again)  # its data and models
        yield {"kind": "gallery", "figure": path.stem} | measure(lambda again=again: next(again))


def paper():
    """Yield a line for each figure of the paper."""
    results, panel = read_results(ROOT), data.load_panel()
    series, claims = data.national_staffing(), data.national_staffing_claims()
    makers = {
        "ratings-by-programme": lambda: drawings.ratings_by_programme(results),
        "ratings-by-standard": lambda: drawings.ratings_by_standard(panel),
        "national-staffing": lambda: drawings.national_staffing(series, claims),
        "estimates": lambda: drawings.estimates(results),
    }
    for name, make in makers.items():
        yield {"kind": "paper", "figure": name} | measure(make)


def main():
    os.chdir(ROOT)
    warnings.simplefilter("ignore", ProbstatsWarning)
    lines = pd.DataFrame([*gallery(), *paper()])
    whole = lines[lines["kind"] == "paper"].sum(numeric_only=True)
    whole = pd.DataFrame([{"kind": "all of the paper", "figure": "", **whole}])
    table = pd.concat([lines, whole.astype({"rows": int})], ignore_index=True)
    print(table.round(3).to_string(index=False))
    write_csv(ROOT / "benchmarks" / "timings" / "figures.csv", table.round(3))


if __name__ == "__main__":
    main()
