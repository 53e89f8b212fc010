"""The only code that uses DuckDB; its SQL lives in .sql files beside it."""
