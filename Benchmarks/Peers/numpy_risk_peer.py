#!/usr/bin/env python3
"""NumPy's time for what `argus-benchmarks value-at-risk` and `monte-carlo` measure; one JSON line on standard output.

    OPENBLAS_NUM_THREADS=1 python numpy_risk_peer.py value-at-risk --positions 1000 --scenarios 10000 --repetitions 9
    OPENBLAS_NUM_THREADS=1 python numpy_risk_peer.py monte-carlo --paths 1000000 --assets 20 --repetitions 5

Needs numpy alone. BLAS runs on one thread: the variable is set here where it is not already.
"""
import argparse
import json
import os
import time

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np  # noqa: E402

ALPHAS = (0.05, 0.01)
BLOCK = 8192


def figures(returns):
    """Value at risk by NumPy's quantile and expected shortfall, at each level, over one partial sort."""
    size = len(returns)
    reach = int(size * max(ALPHAS)) + 2
    tail = np.sort(np.partition(returns, reach)[:reach])
    result = []
    for alpha in ALPHAS:
        place = (size - 1) * alpha
        below = int(place)
        quantile = tail[below] + (tail[below + 1] - tail[below]) * (place - below)
        whole = int(size * alpha + 1e-9)
        shortfall = (tail[:whole].sum() + (size * alpha - whole) * tail[whole]) / (size * alpha)
        result += [-float(quantile), -float(shortfall)]
    return result


def value_at_risk(arguments):
    generator = np.random.Generator(np.random.Philox(1))
    # Scenario by scenario; a portfolio's returns are one product of matrix and vector.
    scenarios = 0.01 * generator.standard_normal((arguments.scenarios, arguments.positions))
    weights = np.full(arguments.positions, 1 / arguments.positions)
    by_position = np.ascontiguousarray(scenarios.T)
    # The faster of the two layouts counts.
    return [lambda: figures(scenarios @ weights), lambda: figures(weights @ by_position)]


def monte_carlo(arguments):
    assets, paths = arguments.assets, arguments.paths
    sample = 0.01 * np.random.Generator(np.random.Philox(2)).standard_normal((1500, assets))
    factor = np.linalg.cholesky(np.cov(sample, rowvar=False))
    mean, weights = sample.mean(axis=0), np.full(assets, 1 / assets)

    def run():
        generator = np.random.Generator(np.random.Philox(1))
        returns = np.empty(paths)
        for start in range(0, paths, BLOCK):
            count = min(BLOCK, paths - start)
            normals = generator.standard_normal((count, assets))
            returns[start:start + count] = (normals @ factor.T + mean) @ weights
        return figures(returns)

    return [run]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["value-at-risk", "monte-carlo"])
    parser.add_argument("--positions", type=int, default=1000)
    parser.add_argument("--scenarios", type=int, default=10_000)
    parser.add_argument("--paths", type=int, default=1_000_000)
    parser.add_argument("--assets", type=int, default=20)
    parser.add_argument("--repetitions", type=int, default=5)
    arguments = parser.parse_args()
    ways = value_at_risk(arguments) if arguments.what == "value-at-risk" else monte_carlo(arguments)
    fastest = float("inf")
    for _ in range(arguments.repetitions):
        for way in ways:
            start = time.perf_counter()
            result = way()
            fastest = min(fastest, time.perf_counter() - start)
    print(json.dumps({"numpy": np.__version__, "milliseconds": 1e3 * fastest, "figures": result}))


if __name__ == "__main__":
    main()
