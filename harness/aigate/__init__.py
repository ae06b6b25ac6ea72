"""The AI gate: a reverse proxy between participants and the providers of models.

Closed by default and on any doubt; docs/ai-gate.md says what it promises and what it cannot.
"""
