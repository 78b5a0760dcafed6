#!/usr/bin/env python3
"""Writes the EGARCH fits of windows that a search can miss the maximum of, for the tests of Argus.

    pip install arch numpy pandas
    OMP_NUM_THREADS=1 python make_egarch_reference.py ../../../Examples/data/stocks > egarch.json

The windows were found by fitting some 1700 random ones. In the first, arch comes to maxima that are not invertible. There its
answer hangs by the rounding of the returns: so it fits eight copies that differ by 1e-14, and the likeliest of these counts. In
the second its maximum is several kinks from where a smooth search ends, in the third it lies at a kink; there each window is
fitted once, and again from the optimum with a tolerance of 1e-12.
"""
import json
import pathlib
import sys
import warnings

import arch
import numpy as np
import pandas as pd

warnings.filterwarnings("ignore")
data = pathlib.Path(sys.argv[1])
windows = {
    "not invertible": [
        ("AAPL", 6379, 280, "normal"), ("GE", 3294, 292, "normal"), ("JPM", 1133, 468, "normal"),
        ("KO", 6394, 263, "normal"), ("PG", 3793, 383, "normal"), ("RRC", 7712, 560, "normal"),
        ("UNH", 4912, 235, "normal"), ("WMT", 3519, 374, "normal"), ("WMT", 3519, 374, "t"),
        ("WMT", 3806, 477, "normal"), ("WMT", 3924, 424, "normal"),
    ],
    "kinks away": [("BAC", 6656, 1500, "normal"), ("JPM", 2358, 607, "normal")],
    "at a kink": [
        ("AMD", 4164, 912, "normal"), ("KO", 1099, 2481, "normal"), ("XOM", 1739, 1634, "normal"),
        ("XOM", 6042, 495, "normal"), ("MSFT", 4041, 753, "normal"), ("UNH", 403, 1268, "t"), ("JNJ", 7553, 258, "t"),
    ],
}


def is_invertible(errors, variances, parameters):
    """Whether the mean of ln |d ln s_{t+1} / d ln s_t| is negative (Wintenberger 2013)."""
    z = errors / np.sqrt(variances)
    memory = parameters["beta[1]"] - (parameters["alpha[1]"] * np.abs(z) + parameters["gamma[1]"] * z) / 2
    return bool(np.mean(np.log(np.maximum(1e-30, np.abs(memory)))) < 0)


def best(returns, distribution, again):
    built = arch.arch_model(
        returns, mean="Constant", vol="EGARCH", p=1, o=1, q=1, dist=distribution, rescale=False)
    result = built.fit(disp="off", show_warning=False)
    if again:
        finer = built.fit(
            disp="off", show_warning=False, starting_values=result.params, tol=1e-12, options={"maxiter": 1000})
        if finer.loglikelihood > result.loglikelihood:
            result = finer
    return result


def fit(symbol, first, count, distribution, kind):
    closes = pd.read_csv(data / f"{symbol}.csv")["close"]
    returns = 100 * closes.pct_change().dropna().to_numpy()[first:first + count]
    if kind == "not invertible":
        draws = np.random.default_rng(1)
        results = [
            best(returns * (1 + 1e-14 * draws.standard_normal(count)), distribution, again=False) for _ in range(8)]
        result = max(results, key=lambda result: result.loglikelihood)
    else:
        result = best(returns, distribution, again=True)
    return {
        "kind": kind, "symbol": symbol, "first": first, "count": count, "distribution": distribution,
        "logLikelihood": float(result.loglikelihood), "parameters": dict(result.params),
        "isInvertible": is_invertible(result.resid, result.conditional_volatility ** 2, result.params),
    }


json.dump({
    "versions": {"arch": arch.__version__, "numpy": np.__version__, "pandas": pd.__version__},
    "fits": [fit(*window, kind) for kind, those in windows.items() for window in those],
}, sys.stdout, separators=(",", ":"))
print()
