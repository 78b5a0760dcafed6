#!/usr/bin/env python3
"""The time that arch takes for what `argus-benchmarks garch` measures; one JSON line on standard output.

    OMP_NUM_THREADS=1 python arch_peer.py ../../Examples/data/sp500-daily-ohlcv.csv --repetitions 5

Needs arch alone. A fit includes its robust standard errors. The first fit, which compiles, does not count.
"""
import argparse
import json
import time

import arch
import pandas as pd

parser = argparse.ArgumentParser()
parser.add_argument("file")
parser.add_argument("--repetitions", type=int, default=5)
arguments = parser.parse_args()
returns = 100 * pd.read_csv(arguments.file)["close"].pct_change().dropna().to_numpy()


def fit():
    result = arch.arch_model(returns, mean="Constant", vol="GARCH", p=1, q=1, rescale=False).fit(disp="off")
    return result, result.std_err


fit()
fastest = float("inf")
for _ in range(arguments.repetitions):
    start = time.perf_counter()
    result, errors = fit()
    fastest = min(fastest, time.perf_counter() - start)
print(json.dumps({
    "milliseconds": 1000 * fastest, "arch": arch.__version__, "logLikelihood": float(result.loglikelihood),
    "standardErrors": errors.tolist(),
}))
