"""How a batch of one size grows with the number of keys, and the peak memory at the largest.

python -m benchmarks.scd2.scaling [--engine duckdb] [--sizes 100000 300000 1000000 3000000] [--batch 5000] [--batches 5]
"""

from benchmarks.scd2 import options
from benchmarks.scd2.growth import Case, measure


def main() -> None:
    parser = options.parser(__doc__, batch=5_000)
    parser.add_argument("--sizes", type=int, nargs="+", default=[100_000, 300_000, 1_000_000, 3_000_000])
    chosen = parser.parse_args()
    measure(chosen, [Case(f"{size} keys", size) for size in sorted(chosen.sizes)])


if __name__ == "__main__":
    main()
