"""`drill agents`: what players of whole drills are worth, one beside the other."""
