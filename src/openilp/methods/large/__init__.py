"""Beyond memory: counts over Parquet files of any size, with DuckDB or Polars on one machine and with Spark on many."""

from openilp.methods.large.counts import GridCounts, PairCounts
from openilp.methods.large.one_machine import count_pairs, grid_counts, grid_counts_polars
from openilp.methods.large.spark import count_pairs_spark, grid_counts_spark

__all__ = [
    "GridCounts",
    "PairCounts",
    "count_pairs",
    "count_pairs_spark",
    "grid_counts",
    "grid_counts_polars",
    "grid_counts_spark",
]
