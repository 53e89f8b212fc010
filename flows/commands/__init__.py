"""One module per group of commands; each registers itself with the app in flows/cli.py."""
