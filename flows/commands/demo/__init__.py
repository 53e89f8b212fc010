"""The demo: news of our own writing, served as feeds with the faults real feeds have."""
