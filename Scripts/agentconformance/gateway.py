"""A gateway for one agent, whose every word a check can choose."""
import dataclasses
import itertools
import threading
import time
from typing import Callable, NamedTuple, Optional

from .server import Answer, Call, Server

HEARTBEAT, REGISTER, LEASES = "/v1/leases/heartbeat", "/v1/agents", "/v1/leases"
REPORTS = {"/v1/leases/complete", "/v1/leases/fail", "/v1/leases/release"}


@dataclasses.dataclass
class Heard:
    """A call that came: when, in monotonic seconds, and the status of its answer, which a call that waits has not yet."""
    at: float
    call: Call
    status: Optional[int] = None


class Report(NamedTuple):
    kind: str
    item: dict
    verdict: str


def problem(status: int, code: str, detail: str, retryable: bool = False) -> Answer:
    return Answer(status, {"type": "about:blank", "status": status, "code": code, "title": code.capitalize(),
                           "detail": detail, "retryable": retryable})


class Gateway:
    """All state is used under `changed`, which is notified of each change."""

    def __init__(self, certificate: str, key: str, task_type: str, lease_ms: int, heartbeat_ms: int):
        self.changed = threading.Condition()
        self.server = Server(certificate, key, self.answer)
        self.type, self.lease_ms, self.heartbeat_ms = task_type, lease_ms, heartbeat_ms
        self.tokens = {"first"}
        self.agents = {}  # instance, by id
        self.calls = []  # Heard
        self.reports = []  # Report
        self.ready = []  # grants to come
        self.leased = {}  # grants, by task
        self.granted = {}  # the leases of an answered request, by its number
        self.polls = 0  # lease calls so far: a later one ends the waits of earlier ones
        self.ended_polls = 0
        self.verdicts = {}  # of heartbeats, by task
        self.drain = False
        self.told_drain = False
        self.extras = {}  # members that every answer has besides
        self.faults = {}  # by path: what becomes of the next calls, "drop" (not heard), "lose" (heard) or an Answer
        self.is_closed = False
        self.names = itertools.count(1)

    def change(self, body: Callable[[], None]):
        with self.changed:
            body()
            self.changed.notify_all()

    def wait(self, condition: Callable[[], bool], seconds: float) -> bool:
        """Waits until the condition holds, at most so long; whether it does."""
        with self.changed:
            return self.changed.wait_for(condition, seconds)

    def close(self):
        self.change(lambda: setattr(self, "is_closed", True))
        self.server.stop()

    # What checks do

    def submit(self, task_input: dict, **members) -> str:
        """A task that waits to be leased; its id."""
        task = f"task-{next(self.names)}"
        grant = {"task": task, "type": self.type, "attempt": 1, "epoch": 1, "token": f"secret-{task}-1",
                 "leaseMs": self.lease_ms, "input": task_input, **members}
        self.change(lambda: self.ready.append(grant))
        return task

    def expire(self, task: str):
        """Takes the lease away and lets the task wait for its next attempt."""
        def body():
            old = self.leased.pop(task)
            epoch = old["epoch"] + 1
            self.ready.append({**old, "epoch": epoch, "attempt": epoch, "token": f"secret-{task}-{epoch}"})
        self.change(body)

    def end_polls(self):
        """Ends the lease calls that wait, as if their time were up."""
        self.change(lambda: setattr(self, "ended_polls", self.polls))

    def forget_agents(self):
        self.change(self.agents.clear)

    # What checks read, under the lock or after the agent's end

    def heard(self, *paths: str) -> list:
        return [heard for heard in self.calls if heard.call.path in paths]

    def reports_of(self, task: str) -> list:
        return [report for report in self.reports if report.item.get("task") == task]

    def is_done(self, task: str) -> bool:
        return any(report.verdict == "accepted" for report in self.reports_of(task))

    # Answers

    def answer(self, call: Call) -> Answer:
        with self.changed:
            fault = self.faults.get(call.path, [])
            fault = fault.pop(0) if fault else None
            heard = Heard(time.monotonic(), call)
            self.calls.append(heard)
            self.changed.notify_all()
            if fault == "drop":
                answer = Answer(None)
            elif isinstance(fault, Answer):
                answer = fault
            elif call.token not in self.tokens:
                answer = problem(401, "UNAUTHENTICATED", "the token is nobody's, or not valid any more")
            else:
                answer = self.carry_out(call)
                if fault == "lose":
                    answer = Answer(None)
            heard.status = answer.status
            self.changed.notify_all()
            return answer

    def carry_out(self, call: Call) -> Answer:
        body = call.body
        if call.path == REGISTER:
            known = [name for name, instance in self.agents.items() if instance == body.get("instance")]
            name = known[0] if known else f"agent-{len(self.calls) + 1}"
            self.agents[name] = body.get("instance")
            return Answer(200, {"agent": name, "leaseMs": self.lease_ms, "heartbeatMs": self.heartbeat_ms,
                                "drain": self.drain, **self.extras})
        if call.path != HEARTBEAT and call.path != LEASES and call.path not in REPORTS:
            return problem(404, "NOT_FOUND", "there is no such page")
        if body.get("agent") not in self.agents:
            return problem(404, "AGENT_UNKNOWN", "no such agent is registered here; register again", True)
        if call.path == LEASES:
            return self.lease(body)
        return self.heartbeat(body) if call.path == HEARTBEAT else self.report(call.path.rsplit("/", 1)[1], body)

    def grant(self, number: int, slots: int) -> list:
        leases, self.ready = self.ready[:slots], self.ready[slots:]
        for lease in leases:
            self.leased[lease["task"]] = lease
        self.granted.setdefault(number, []).extend(leases)
        return [{**lease, **self.extras} for lease in leases]

    def lease(self, body: dict) -> Answer:
        self.polls += 1
        mine, number = self.polls, body.get("request", 0)
        again = [lease for lease in self.granted.get(number, []) if lease["task"] in self.leased]
        if again:
            return Answer(200, {"leases": again, "drain": self.drain, **self.extras})
        end = time.monotonic() + min(body.get("waitMs", 0), 30000) / 1000
        while not self.is_closed:
            if mine != self.polls:
                return problem(409, "SUPERSEDED", "a newer lease request is there")
            if self.drain != self.told_drain:
                self.told_drain = self.drain
                return Answer(200, {"leases": [], "drain": self.drain, **self.extras})
            if self.ready and not self.drain and body.get("freeSlots", 0) > 0:
                return Answer(200, {"leases": self.grant(number, body["freeSlots"]), "drain": False, **self.extras})
            left = end - time.monotonic()
            if left <= 0 or mine <= self.ended_polls:
                break
            self.changed.wait(left)
        return Answer(204)

    def fits(self, item: dict) -> bool:
        lease = self.leased.get(item.get("task"))
        return bool(lease) and (lease["epoch"], lease["token"]) == (item.get("epoch"), item.get("token"))

    def heartbeat(self, body: dict) -> Answer:
        verdicts = []
        for item in body.get("leases", []):
            verdict = {"verdict": "ok", "leaseMs": self.lease_ms} if self.fits(item) else {"verdict": "lost"}
            verdicts.append({"task": item.get("task"), **verdict, **self.verdicts.get(item.get("task"), {}), **self.extras})
        self.told_drain = self.drain
        return Answer(200, {"leases": verdicts, "drain": self.drain, **self.extras})

    def report(self, kind: str, body: dict) -> Answer:
        answers = []
        for item in body.get("reports", []):
            same = any((old.kind, old.item) == (kind, item) and old.verdict == "accepted" for old in self.reports)
            verdict = "duplicate" if same else "accepted" if self.fits(item) else "refused"
            if verdict == "accepted":
                del self.leased[item["task"]]
            self.reports.append(Report(kind, item, verdict))
            answer = {"task": item.get("task"), "verdict": verdict, **self.extras}
            if verdict == "refused":
                answer["problem"] = problem(409, "STALE_LEASE", "no lease of this task has this epoch and token").body
            answers.append(answer)
        answer = {"reports": answers, **self.extras}
        if isinstance(body.get("next"), dict):
            slots = 0 if self.drain else body["next"].get("freeSlots", 0)
            answer["leases"] = self.grant(body["next"].get("request", 0), slots)
            answer["drain"] = self.told_drain = self.drain
        return Answer(200, answer)
