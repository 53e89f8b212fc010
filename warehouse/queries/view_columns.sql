-- One row per column of a public view, views by name, columns in order.
SELECT
    shown.view_name, shown.comment, field.column_name, field.data_type, field.comment
FROM duckdb_views() AS shown
JOIN duckdb_columns() AS field
    ON field.table_name = shown.view_name
    AND field.schema_name = shown.schema_name
    AND field.database_name = shown.database_name
WHERE NOT shown.internal AND shown.schema_name = 'main'
    AND shown.database_name = current_database()
ORDER BY shown.view_name, field.column_index;
