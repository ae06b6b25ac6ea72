"""What is seen of a running shop: metrics and alerts, traces and logs."""
