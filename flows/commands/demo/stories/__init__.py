"""The demo's articles, one TOML file per subject: our own prose about dated public facts."""
