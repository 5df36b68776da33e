"""How long a user waits for the first answer: medians of fresh processes.

Run: python benchmarks/start_up.py
"""

import statistics
import subprocess
import sys
import time

COMMANDS = {
    "python -c pass": ["-c", "pass"],
    "import probstats": ["-c", "import probstats"],
    "probstats --help": ["-m", "probstats", "--help"],
    "import pandas": ["-c", "import pandas"],
    "load_panel()": ["-c", "import probstats as ps; ps.load_panel()"],
    "CumulativeLinkModel": ["-c", "import probstats as ps; ps.CumulativeLinkModel"],
}


def seconds(arguments, repeats=7):
    times = []
    for _ in range(repeats):
        started = time.perf_counter()
        subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
        times.append(time.perf_counter() - started)
    return statistics.median(times)


if __name__ == "__main__":
    for name, arguments in COMMANDS.items():
        print(f"{name:<22} {seconds(arguments):6.3f} s")
