"""What a check is, and what it has."""
import threading
import time
from typing import Callable, NamedTuple

from .agent import AgentProcess
from .gateway import HEARTBEAT, LEASES, Gateway


class Failed(Exception):
    """The agent breaks the protocol; the message says how."""


class Settings(NamedTuple):
    """What the agent is to be tested with. Times are in seconds."""
    command: list
    certificate: str
    key: str
    task_type: str
    quick: dict  # an input that is done at once
    slow: dict  # an input that takes much longer than any check waits
    medium: dict  # an input that takes a second or three
    checkpoint: object  # what an attempt may have saved at its beginning
    lease: float
    heartbeat: float
    patience: float  # how long whatever should come soon may take


class Trial:
    """One check's own gateway and agent."""

    def __init__(self, settings: Settings, slots: int, drain_seconds: int):
        self.settings, self.slots = settings, slots
        self.gateway = Gateway(settings.certificate, settings.key, settings.task_type, int(settings.lease * 1000),
                               int(settings.heartbeat * 1000))
        self.drain_seconds = drain_seconds
        self.agent = None

    def start(self):
        self.gateway.server.start()
        self.agent = AgentProcess(
            self.settings.command, self.gateway, self.settings.certificate, self.slots, self.drain_seconds)

    def close(self):
        if self.agent:
            self.agent.close()
        self.gateway.close()

    def expect(self, condition: Callable[[], bool], what: str, seconds: float = None):
        """Fails unless the condition comes true soon."""
        seconds = self.settings.patience if seconds is None else seconds
        if not self.gateway.wait(condition, seconds):
            raise Failed(f"{what}: that did not happen within {seconds:g} s")

    def never(self, condition: Callable[[], bool], what: str, seconds: float):
        """Fails where the condition comes true meanwhile."""
        if self.gateway.wait(condition, seconds):
            raise Failed(what)

    def registered(self):
        self.expect(lambda: self.gateway.agents and self.gateway.heard(LEASES), "it registers and asks for leases")

    def run_slow(self) -> str:
        """A task that is leased and goes on, and was heartbeaten."""
        task = self.gateway.submit(self.settings.slow)
        self.expect(lambda: task in self.gateway.leased, "it takes a task")
        self.expect(lambda: self.beats(task), "it heartbeats the lease")
        return task

    def run_quick(self, what: str = "it completes a task") -> str:
        task = self.gateway.submit(self.settings.quick)
        self.expect(lambda: self.gateway.is_done(task), what)
        return task

    def beats(self, task: str) -> list:
        """The heartbeats so far that name the task."""
        return [heard for heard in self.gateway.heard(HEARTBEAT)
                if any(item.get("task") == task for item in heard.call.body.get("leases", []))]


class Check(NamedTuple):
    name: str
    title: str
    slots: int
    drain_seconds: int
    body: Callable[[Trial], None]


class Outcome(NamedTuple):
    check: Check
    reason: str  # empty: passed
    log: list  # the last the agent said
    seconds: float


CHECKS = []


def check(name: str, slots: int = 1, drain_seconds: int = 30):
    """Makes a function a check; its documentation is the check's title."""
    def register(body):
        CHECKS.append(Check(name, body.__doc__.strip(), slots, drain_seconds, body))
        return body
    return register


def perform(one: Check, settings: Settings) -> Outcome:
    trial, reason, began = Trial(settings, one.slots, one.drain_seconds), "", time.monotonic()
    log = []
    try:
        trial.start()
        one.body(trial)
    except Failed as failure:
        reason = str(failure)
        ended = trial.agent.process.poll()
        if ended is not None:
            reason += f" (the agent ended, with exit code {ended})"
    finally:
        if reason and trial.agent:
            log = trial.agent.last_lines()
        trial.close()
    return Outcome(one, reason, log, time.monotonic() - began)


def perform_all(checks: list, settings: Settings, jobs: int, report: Callable[[Outcome], None]) -> list:
    """Performs checks, several at a time; outcomes in the order of the checks, told as they come."""
    outcomes, left, lock = {}, list(checks), threading.Lock()

    def worker():
        while True:
            with lock:
                if not left:
                    return
                one = left.pop(0)
            outcome = perform(one, settings)
            with lock:
                outcomes[one.name] = outcome
                report(outcome)
    threads = [threading.Thread(target=worker) for _ in range(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [outcomes[one.name] for one in checks]
