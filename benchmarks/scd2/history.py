"""What a batch costs when the log is ten times as long: the same keys, but all of them changed ten times beforehand.

    python -m benchmarks.scd2.history [--engine duckdb] [--keys 100000] [--rounds 10] [--batch 5000] [--batches 5]

The dimension grows with the log, for every change is a version.
"""

from benchmarks.scd2 import options
from benchmarks.scd2.growth import Case, measure


def main() -> None:
    parser = options.parser(__doc__, batch=5_000)
    parser.add_argument("--keys", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=10)
    chosen = parser.parse_args()
    measure(chosen, [Case("short log", chosen.keys), Case("long log", chosen.keys, chosen.rounds)])


if __name__ == "__main__":
    main()
