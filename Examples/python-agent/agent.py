#!/usr/bin/env python3
"""An agent that speaks the gateway's protocol itself, with Python's standard library alone; what it does is in work.py."""
import contextlib, json, multiprocessing, os, random, signal, ssl, threading, time, types, urllib.request, uuid
from work import work

PROCESSES = multiprocessing.get_context("forkserver")
READY = os.path.join(os.environ.get("DAS_RUNTIME_DIR", "/tmp"), "das-agent-ready")  # the readiness probe: test -e FILE
clock = lambda: time.clock_gettime(time.CLOCK_BOOTTIME)  # goes on while the machine is suspended, and nobody sets it
TOO_LARGE = "fail", {"kind": "permanent", "code": "RESULT_TOO_LARGE", "message": "a report holds at most 1 MiB of result"}
mine = threading.local()


def run(grant, pipe):
    """The process of one attempt."""
    os.setpgid(0, 0)  # killed together with what it starts
    signal.setitimer(signal.ITIMER_REAL, min(grant.get("timeoutMs") or 1e9, grant.get("deadlineMs") or 1e9) / 1000)
    try:
        result = work(grant["type"], grant["input"], grant.get("checkpoint"), lambda **said: pipe.send(said))
        pipe.send({"end": ("complete", {"result": result}) if len(json.dumps(result)) < 1 << 20 else TOO_LARGE})
    except Exception as error:
        kind = "permanent" if isinstance(error, ValueError) else "retryable"
        pipe.send({"end": ("fail", {"kind": kind, "code": type(error).__name__.upper(), "message": str(error)})})


def call(path, body, timeout=30):
    """Returns the status (0: no answer) and the answer. After a failure it rests, longer each time, half of it random."""
    try:
        with open(os.environ["DAS_TOKEN_FILE"]) as file:  # read for each call: tokens rotate
            headers = {"Authorization": "Bearer " + file.read().strip(), "Content-Type": "application/json"}
        request = urllib.request.Request(os.environ["DAS_GATEWAY_URL"] + path, json.dumps(body).encode(), headers)
        tls = ssl.create_default_context(cafile=os.environ.get("DAS_CA_FILE")) if request.type == "https" else None
        with urllib.request.urlopen(request, timeout=timeout, context=tls) as response:
            status, answer = response.status, json.loads(response.read() or b"{}")
    except Exception as error:  # whatever it was: the next try is the same
        status, answer = getattr(error, "code", 0), {"detail": str(error)}
        with contextlib.suppress(Exception):  # a refusal says why, but where a proxy makes it
            answer = json.loads(error.read())
    mine.failures = 0 if status in (200, 204, 409) else getattr(mine, "failures", 0) + 1
    if mine.failures:
        print(f"{path}: {status or 'no answer'}, {answer.get('detail')}", flush=True)
        time.sleep(min(10, 0.1 * 2 ** min(mine.failures, 8)) * random.uniform(0.5, 1))
    return status, answer


class Agent:
    def __init__(self):
        self.changed, self.stopping, self.instance = threading.Condition(), threading.Event(), uuid.uuid4().hex
        self.id, self.request, self.slots = None, 0, int(os.environ.get("DAS_CONCURRENCY") or 1)
        self.interval, self.held = 2, {}  # seconds between heartbeats; the attempts, by the tokens of their leases
        self.drain = self.over = False  # told to lease no more; no time is left for attempts

    def heard(self, answer):
        with self.changed:  # what any answer may say besides
            if answer.get("code") == "AGENT_UNKNOWN":
                self.id = None  # the gateway has forgotten this agent: it registers again
            self.drain = answer.get("drain", self.drain)
            open(READY, "w").close() if self.id and not self.drain else os.path.exists(READY) and os.unlink(READY)
            self.changed.notify_all()

    def register(self):
        names = [name for name in os.environ.get("DAS_CAPABILITIES", "").split(",") if name]
        status, answer = call("/v1/agents", {
            "namespace": os.environ["DAS_NAMESPACE"], "swarm": os.environ["DAS_SWARM"], "name": os.environ["DAS_AGENT"],
            "instance": self.instance, "slots": self.slots, "version": "1", "capabilities": names})
        if status == 200:  # a new lease is to be acknowledged within 5 s, so it beats twice in that time
            self.id, self.interval = answer["agent"], min(answer["heartbeatMs"] / 1000, 2)
            self.heard(answer)

    def lease(self):
        """Asks for leases for free slots only. Each request has a new number, but for one whose answer got lost."""
        lost = None
        while not self.stopping.is_set():
            if not self.id:
                self.register()
                continue
            with self.changed:
                free = self.slots - len(self.held)
                if self.drain or free == 0 or self.stopping.is_set():
                    self.changed.wait(1)
                    continue
                self.request += lost is None
                ask = {"agent": self.id, "request": lost or self.request, "freeSlots": free, "waitMs": 25000}
            status, answer = call("/v1/leases", ask, timeout=40)
            lost = None if status in (200, 204, 404, 409) else ask["request"]
            for grant in answer.get("leases", []):
                if grant["token"] not in self.held:
                    held = types.SimpleNamespace(grant=grant, said={}, verdict="ok", expires=clock() + grant["leaseMs"] / 1000)
                    held.key = {name: grant[name] for name in ("task", "epoch", "token")}  # said with all about it
                    self.held[grant["token"]] = held
                    threading.Thread(target=self.attempt, args=(held,), daemon=True).start()
            self.heard(answer)

    def beat(self):
        """Heartbeats, whatever the attempts do. An idle agent sends them, too."""
        while not time.sleep(self.interval):
            sent, attempts = clock(), list(self.held.values())
            if self.id or self.register():
                beats = [{**held.key, **held.said} for held in attempts]
                answer = call("/v1/leases/heartbeat", {"agent": self.id, "leases": beats}, timeout=self.interval)[1]
                for held, item in zip(attempts, answer.get("leases", [])):
                    held.verdict = item["verdict"] if held.verdict != "lost" else "lost"
                    held.expires = max(held.expires, sent + item.get("leaseMs", 0) / 1000)
                self.heard(answer)

    def attempt(self, held):
        """Watches over the process of one attempt, and reports its end until that was heard."""
        pipe, theirs, report = *PROCESSES.Pipe(), None
        process = PROCESSES.Process(target=run, args=(held.grant, theirs), daemon=True)
        process.start()
        theirs.close()
        while not report and held.verdict != "lost":
            if self.over or clock() > held.expires:  # without heartbeats the lease may be another's by now
                report = "release", {"checkpoint": held.said.get("checkpoint", held.grant.get("checkpoint"))}
            elif held.verdict == "cancel":
                report = "fail", {"kind": "permanent", "code": "CANCELLED", "message": "the task was cancelled"}
            elif pipe.poll(0.05):
                try:
                    said = pipe.recv()
                    report = said.pop("end", None)
                    held.said = {**held.said, **said}
                except EOFError:
                    report = "fail", {"kind": "retryable", "code": "CRASHED", "message": "it crashed, or took too long"}
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        while report and held.verdict != "lost":  # the same again, until the gateway says what became of it
            status, answer = call(f"/v1/leases/{report[0]}", {"agent": self.id, "reports": [{**held.key, **report[1]}]})
            self.heard(answer)
            problem = answer["reports"][0].get("problem") or {} if status == 200 else answer
            if status in (200, 400, 409, 413, 422) and not problem.get("retryable"):
                break
        with self.changed:
            del self.held[held.grant["token"]]
            self.changed.notify_all()

    def serve(self):
        signal.signal(signal.SIGTERM, lambda *_: self.stopping.set())
        threading.Thread(target=self.lease, daemon=True).start()
        threading.Thread(target=self.beat, daemon=True).start()
        self.stopping.wait()
        end = clock() + float(os.environ.get("DAS_DRAIN_SECONDS") or 30)
        with self.changed: self.request += 1  # one for nothing, with the highest number, ends the one that still waits
        call("/v1/leases", {"agent": self.id, "request": self.request, "freeSlots": 0, "waitMs": 0})
        while self.held and clock() < end + 10:
            self.over = clock() >= end
            time.sleep(0.05)


if __name__ == "__main__":
    Agent().serve()
