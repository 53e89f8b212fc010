-- One row per row of the view, in one folder per month of first_seen_at.
COPY (SELECT *, strftime(first_seen_at, '%Y-%m') AS month FROM {view})
TO '{path}' (FORMAT parquet, PARTITION_BY (month), COMPRESSION zstd);
