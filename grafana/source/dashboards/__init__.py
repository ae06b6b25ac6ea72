"""The dashboards, one a module. They show symptoms; no panel names a cause."""
