"""The demo: articles we wrote ourselves, served as feeds with the faults of real feeds."""
