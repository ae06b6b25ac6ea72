"""The shop's customers and its support desk: open-loop load on the gateway.

Requests arrive on a schedule, whatever became of earlier ones, as customers do. What they do is in
`journeys/`, how many come and when in `profiles/*.toml`. Run as `python -m loadgen.main`, set up
by the environment (`settings.py`).

The catalogue is a JSON file that names what may be asked for:

    {"skus": ["MUG-01", …], "user_ids": [1, 2000], "order_ids": ["…", …]}

`user_ids` are the first and the last customer; `order_ids` are some orders of the past.
"""
