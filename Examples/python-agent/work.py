"""What the agent does: put your own work here. It runs in a process of its own for each task, which may keep the processor
busy, leak or crash; only the task fails then."""
import time


def work(task_type, task_input, checkpoint, say):
    """Returns the result, as JSON takes it; raises ValueError where the same input would fail again, any other error where
    another attempt may succeed.

    `checkpoint` is what an earlier attempt saved, or None. `say(progress={"done": 1, "total": 3})` shows how far it is, and
    `say(checkpoint=…)` saves what the next attempt needs to go on from here.
    """
    if task_type != "echo":
        raise ValueError(f"this agent knows no task type {task_type}")
    steps = max(task_input.get("progressSteps", 0), 1)
    for step in range(checkpoint or 0, steps):
        time.sleep(task_input.get("delayMs", 0) / 1000 / steps)
        say(progress={"done": step + 1, "total": steps})
        say(checkpoint=step + 1)
    return task_input.get("result", {})
