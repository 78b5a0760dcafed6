#!/usr/bin/env python3
"""Writes the range volatilities, unit root tests and special functions that the tests of Argus compare with.

    pip install numpy pandas scipy statsmodels
    python make_volatility_reference.py ../../../Examples/data > volatility.json

The range estimators are written here once more, over whole columns. Series are sampled: the first 40 rows, every 97th, the last.
"""
import json
import math
import pathlib
import sys

import numpy as np
import pandas as pd
import scipy
import scipy.special
import statsmodels
from statsmodels.tsa.stattools import adfuller

data = pathlib.Path(sys.argv[1])
bars = pd.read_csv(data / "sp500-daily-ohlcv.csv")
count = len(bars)
rows = sorted(set(range(40)) | set(range(0, count, 97)) | {count - 1})
o, h, l, c = (np.log(bars[name]) for name in ("open", "high", "low", "close"))
rs = (h - c) * (h - o) + (l - c) * (l - o)


def yang_zhang(n):
    k = 0.34 / (1.34 + (n + 1) / (n - 1))
    overnight, daily = o - c.shift(1), c - o
    inside = rs.copy()
    inside.iloc[0] = np.nan
    daily.iloc[0] = np.nan
    return overnight.rolling(n).var() + k * daily.rolling(n).var() + (1 - k) * inside.rolling(n).mean()


def ranges(n):
    return {
        "parkinson": ((h - l) ** 2).rolling(n).mean() / (4 * math.log(2)),
        "garman-klass": (0.5 * (h - l) ** 2 - (2 * math.log(2) - 1) * (c - o) ** 2).rolling(n).mean(),
        "rogers-satchell": rs.rolling(n).mean(), "yang-zhang": yang_zhang(n),
    }


volatility = []
for window in (20, 5, None):
    for model, variance in ranges(window or count).items():
        if window is None and model == "yang-zhang":
            variance = yang_zhang(count - 1)
        values = np.sqrt(variance)
        volatility.append({
            "model": model, "window": window,
            "values": [None if math.isnan(values[row]) else float(values[row]) for row in rows],
        })

draws = np.random.default_rng(3)
mean_reverting = [0.0]
for shock in draws.standard_normal(399):
    mean_reverting.append(0.8 * mean_reverting[-1] + shock)
stock = {name: np.log(pd.read_csv(data / "stocks" / f"{name}.csv")["close"]) for name in ("AAPL", "RRC", "KO")}
series = {
    "SPX": np.log(bars["close"]), "AAPL": stock["AAPL"], "RRC": stock["RRC"], "KO": stock["KO"],
    "mean reverting": np.array(mean_reverting), "SPX first 60": np.log(bars["close"][:60]),
    "SPX first 12": np.log(bars["close"][:12]), "explosive": 1.05 ** np.arange(100) + 0.01 * draws.standard_normal(100),
}
adf = []
for name, values in series.items():
    statistic, p_value, lags, observations, critical, _ = adfuller(values, regression="c", autolag="AIC")
    adf.append({
        "series": name, "statistic": float(statistic), "pValue": float(p_value), "lags": int(lags),
        "observations": int(observations), "criticalValues": [float(critical[level]) for level in ("1%", "5%", "10%")],
        **({"values": [float(value) for value in values]} if name in ("mean reverting", "explosive") else {}),
    })

json.dump({
    "versions": {
        "numpy": np.__version__, "pandas": pd.__version__, "scipy": scipy.__version__,
        "statsmodels": statsmodels.__version__,
    },
    "rows": rows, "volatility": volatility, "adf": adf,
    "digamma": [
        {"x": x, "value": float(scipy.special.digamma(x))} for x in (0.01, 0.5, 1.0, 1.4616321449683623, 3.25, 7.9, 8.1, 250.0)
    ],
}, sys.stdout, separators=(",", ":"))
print()
