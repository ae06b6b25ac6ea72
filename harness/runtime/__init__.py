"""What runs the shop: processes on this machine, and the external pieces that they need."""
