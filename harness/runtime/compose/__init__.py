"""The Compose runtime: the stack as containers of the Docker engine of this machine.

A release is an image and a container of its own. Which container serves is decided as on the local
runtime: the host holds the listening sockets and hands them from release to release. They are made
by a small container that owns the shop's addresses, and travel over Unix sockets in directories
that the host shares with one container each. See docs/compose.md.
"""
