#!/usr/bin/env python3
"""Writes to both streams, and leaves a result: what a Python job looks like."""
import json
import os
import sys

print("Python", sys.version.split()[0], "runs as", os.environ.get("JTP_RUN_ID", "nobody's run"), flush=True)
for step in range(1, 4):
    print(f"step {step} of 3", flush=True)
    print(f"a remark on step {step}", file=sys.stderr, flush=True)
result = os.environ.get("JTP_RESULT_FILE")
if result:
    with open(result, "w", encoding="utf-8") as file:
        json.dump({"steps": 3}, file)
