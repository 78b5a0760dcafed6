"""What Celery with Redis does with tasks that do nothing: how many a second, and how long one takes.

    python3 celery_peer.py --tasks 5000 --singles 500 --workers 2

Starts a redis-server of its own on a free port of the loopback interface (an append-only file that is synced every second, which
is what its documentation advises) and one Celery worker with as many processes, measures, ends both, and prints one line of JSON.
It needs the packages `celery` and `redis` and the program `redis-server`.
"""

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time

import celery
import redis

BROKER = "DAS_PEER_BROKER"

# The worker imports this file by its name and finds the broker in its environment.
app = celery.Celery("celery_peer", broker=os.environ.get(BROKER), backend=os.environ.get(BROKER))
app.conf.broker_connection_retry_on_startup = True


@app.task
def noop(value):
    return value


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_for_redis(port, server):
    client = redis.Redis(host="127.0.0.1", port=port)
    for _ in range(500):
        if server.poll() is not None:
            sys.exit("redis-server ended at once")
        try:
            client.ping()
            return client
        except redis.exceptions.ConnectionError:
            time.sleep(0.02)
    sys.exit("redis-server did not answer")


def percentile(values, percent):
    ordered = sorted(values)
    rank = max(1, -(-percent * len(ordered) // 100))
    return ordered[int(rank) - 1]


def measure(arguments):
    # The first tasks start the worker's processes and the connections.
    for result in [noop.delay(index) for index in range(100)]:
        result.get(timeout=60)

    begin = time.perf_counter()
    results = [noop.delay(index) for index in range(arguments.tasks)]
    submitted = time.perf_counter()
    for index, result in enumerate(results):
        if result.get(timeout=120) != index:
            sys.exit(f"task {index} has another's result")
    end = time.perf_counter()

    singles = []
    for index in range(arguments.singles):
        start = time.perf_counter()
        noop.delay(index).get(timeout=60)
        singles.append((time.perf_counter() - start) * 1000)
    return {
        "celery": celery.__version__,
        "workers": arguments.workers,
        "tasksPerSecond": arguments.tasks / (end - begin),
        "submitsPerSecond": arguments.tasks / (submitted - begin),
        "p50Milliseconds": percentile(singles, 50),
        "p99Milliseconds": percentile(singles, 99),
    }


def main():
    # Whoever starts this from a thread that blocks signals hands that on, and then no process below ends when it is told to.
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tasks", type=int, default=5000)
    parser.add_argument("--singles", type=int, default=500)
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()

    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        server = subprocess.Popen(
            ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--dir", folder, "--save", "",
             "--appendonly", "yes", "--appendfsync", "everysec"],
            stdout=subprocess.DEVNULL)
        worker = None
        try:
            client = wait_for_redis(port, server)
            broker = f"redis://127.0.0.1:{port}/0"
            app.conf.broker_url = app.conf.result_backend = broker
            worker = subprocess.Popen(
                [sys.executable, "-m", "celery", "--app", "celery_peer", "worker", "--concurrency",
                 str(arguments.workers), "--loglevel", "error", "--without-gossip", "--without-mingle"],
                cwd=os.path.dirname(os.path.abspath(__file__)), env={**os.environ, BROKER: broker},
                stdout=subprocess.DEVNULL)
            answer = measure(arguments)
            answer["redis"] = client.info("server")["redis_version"]
            print(json.dumps(answer))
        finally:
            if worker is not None:
                worker.send_signal(signal.SIGTERM)
                worker.wait(timeout=30)
            server.terminate()
            server.wait(timeout=30)


# The worker's processes, in which the broker is set, import this file under its name, and must not start peers of their own.
if __name__ == "__main__":
    main()
