-- One row per row of the view, in one file.
COPY (SELECT * FROM {view}) TO '{path}' (FORMAT parquet, COMPRESSION zstd);
