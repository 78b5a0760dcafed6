#!/usr/bin/env python3
"""Clarabel's time, through cvxpy, for what `argus-benchmarks minimum-variance` and `mean-cvar` measure; prints one JSON line.

    RAYON_NUM_THREADS=1 python clarabel_peer.py minimum-variance --assets 500 --repetitions 5
    RAYON_NUM_THREADS=1 python clarabel_peer.py mean-cvar --scenarios 1259 --assets 20 --repetitions 5

Needs cvxpy and clarabel. Gap and feasibility tolerances are 1e-13 on 1e4 times the covariance, and 1e-12 for the linear
program. The faster counts of solving a problem that is new, and one that cvxpy has compiled before.
"""
import argparse
import importlib.metadata
import json
import os
import time
import warnings

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import cvxpy as cp  # noqa: E402
import numpy as np  # noqa: E402

warnings.filterwarnings("ignore", message="Solution may be inaccurate")
FACTORS = 5


def uniform(count):
    """Numbers in [-1/2, 1/2) from a counter (splitmix64), the same as the benchmark makes."""
    z = (np.arange(count, dtype=np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return ((z ^ (z >> np.uint64(31))) >> np.uint64(11)).astype(float) / 2.0 ** 53 - 0.5


def returns(rows, assets):
    """A factor model: 0.02 (moves (loadings + 1/2)' + 0.7 noise)."""
    stream = uniform((assets + rows) * FACTORS + assets * rows)
    loadings = stream[:assets * FACTORS].reshape(assets, FACTORS) + 0.5
    moves = stream[assets * FACTORS:(assets + rows) * FACTORS].reshape(rows, FACTORS)
    noise = stream[(assets + rows) * FACTORS:].reshape(rows, assets)
    return 0.02 * (moves @ loadings.T + 0.7 * noise)


def minimum_variance(arguments):
    covariance = np.cov(returns(arguments.scenarios, arguments.assets), rowvar=False)

    def build():
        w = cp.Variable(arguments.assets)
        problem = cp.Problem(
            cp.Minimize(cp.quad_form(w, cp.psd_wrap(1e4 * covariance))), [cp.sum(w) == 1, w >= 0, w <= 1])
        return problem, lambda: float(w.value @ covariance @ w.value)

    return build, 1e-13


def mean_cvar(arguments):
    data = returns(arguments.scenarios, arguments.assets)

    def build():
        w, level = cp.Variable(arguments.assets), cp.Variable()
        over = cp.Variable(arguments.scenarios, nonneg=True)
        problem = cp.Problem(
            cp.Minimize(level + cp.sum(over) / (arguments.scenarios * 0.05)),
            [over >= -data @ w - level, cp.sum(w) == 1, w >= 0, w <= 1])
        return problem, lambda: float(problem.value)

    return build, 1e-12


parser = argparse.ArgumentParser()
parser.add_argument("task", choices=["minimum-variance", "mean-cvar"])
parser.add_argument("--assets", type=int, default=20)
parser.add_argument("--scenarios", type=int, default=1259)
parser.add_argument("--repetitions", type=int, default=5)
arguments = parser.parse_args()
build, tolerance = (minimum_variance if arguments.task == "minimum-variance" else mean_cvar)(arguments)
fresh, again = [], []
for _ in range(arguments.repetitions):
    for times, known in ((fresh, None), (again, problem if fresh else None)):
        start = time.perf_counter()
        problem, objective = build() if known is None else (known, objective)
        problem.solve(
            solver=cp.CLARABEL, tol_gap_abs=tolerance, tol_gap_rel=tolerance, tol_feas=tolerance, max_iter=500)
        times.append(1e3 * (time.perf_counter() - start))
print(json.dumps({
    "milliseconds": min(fresh + again), "fresh": min(fresh), "again": min(again), "objective": objective(),
    "cvxpy": importlib.metadata.version("cvxpy"), "clarabel": importlib.metadata.version("clarabel"),
}))
