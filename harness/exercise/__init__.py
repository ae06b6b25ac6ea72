"""The exercise: agenda, clock, people, injects and gate as pure data and folds."""
