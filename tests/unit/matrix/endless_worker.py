"""Stands in for a row of the matrix that goes on for minutes: says its pid, and waits."""

import os
import sys
import time

if __name__ == "__main__":
    sys.stderr.write(f"{os.getpid()}\n")
    sys.stderr.flush()
    time.sleep(600)
