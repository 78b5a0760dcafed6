"""A certificate for 127.0.0.1, good for a day."""
import pathlib
import shutil
import subprocess


class NoCertificate(Exception):
    """There is none to be had; the message says what to do."""


def make(directory: pathlib.Path) -> tuple[pathlib.Path, pathlib.Path]:
    """Returns the files of a certificate, which is its own authority, and of its key."""
    if not shutil.which("openssl"):
        raise NoCertificate("there is no openssl on the PATH; install it, or give --cert and --key for 127.0.0.1")
    certificate, key = directory / "gateway.crt", directory / "gateway.key"
    made = subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1",
         "-subj", "/CN=agent-conformance", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost",
         "-keyout", str(key), "-out", str(certificate)],
        capture_output=True, text=True)
    if made.returncode:
        raise NoCertificate(f"openssl makes no certificate: {made.stderr.strip()}")
    return certificate, key
