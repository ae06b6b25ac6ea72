"""Agents take part: a participant's commands as tools, and the ways in which agents reach them."""
