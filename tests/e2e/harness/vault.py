"""Every secret the tests use, and everything the program printed: at the end of the suite no secret may occur in it."""

import base64
import threading

_lock = threading.Lock()
_secrets = set()
_outputs = []

# Shorter texts would be found by chance.
SHORTEST = 8


def secret(text):
    """Registers `text` as something that must never be printed, and returns it."""
    if len(text) >= SHORTEST:
        with _lock:
            _secrets.add(text)
            # As it would look in a dumped Authorization field.
            _secrets.add(base64.b64encode(text.encode()).decode().rstrip("=")[:-1])
    return text


def captured(origin, text):
    """Keeps what the program printed: a log, metrics, the answer of a command that explains."""
    with _lock:
        _outputs.append((origin, text))


def hidden(text):
    """Fails at once if a secret registered so far is in `text`."""
    with _lock:
        shown = [value for value in _secrets if value in text]
    assert not shown, f"a secret of {len(shown[0])} characters after {text[max(0, text.find(shown[0]) - 60):text.find(shown[0])]!r}"


def leaks():
    """One line for each secret found, without the secret itself. Also how much was searched."""
    with _lock:
        secrets, outputs = sorted(_secrets), list(_outputs)
    found = []
    for origin, text in outputs:
        for value in secrets:
            at = text.find(value)
            if at >= 0:
                found.append(f"{origin}: a secret of {len(value)} characters after {text[max(0, at - 60):at]!r}")
    return found, len(secrets), sum(len(text) for _, text in outputs)
