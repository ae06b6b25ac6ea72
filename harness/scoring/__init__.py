"""Figures and scorecards: pure folds over what was recorded."""
