"""What an agent has to do, check by check. The protocol is that of the gateway's version 1."""
import time

from .check import Failed, check
from .gateway import HEARTBEAT, LEASES, REGISTER, REPORTS
from .server import Answer

COMPLETE = "/v1/leases/complete"


@check("register", slots=3)
def register(trial):
    """It registers as what its environment says"""
    trial.registered()
    body = trial.gateway.heard(REGISTER)[0].call.body
    expected = {"namespace": "conformance", "swarm": "swarm", "name": "swarm-1", "slots": 3}
    for name, value in expected.items():
        if body.get(name) != value:
            raise Failed(f"its registration says {name} {body.get(name)!r}, not {value!r}")
    if not isinstance(body.get("instance"), str) or not body["instance"]:
        raise Failed("its registration has no instance, a random text for the life of the process")
    if not isinstance(body.get("version"), str) or not body["version"]:
        raise Failed("its registration has no version")
    if not isinstance(body.get("capabilities"), list):
        raise Failed("its registration has no capabilities, the list of its task types")


@check("complete")
def complete(trial):
    """It runs tasks one after the other, and reports each under the lease it was given"""
    for _ in range(3):
        task = trial.run_quick()
        report = trial.gateway.reports_of(task)[0]
        if report.kind != "complete" or "result" not in report.item:
            raise Failed(f"it reports {report.kind} with {sorted(report.item)}, not complete with a result")


@check("keys", slots=2)
def keys(trial):
    """Every heartbeat and report carries the epoch and the token of the lease"""
    slow = trial.run_slow()
    quick = trial.run_quick()
    lease = trial.gateway.leased[slow]
    for heard in trial.beats(slow):
        for item in heard.call.body["leases"]:
            if item.get("task") == slow and (item.get("epoch"), item.get("token")) != (lease["epoch"], lease["token"]):
                raise Failed(f"a heartbeat says epoch {item.get('epoch')!r}, token {item.get('token')!r} of a lease with "
                             f"epoch {lease['epoch']}, token {lease['token']!r}")
    trial.gateway.expire(slow)
    trial.expect(lambda: slow in trial.gateway.leased, "it takes the task again under its next epoch", 10)
    trial.expect(lambda: any(item.get("epoch") == 2 for heard in trial.beats(slow) for item in heard.call.body["leases"]
                             if item.get("task") == slow), "it heartbeats with the new epoch")
    refused = [report for report in trial.gateway.reports if report.verdict == "refused" and report.item.get("epoch") == 2]
    if refused or trial.gateway.reports_of(quick)[0].verdict != "accepted":
        raise Failed("its report does not carry the epoch and token of the lease")


@check("slots", slots=2)
def slots(trial):
    """It asks for leases for free slots only"""
    trial.registered()
    first = trial.gateway.heard(LEASES)[0].call.body
    if first.get("freeSlots") not in (1, 2):
        raise Failed(f"with two free slots it asks for {first.get('freeSlots')}")
    for held in (1, 2):
        # Behind those that came before: the one that waits gets the task.
        before = len(trial.gateway.heard(LEASES))
        trial.run_slow()
        trial.never(lambda: any(heard.call.body.get("freeSlots", 0) > 2 - held
                                for heard in trial.gateway.heard(LEASES)[before:]),
                    f"with {held} of 2 slots at work it asks for more leases than {2 - held}", 1.5)
    third = trial.gateway.submit(trial.settings.quick)
    trial.never(lambda: third in trial.gateway.leased, "it takes a third task for two slots", 1)


@check("requests", slots=2)
def requests(trial):
    """The numbers of its lease requests rise; one whose answer was lost is asked again under its number"""
    trial.registered()
    trial.gateway.change(lambda: trial.gateway.faults.update({LEASES: ["lose"]}))
    # The call that waits now is heard already; the next one's answer is lost, with the leases in it.
    trial.run_quick()
    lost = trial.gateway.submit(trial.settings.quick)
    trial.expect(lambda: trial.gateway.is_done(lost), "a lease whose answer was lost is asked for again, and run", 15)
    trial.run_quick()
    last = 0
    failed = set()
    for heard in trial.gateway.calls:
        asked = heard.call.body if heard.call.path == LEASES else heard.call.body.get("next")
        if heard.call.path not in (LEASES, COMPLETE) or not isinstance(asked, dict):
            continue
        number = asked.get("request")
        if not isinstance(number, int) or number < last or (number == last and number not in failed):
            raise Failed(f"request {number!r} comes after request {last}")
        last = number
        if heard.status not in (200, 204, 409):
            failed.add(number)


@check("heartbeats", slots=2)
def heartbeats(trial):
    """It heartbeats in time: when it is idle, and while all its slots are at work"""
    trial.registered()
    limit = trial.settings.lease / 2
    trial.expect(lambda: trial.gateway.heard(HEARTBEAT), "it heartbeats while it has no lease", limit)
    tasks = [trial.gateway.submit(trial.settings.slow) for _ in range(2)]
    trial.expect(lambda: all(task in trial.gateway.leased for task in tasks), "it takes a task for each slot")
    began = time.monotonic()
    trial.expect(lambda: all(trial.beats(task) for task in tasks), "it acknowledges its leases by a heartbeat", limit)
    count = len(trial.gateway.heard(HEARTBEAT))
    wanted = count + 6
    trial.expect(lambda: len(trial.gateway.heard(HEARTBEAT)) >= wanted, "it goes on to heartbeat", 6 * limit)
    times = [began] + [heard.at for heard in trial.gateway.heard(HEARTBEAT) if heard.at > began]
    gap = max(later - earlier for earlier, later in zip(times, times[1:]))
    if gap > limit:
        raise Failed(f"{gap:.1f} s pass between two heartbeats, of a lease of {trial.settings.lease:g} s")
    last = trial.gateway.heard(HEARTBEAT)[-1].call.body
    if {item.get("task") for item in last.get("leases", [])} != set(tasks):
        raise Failed("a heartbeat does not name all the leases that are held")


@check("cancel")
def cancel(trial):
    """A cancelled attempt stops, says so, and leaves its slot to the next"""
    task = trial.run_slow()
    trial.gateway.change(lambda: trial.gateway.verdicts.update({task: {"verdict": "cancel", "graceMs": 1000}}))
    trial.expect(lambda: trial.gateway.is_done(task), "a cancelled attempt is reported")
    report = trial.gateway.reports_of(task)[0]
    if report.kind != "complete" and (report.kind, report.item.get("code")) != ("fail", "CANCELLED"):
        raise Failed(f"a cancelled attempt is reported as {report.kind} {report.item.get('code')!r}, not fail CANCELLED")
    trial.run_quick("after a cancelled attempt the slot takes the next task")


@check("lost")
def lost(trial):
    """An attempt whose lease is lost stops, and nothing is reported of it"""
    task = trial.run_slow()
    trial.gateway.change(lambda: (trial.gateway.leased.pop(task),
                                  trial.gateway.verdicts.update({task: {"verdict": "lost", "leaseMs": None}})))
    trial.expect(lambda: any(heard.at > trial.beats(task)[0].at for heard in trial.beats(task)), "the next heartbeat")
    trial.run_quick("after a lost lease the slot takes the next task")
    if trial.gateway.reports_of(task):
        raise Failed(f"it reports {trial.gateway.reports_of(task)[0].kind} of a lease that it was told is lost")
    count = len(trial.beats(task))
    trial.never(lambda: len(trial.beats(task)) > count, "it goes on to heartbeat a lease that is lost",
                3 * trial.settings.heartbeat)


@check("fence")
def fence(trial):
    """An attempt whose lease cannot be renewed in time is given up by the agent itself"""
    task = trial.run_slow()
    cut = ["drop"] * 1000
    trial.gateway.change(lambda: trial.gateway.faults.update(
        {HEARTBEAT: list(cut), LEASES: list(cut), REGISTER: list(cut), **{path: list(cut) for path in REPORTS}}))
    # Nothing is heard of the agent for longer than the lease lasts.
    trial.never(lambda: False, "", trial.settings.lease * 1.6)
    count = len(trial.gateway.reports)
    # By now the task is another's, and heartbeats do not tell.
    trial.gateway.change(lambda: (trial.gateway.faults.clear(), trial.gateway.leased.clear(),
                                  trial.gateway.verdicts.update({task: {"verdict": "ok", "leaseMs": 60000}})))
    trial.run_quick("when it gets through again, the slot takes the next task")
    wrong = [report.kind for report in trial.gateway.reports[count:]
             if report.item.get("task") == task and report.kind != "release"]
    if wrong:
        raise Failed(f"it reports {wrong[0]} of an attempt that it should have given up")


@check("drain", slots=2)
def drain(trial):
    """While it is drained it leases nothing and works on; afterwards it leases again"""
    task = trial.run_slow()
    trial.gateway.change(lambda: setattr(trial.gateway, "drain", True))
    trial.expect(lambda: trial.gateway.told_drain, "it hears that it is drained")
    trial.never(lambda: False, "", 2 * trial.settings.heartbeat)
    count, waiting = len(trial.gateway.heard(LEASES)), trial.gateway.submit(trial.settings.quick)
    trial.gateway.end_polls()
    trial.never(lambda: any(heard.call.body.get("freeSlots") for heard in trial.gateway.heard(LEASES)[count:]),
                "it asks for leases while it is drained", 1.5)
    if task not in trial.gateway.leased or trial.gateway.reports_of(task):
        raise Failed("it gives up an attempt for being drained, though nobody has asked it to end")
    trial.gateway.change(lambda: setattr(trial.gateway, "drain", False))
    trial.expect(lambda: trial.gateway.is_done(waiting), "no longer drained, it leases again")


@check("sigterm-finish", slots=1, drain_seconds=20)
def sigterm_finish(trial):
    """After SIGTERM it finishes what runs, leases nothing more, and exits with 0"""
    trial.registered()
    task = trial.gateway.submit(trial.settings.medium)
    trial.expect(lambda: trial.beats(task), "it takes a task and heartbeats its lease")
    trial.agent.terminate()
    more = trial.gateway.submit(trial.settings.quick)
    code = trial.agent.exit_code(20)
    if code != 0:
        raise Failed("it does not end within its DAS_DRAIN_SECONDS" if code is None else f"it exits with {code}, not 0")
    if [report.kind for report in trial.gateway.reports_of(task)] != ["complete"]:
        raise Failed(f"what ran is reported as {[report.kind for report in trial.gateway.reports_of(task)]}, not completed")
    if trial.gateway.reports_of(more) and trial.gateway.reports_of(more)[0].kind != "release":
        raise Failed("it takes another task after SIGTERM")


@check("sigterm-release", slots=2, drain_seconds=1)
def sigterm_release(trial):
    """What does not end within DAS_DRAIN_SECONDS is released, with its checkpoint, and it exits with 0"""
    trial.gateway.submit(trial.settings.slow)
    saved = trial.gateway.submit(trial.settings.slow, checkpoint=trial.settings.checkpoint, attempt=2)
    trial.expect(lambda: len(trial.gateway.leased) == 2, "it takes two tasks")
    trial.expect(lambda: trial.beats(saved), "it heartbeats them")
    began = time.monotonic()
    trial.agent.terminate()
    code = trial.agent.exit_code(1 + 10)
    if code != 0:
        raise Failed("it does not end" if code is None else f"it exits with {code}, not 0")
    kinds = sorted(report.kind for report in trial.gateway.reports)
    if kinds != ["release", "release"]:
        raise Failed(f"what did not end is reported as {kinds}, not released")
    if time.monotonic() - began < 0.9:
        raise Failed("it releases before its DAS_DRAIN_SECONDS have passed")
    if trial.gateway.reports_of(saved)[0].item.get("checkpoint") is None:
        raise Failed("it releases an attempt without the checkpoint that it was given")


@check("repeat")
def repeat(trial):
    """A report whose answer was lost is sent again as it was, and the task is not run again"""
    trial.registered()
    trial.gateway.change(lambda: trial.gateway.faults.update({COMPLETE: ["lose", "lose"]}))
    task = trial.gateway.submit(trial.settings.quick)
    trial.expect(lambda: any(report.verdict == "duplicate" for report in trial.gateway.reports_of(task)),
                 "the report is sent again")
    if any(report.verdict == "refused" for report in trial.gateway.reports_of(task)):
        raise Failed("the report is not the same again")
    trial.run_quick()


@check("refused")
def refused(trial):
    """A report that is refused because the lease is another's is not repeated"""
    trial.registered()
    task = trial.gateway.submit(trial.settings.medium)
    trial.expect(lambda: task in trial.gateway.leased, "it takes a task")
    # Heartbeats do not tell of it: the report does.
    trial.gateway.change(lambda: (trial.gateway.leased.pop(task),
                                  trial.gateway.verdicts.update({task: {"verdict": "ok", "leaseMs": 60000}})))
    trial.expect(lambda: trial.gateway.reports_of(task), "it reports the task's end")
    trial.run_quick("after a refused report the slot takes the next task")
    trial.never(lambda: len(trial.gateway.reports_of(task)) > 1, "it repeats a report that was refused for good", 1.5)


@check("faults", slots=2)
def faults(trial):
    """Refusals that are not for good, and connections that break, delay a task and lose nothing"""
    trial.registered()
    shed = Answer(503, {"status": 503, "code": "UNAVAILABLE", "title": "Unavailable", "retryable": True,
                        "retryAfterMs": 200}, {"Retry-After": "1"})
    proxy = Answer(502, None)
    trial.gateway.change(lambda: trial.gateway.faults.update({
        LEASES: [shed, "drop", proxy, "lose"], HEARTBEAT: ["drop", shed, proxy],
        **{path: ["drop", shed, proxy, "lose"] for path in REPORTS}}))
    tasks = [trial.gateway.submit(trial.settings.quick) for _ in range(4)]
    trial.expect(lambda: all(trial.gateway.is_done(task) for task in tasks), "all tasks are done in the end", 45)
    kinds = {report.kind for report in trial.gateway.reports if report.verdict == "accepted"}
    if kinds != {"complete"}:
        raise Failed(f"tasks are reported as {sorted(kinds)}, for faults that were not theirs")


@check("restart")
def restart(trial):
    """It finds a gateway again that was gone, and does not storm it meanwhile"""
    trial.run_quick()
    trial.gateway.server.stop()
    trial.never(lambda: False, "", 2)
    trial.gateway.change(lambda: trial.gateway.faults.update({path: ["drop"] * 1000 for path in (LEASES, HEARTBEAT, REGISTER)}))
    count = len(trial.gateway.heard(LEASES, REGISTER))
    trial.gateway.server.start()
    trial.never(lambda: len(trial.gateway.heard(LEASES, REGISTER)) > count + 10,
                "within 6 s it asks a gateway that fails for leases more than 10 times", 6)
    trial.gateway.change(trial.gateway.faults.clear)
    trial.run_quick("it works again once the gateway answers")


@check("token")
def token(trial):
    """A token that has rotated is read again from its file"""
    trial.run_quick()
    trial.gateway.change(lambda: setattr(trial.gateway, "tokens", {"second"}))
    trial.expect(lambda: any(heard.status == 401 for heard in trial.gateway.calls), "a call with the old token")
    trial.agent.rotate_token("second")
    trial.run_quick("it goes on with the new token")


@check("unknown", slots=2)
def unknown(trial):
    """An agent that the gateway has forgotten registers again, as the same instance, and works on"""
    task = trial.run_slow()
    trial.gateway.forget_agents()
    trial.expect(lambda: len(trial.gateway.heard(REGISTER)) > 1, "it registers again")
    instances = {heard.call.body.get("instance") for heard in trial.gateway.heard(REGISTER)}
    if len(instances) != 1:
        raise Failed("it registers as another instance, though it is the same process")
    count = len(trial.beats(task))
    trial.expect(lambda: len(trial.beats(task)) > count, "it heartbeats under its new name what it held before")
    trial.run_quick("it takes new tasks under its new name")


@check("extras")
def extras(trial):
    """It ignores what it does not know: a newer gateway says more"""
    trial.gateway.change(lambda: trial.gateway.extras.update({"colour": "red", "future": {"deep": [1, 2.5, None]}}))
    task = trial.run_slow()
    trial.gateway.change(lambda: trial.gateway.verdicts.update({task: {"verdict": "cancel", "graceMs": 500}}))
    trial.expect(lambda: trial.gateway.is_done(task), "a cancelled attempt is reported")
    trial.run_quick()
