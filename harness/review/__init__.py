"""A drill that is over, with everything that was there to be seen: keeping it, opening it again,
and carrying it elsewhere as one file."""
