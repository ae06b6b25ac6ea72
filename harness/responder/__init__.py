"""The unattended participant: it sees what participants see, and reasons by general rules.

`observations` is what it saw; `changes calls diffs symptoms suspects hypotheses` are pure
functions from there to what it believes; `client look play words` are the process around them,
and `fence` keeps that process away from everything but the drill's HTTP API.
"""
