"""The demo's articles, one TOML file per subject: our own prose on dated public facts."""
