#!/usr/bin/env python3
"""Tasks as calls of an HTTP endpoint, for DAS_HTTP: counts words, a line at a time. Its input is {"text": "…", "pause": 0.1}.
It listens at the port of 127.0.0.1 that is its argument, and names the port that it got where that is 0."""
import collections
import http.server
import json
import sys
import time


class Endpoint(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        counts, first = collections.Counter(), 0
        if self.headers["Content-Type"] == "application/vnd.das.resume+json":  # an earlier attempt got so far
            checkpoint, body = body["checkpoint"], body["input"]
            counts, first = collections.Counter(checkpoint["counts"]), checkpoint["lines"]
        if not isinstance(body.get("text"), str):
            return self.answer(422, {"code": "NO_TEXT", "message": "the input has no text, a string"})

        # An answer in lines, so that progress and checkpoints are heard of meanwhile. Without those, the result alone would do:
        # self.answer(200, {"words": counts})
        self.send_response(200)
        self.send_header("Content-Type", "application/x-ndjson")
        self.end_headers()
        lines = body["text"].splitlines()
        for number, line in enumerate(lines[first:], first + 1):
            counts.update(line.split())
            time.sleep(body.get("pause", 0))
            self.say(progress={"done": number, "total": len(lines)})
            self.say(checkpoint={"lines": number, "counts": counts})
        self.say(result={"words": counts})

    def say(self, **line):
        """Fails where the agent has closed the connection: the task is cancelled, and this call of it ends."""
        self.wfile.write(json.dumps(line).encode() + b"\n")

    def answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())


server = http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Endpoint)
print(f"listening on {server.server_port}", flush=True)
server.serve_forever()
