"""The only code that knows DuckDB; SQL lives beside it in .sql files."""
