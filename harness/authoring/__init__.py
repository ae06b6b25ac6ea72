"""Writing a fault: a clone with a branch for each patch, and checks that need no running shop."""
