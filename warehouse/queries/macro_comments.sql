-- One row per public macro.
SELECT shown.function_name, shown.parameters, shown.comment
FROM duckdb_functions() AS shown
WHERE NOT shown.internal AND shown.schema_name = 'main'
    AND shown.database_name = current_database()
    AND shown.function_type IN ('macro', 'table_macro')
ORDER BY shown.function_name;
