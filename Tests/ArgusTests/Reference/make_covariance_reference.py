#!/usr/bin/env python3
"""Writes the covariances that the tests of Argus compare with.

    pip install numpy pandas scikit-learn
    python make_covariance_reference.py ../../../Examples/data > covariance.json

Samples: all common returns of three stocks; 120 of twenty; 15 of twenty, fewer than there are symbols.
"""
import json
import pathlib
import sys

import numpy as np
import pandas as pd
import sklearn
from sklearn.covariance import LedoitWolf

data = pathlib.Path(sys.argv[1])
prices = pd.DataFrame({
    path.stem: pd.read_csv(path, index_col="date")["close"] for path in sorted((data / "stocks").glob("*.csv"))
})
returns = prices.pct_change().dropna()


def ewma(rows, weight):
    powers = weight ** np.arange(len(rows))[::-1]
    return (rows * powers[:, None]).T @ rows / powers.sum()


samples = []
for symbols, count in [(["AAPL", "RRC", "XOM"], len(returns)), (list(returns), 120), (list(returns), 15)]:
    rows = returns[symbols].tail(count).to_numpy()
    shrunk = LedoitWolf().fit(rows)
    samples.append({
        "symbols": symbols, "rows": count, "sample": np.cov(rows, rowvar=False).tolist(),
        "ledoitWolf": shrunk.covariance_.tolist(), "shrinkage": float(shrunk.shrinkage_),
        "ewma": [{"lambda": weight, "matrix": ewma(rows, weight).tolist()} for weight in (0.97, 0.5)],
    })

json.dump({
    "versions": {"numpy": np.__version__, "pandas": pd.__version__, "scikit-learn": sklearn.__version__},
    "samples": samples,
}, sys.stdout, separators=(",", ":"))
print()
