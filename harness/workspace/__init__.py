"""The drill's own git repository of the shop: its history, releases and participants' clone."""
