-- One row per row of the view, in one folder per month (UTC) of its date.
COPY (SELECT *, strftime({date}, '%Y-%m') AS month FROM {view})
TO '{path}' (FORMAT parquet, PARTITION_BY (month), COMPRESSION zstd);
