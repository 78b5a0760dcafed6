"""The example's agent with one mistake, which is named by the first argument: `python3 wrong_agent.py MISTAKE FOLDER`, where
FOLDER has agent.py. Agent conformance has to find each."""
import os
import signal
import sys
import time

mistake, folder = sys.argv[1:]
sys.dont_write_bytecode = True
sys.path.insert(0, folder)
os.environ["PYTHONPATH"] = folder  # for the processes of the attempts
import agent  # noqa: E402

right = agent.call
HEARTBEAT, LEASES = "/v1/leases/heartbeat", "/v1/leases"
REPORTS = ("/v1/leases/complete", "/v1/leases/fail", "/v1/leases/release")


def each(answer):
    return answer.get("leases", [])


def register(path, body, **more):
    return right(path, {name: value for name, value in body.items() if name != "instance"}, **more)


def complete(path, body, **more):
    return right("/v1/leases/fail" if path == REPORTS[0] else path, body, **more)


def keys(path, body, **more):
    for item in body.get("leases", []) + body.get("reports", []):
        item["epoch"] = 1
    return right(path, body, **more)


def slots(path, body, **more):
    if path == LEASES and body["freeSlots"]:
        body["freeSlots"] = 2
    return right(path, body, **more)


def requests(path, body, **more):
    if path == LEASES:
        body["request"] = 1
    return right(path, body, **more)


def heartbeats(path, body, **more):
    if path == HEARTBEAT and body["leases"]:
        return 200, {"leases": [{"task": item["task"], "verdict": "ok", "leaseMs": 60000} for item in body["leases"]]}
    return right(path, body, **more)


def without(verdict):
    def call(path, body, **more):
        status, answer = right(path, body, **more)
        for item in each(answer) if path == HEARTBEAT else []:
            item["verdict"] = "ok" if item["verdict"] == verdict else item["verdict"]
        return status, answer
    return call


def fence(path, body, **more):
    status, answer = right(path, body, **more)
    for item in each(answer):
        item["leaseMs"] = 1e9
    return status, answer


def drain(path, body, **more):
    status, answer = right(path, body, **more)
    answer.pop("drain", None)
    return status, answer


def repeat(path, body, **more):
    status, answer = right(path, body, **more)
    return (200, {"reports": [{}]}) if path in REPORTS and status == 0 else (status, answer)


def refused(path, body, **more):
    status, answer = right(path, body, **more)
    for item in answer.get("reports", []):
        item.get("problem", {})["retryable"] = True
    return status, answer


def faults(path, body, **more):
    status, answer = right(path, body, **more)
    return (200, {"reports": [{}]}) if path in REPORTS and status >= 500 else (status, answer)


def restart(path, body, **more):
    agent.mine.failures = -1  # no rest
    return right(path, body, **more)


def token(path, body, **more):
    os.environ["DAS_TOKEN_FILE"] = first
    return right(path, body, **more)


def unknown(path, body, **more):
    status, answer = right(path, body, **more)
    answer.pop("code", None)
    return status, answer


def extras(path, body, **more):
    status, answer = right(path, body, **more)
    if "colour" in answer:
        return 0, {"detail": "what is colour?"}
    return status, answer


wrong = {"cancel": without("cancel"), "lost": without("lost")}
agent.call = wrong.get(mistake) or globals().get(mistake.replace("-", "_"), right)
first = os.environ["DAS_TOKEN_FILE"] + ".first"
with open(os.environ["DAS_TOKEN_FILE"]) as file, open(first, "w") as copy:
    copy.write(file.read())


class Wrong(agent.Agent):
    @property
    def over(self):
        return False

    @over.setter
    def over(self, _):
        pass  # it never gives up


if __name__ == "__main__":
    one = Wrong() if mistake == "sigterm-release" else agent.Agent()
    if mistake == "sigterm-finish":
        one.stopping.wait = lambda: (signal.signal(signal.SIGTERM, lambda *_: os._exit(0)), time.sleep(3600))
    one.serve()
