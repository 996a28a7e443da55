"""A run on disk: plan, manifest, trials, results; reading, checking and repeating it."""
