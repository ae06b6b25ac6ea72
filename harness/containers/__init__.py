"""What a drill's stack is made of where each part is a container: the counterpart of stack.py.

Containers speak to each other by name and by the ports of docs/architecture.md; what is published
on 127.0.0.1 has the drill's offset added.
"""
