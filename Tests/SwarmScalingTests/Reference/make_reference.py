#!/usr/bin/env python3
"""Writes the values that the queueing model is compared with.

    pip install mpmath
    python make_reference.py > reference.json

All are computed with 60 digits: B(c, a) as the ratio of a term to the sum of all terms up to it (Erlang 1917), everything else
from it by its definition. Printed tables are checked against them here, so that a slip in copying cannot become a reference:

- `rappaport`: T. S. Rappaport, Wireless Communications, 2nd ed. 2002, table 3.4: the load that
  so many channels carry at a probability of blocking, with three digits, some
  cut off instead of rounded; without its row of 40 channels, which has a misprint.
- `closedForms`: Erlang C of few servers as fractions, which follow from the definition by hand.
"""
import json
import platform
import sys
from fractions import Fraction

import mpmath
from mpmath import mp, mpf

mp.dps = 60


def erlang_b(servers, load):
    """B(c, a), by the inverse's sum from its largest end: 1 + c/a + c(c-1)/a^2 + ..."""
    load = mpf(load)
    if load == 0:
        return mpf(servers == 0)
    total = term = mpf(1)
    for left in range(servers, 0, -1):
        term *= left / load
        total += term
    return 1 / total


def erlang_c(servers, load):
    blocked = erlang_b(servers, load)
    return servers * blocked / (servers - mpf(load) * (1 - blocked))


def queue(servers, load, service, variation):
    """A queue's figures; the conditional wait is exponential with (1 + C^2)/2 times the mean that it has in M/M/c."""
    delayed = erlang_c(servers, load)
    scale = (1 + mpf(variation)) / 2 * mpf(service) / (servers - mpf(load))
    waits = {}
    for percentile in (50, 90, 95, 99):
        share = 1 - mpf(percentile) / 100
        waits[str(percentile)] = float(scale * mp.log(delayed / share)) if delayed > share else 0.0
    return {
        "servers": servers, "load": load, "serviceSeconds": service, "variation": variation,
        "waitProbability": float(delayed), "meanWaitSeconds": float(delayed * scale),
        "over": {str(t): float(delayed * mp.exp(-mpf(t) / scale)) for t in (0.1, 1.0, 5.0)}, "percentiles": waits,
    }


losses = [
    {"servers": servers, "load": load, "probability": float(erlang_b(servers, load))}
    for servers, loads in {
        0: (0.5, 3.0), 1: (1e-9, 0.25, 1.0, 40.0), 2: (0.1, 1.0, 1.999), 5: (0.5, 2.5, 4.9, 5.0, 12.0),
        10: (1.0, 4.461, 9.5, 10.0, 100.0), 50: (20.0, 37.9, 49.0, 60.0), 128: (100.0, 120.0, 127.5),
        129: (60.0, 100.0, 120.0, 128.5), 200: (100.0, 170.0, 199.9, 250.0), 1000: (800.0, 950.0, 999.0, 1000.0, 1100.0),
        10000: (9000.0, 9800.0, 9990.0, 9999.9, 10000.0, 10500.0),
    }.items() for load in loads
]

queues = [
    queue(servers, load, service, variation)
    for servers, load, service, variation in (
        (1, 0.5, 1.0, 1.0), (1, 0.99, 0.2, 1.0), (2, 1.0, 3.0, 1.0), (3, 2.0, 1.0, 1.0), (4, 3.9, 10.0, 1.0),
        (5, 4.0, 0.5, 1.0), (8, 6.0, 2.0, 0.0), (8, 6.0, 2.0, 0.5), (8, 6.0, 2.0, 4.0), (20, 18.0, 0.75, 1.0),
        (50, 45.0, 30.0, 1.0), (100, 99.0, 1.0, 1.0), (129, 120.0, 1.0, 1.0), (200, 190.0, 4.0, 2.5), (1000, 980.0, 1.0, 1.0),
        (1000, 999.9, 1.0, 1.0), (10000, 9900.0, 2.0, 1.0), (10000, 9999.0, 2.0, 1.0), (10000, 9999.999, 2.0, 0.25),
    )
]

rappaport = {
    2: (0.153, 0.105, 0.065, 0.046), 4: (0.869, 0.701, 0.535, 0.439), 5: (1.36, 1.13, 0.900, 0.762),
    10: (4.46, 3.96, 3.43, 3.09), 20: (12.0, 11.1, 10.1, 9.41), 24: (15.3, 14.2, 13.0, 12.2),
    70: (56.1, 53.7, 51.0, 49.2), 100: (84.1, 80.9, 77.4, 75.2),
}
blockings = (0.01, 0.005, 0.002, 0.001)
table = []
for servers, loads in rappaport.items():
    for blocking, load in zip(blockings, loads):
        unit = 0.001 if load < 1 else 0.01 if load < 10 else 0.1
        assert erlang_b(servers, load - unit) <= blocking <= erlang_b(servers, load + unit), (servers, blocking, load)
        table.append({"servers": servers, "probability": blocking, "load": load, "unit": unit})

closed = [
    {"servers": 1, "load": 0.75, "fraction": [3, 4]}, {"servers": 2, "load": 1.0, "fraction": [1, 3]},
    {"servers": 2, "load": 1.5, "fraction": [9, 14]}, {"servers": 3, "load": 2.0, "fraction": [4, 9]},
    {"servers": 4, "load": 3.0, "fraction": [27, 53]},
]
for item in closed:
    exact = Fraction(*item["fraction"])
    assert abs(erlang_c(item["servers"], item["load"]) - mpf(exact.numerator) / exact.denominator) < mpf(10) ** -50, item

json.dump({
    "versions": {"python": platform.python_version(), "mpmath": mpmath.__version__}, "losses": losses, "queues": queues,
    "rappaport": table, "closedForms": closed,
}, sys.stdout, separators=(",", ":"))
print()
