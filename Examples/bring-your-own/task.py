#!/usr/bin/env python3
"""A task as a command, for DAS_EXEC: counts words, a line at a time. Its input is {"text": "…", "pause": 0.1}."""
import collections
import json
import os
import sys
import time


def say(**instruction):
    """A line for the agent; any other line on standard error goes to the log."""
    print(json.dumps(instruction), file=sys.stderr, flush=True)


task = json.load(sys.stdin)
if not isinstance(task.get("text"), str):
    print(json.dumps({"code": "NO_TEXT", "message": "the input has no text, a string"}))
    sys.exit(65)  # the same input would fail again; with any other code it is tried again

counts, first = collections.Counter(), 0
if "DAS_CHECKPOINT_FILE" in os.environ:  # an earlier attempt got so far
    with open(os.environ["DAS_CHECKPOINT_FILE"]) as file:
        checkpoint = json.load(file)
    counts, first = collections.Counter(checkpoint["counts"]), checkpoint["lines"]
    print(f"attempt {os.environ['DAS_ATTEMPT']} goes on at line {first}", file=sys.stderr)

lines = task["text"].splitlines()
for number, line in enumerate(lines[first:], first + 1):
    counts.update(line.split())
    time.sleep(task.get("pause", 0))
    say(progress={"done": number, "total": len(lines)})
    say(checkpoint={"lines": number, "counts": counts})
print(json.dumps({"words": counts}))
