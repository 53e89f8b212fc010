"""The pass and everything around it: Prefect, HTTP, the clock, the command line."""
