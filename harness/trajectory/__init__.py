"""What somebody looked at, believed and did in a drill, step by step, made of its record."""
