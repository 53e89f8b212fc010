"""An MCP server: the published snapshot as tools for language models and other programs."""
