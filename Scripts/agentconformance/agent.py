"""The agent under test: a command, started with the environment that every agent has."""
import os
import pathlib
import signal
import subprocess
import tempfile


class AgentProcess:
    def __init__(self, command: list, gateway, authorities: str, slots: int, drain_seconds: int):
        self.directory = tempfile.TemporaryDirectory(prefix="agent-conformance-")
        folder = pathlib.Path(self.directory.name)
        self.token_file = folder / "token"
        self.token_file.write_text("first\n")
        self.log = folder / "log"
        environment = {name: value for name, value in os.environ.items() if not name.startswith("DAS_")}
        environment |= {name: value for name, value in os.environ.items() if name in KEPT}
        environment |= {
            "DAS_GATEWAY_URL": gateway.server.url, "DAS_CA_FILE": authorities, "DAS_TOKEN_FILE": str(self.token_file),
            "DAS_NAMESPACE": "conformance", "DAS_SWARM": "swarm", "DAS_AGENT": "swarm-1",
            "DAS_CAPABILITIES": gateway.type, "DAS_CONCURRENCY": str(slots), "DAS_DRAIN_SECONDS": str(drain_seconds),
            "DAS_RUNTIME_DIR": str(folder), "TMPDIR": str(folder),
        }
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)

    def rotate_token(self, token: str):
        """As a kubelet does it: the file changes as a whole."""
        fresh = self.token_file.with_name("token.new")
        fresh.write_text(token + "\n")
        fresh.rename(self.token_file)

    def terminate(self):
        self.process.send_signal(signal.SIGTERM)

    def exit_code(self, seconds: float):
        """Waits for the end; None: it did not come."""
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def last_lines(self, count: int = 8) -> list:
        return self.log.read_text(errors="replace").splitlines()[-count:]

    def close(self):
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()
        self.directory.cleanup()


# What an agent may be told by whoever tests it, besides what a swarm's agents are told.
KEPT = {"DAS_EXEC", "DAS_EXEC_GRACE_SECONDS", "DAS_HTTP", "DAS_LOG_LEVEL", "DAS_WORKER_MEMORY_MIB"}
