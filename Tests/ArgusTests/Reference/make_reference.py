#!/usr/bin/env python3
"""Writes the values that the tests of Argus compare with.

    pip install ta-lib numpy pandas scipy statsmodels
    python make_reference.py ../../../Examples/data > reference.json

Series are sampled: the first 60 rows, every 97th, the last 20. Numbers are written with the digits that read back exactly;
null stands where a function has no value yet.
"""
import json
import math
import pathlib
import sys

import numpy as np
import pandas as pd
import scipy
import scipy.stats
import statsmodels
import statsmodels.stats.diagnostic as diagnostic
import talib
from talib import abstract

data = pathlib.Path(sys.argv[1])
bars = pd.read_csv(data / "sp500-daily-ohlcv.csv").astype({"volume": float})
count = len(bars)
rows = sorted(set(range(60)) | set(range(0, count, 97)) | set(range(count - 20, count)))


def number(value):
    value = float(value)
    return value if math.isfinite(value) else None


def call(function, parameters, columns):
    """The function's outputs by TA-Lib's names, over columns in the order of its default inputs."""
    outputs = getattr(talib, function)(*columns, **parameters)
    names = abstract.Function(function).output_names
    return dict(zip(names, outputs if isinstance(outputs, (list, tuple)) else [outputs]))


def defaults(function):
    return dict(abstract.Function(function).parameters)


requests = [
    ("SMA", {}, ["close"]), ("SMA", {"timeperiod": 1}, ["close"]), ("SMA", {"timeperiod": 2}, ["open"]),
    ("SMA", {"timeperiod": 200}, ["close"]), ("SMA", {"timeperiod": 20}, ["volume"]),
    ("EMA", {}, ["close"]), ("EMA", {"timeperiod": 1}, ["close"]), ("EMA", {"timeperiod": 10}, ["high"]),
    ("EMA", {"timeperiod": 500}, ["close"]),
    ("RSI", {}, ["close"]), ("RSI", {"timeperiod": 2}, ["close"]), ("RSI", {"timeperiod": 28}, ["low"]),
    ("MACD", {}, ["close"]), ("MACD", {"fastperiod": 5, "slowperiod": 35, "signalperiod": 5}, ["close"]),
    ("MACD", {"fastperiod": 26, "slowperiod": 12}, ["close"]), ("MACD", {"signalperiod": 1}, ["close"]),
    ("MACD", {"fastperiod": 20, "slowperiod": 20, "signalperiod": 3}, ["close"]),
    ("BBANDS", {}, ["close"]), ("BBANDS", {"timeperiod": 5}, ["close"]),
    ("BBANDS", {"timeperiod": 2, "nbdevup": 1.0, "nbdevdn": 2.5}, ["close"]),
    ("BBANDS", {"timeperiod": 50, "nbdevup": 3.0, "nbdevdn": 1.0}, ["close"]),
    ("BBANDS", {"nbdevup": -1.5, "nbdevdn": 0.0}, ["high"]), ("BBANDS", {"matype": 1}, ["close"]),
    ("BBANDS", {"timeperiod": 20}, ["volume"]),
    ("ATR", {}, ["high", "low", "close"]), ("ATR", {"timeperiod": 1}, ["high", "low", "close"]),
    ("ATR", {"timeperiod": 5}, ["high", "low", "close"]),
]
functions = []
for function, parameters, columns in requests:
    outputs = call(function, parameters, [bars[column].to_numpy() for column in columns])
    functions.append({
        "function": function, "parameters": parameters, "columns": columns,
        "firstIndex": max(int(np.isnan(values).sum()) for values in outputs.values()),
        "outputs": {name: [number(values[row]) for row in rows] for name, values in outputs.items()},
    })

# Series that take the sums to their limits: no change at all, changes near the smallest, an outlier that comes and goes.
wave = np.array([math.sin(0.7 * i) for i in range(120)])
synthetic = {
    "flat": np.full(60, 100.0),
    "flat, no exact binary fraction": np.full(60, 0.1),
    "ticks of 1e-8 at 100": 100 + 1e-8 * np.round(3 * wave),
    "ticks of 1e-15": 1e-15 * np.round(3 * wave) + 1e-14,
    "an outlier": np.where(np.arange(120) == 40, 1e9, 100 + wave),
    "falling to a hundred-thousandth": 1000 * np.exp(-np.arange(120) / 10.0) + 1e-3 * wave,
    "flat after a move": np.where(np.arange(120) < 50, 100 + wave, 101.3),
}
limits = []
for name, series in synthetic.items():
    for function, parameters in [
        ("SMA", {"timeperiod": 5}), ("EMA", {"timeperiod": 5}), ("RSI", {"timeperiod": 5}),
        ("MACD", {"fastperiod": 3, "slowperiod": 6, "signalperiod": 4}), ("BBANDS", {"timeperiod": 5}),
    ]:
        outputs = call(function, parameters, [series])
        limits.append({
            "series": name, "function": function, "parameters": parameters,
            "outputs": {output: [number(value) for value in values] for output, values in outputs.items()},
        })

PERIODS = 252


def statistics(returns, kind, risk_free):
    n = len(returns)
    total = float(np.prod(1 + returns)) if kind == "simple" else float(np.exp(np.sum(returns)))
    jarque_bera = scipy.stats.jarque_bera(returns)
    ljung_box = diagnostic.acorr_ljungbox(returns, lags=range(1, 11))
    return {
        "observations": n, "mean": float(np.mean(returns)), "stdev": float(np.std(returns, ddof=1)),
        "skewness": float(scipy.stats.skew(returns)), "kurtosis": float(scipy.stats.kurtosis(returns)),
        "annualReturn": total ** (PERIODS / n) - 1,
        "annualVolatility": float(np.std(returns, ddof=1) * math.sqrt(PERIODS)),
        "sharpe": float(math.sqrt(PERIODS) * (np.mean(returns) - risk_free / PERIODS) / np.std(returns, ddof=1)),
        "jarqueBera": {"statistic": float(jarque_bera.statistic), "pValue": float(jarque_bera.pvalue)},
        "ljungBox": [
            {"lag": int(lag), "statistic": float(row.lb_stat), "pValue": float(row.lb_pvalue)}
            for lag, row in ljung_box.iterrows()
        ],
    }


close = bars["close"]
simple = close.pct_change().dropna()
log = np.log(close).diff().dropna()
fall = 1 - close / close.cummax()
trough = int(fall.idxmax())
peak = int(close[: trough + 1].idxmax())
later = close[trough:][close[trough:] >= close[peak]]
drawdown = {
    "depth": float(fall.max()), "peak": bars["date"][peak], "trough": bars["date"][trough],
    "recovered": bars["date"][int(later.index[0])] if len(later) else None,
}


def sampled(series):
    full = series.reindex(range(count))
    return [number(full[row]) for row in rows]


volatility = [
    {"model": {"model": "close-to-close", "window": 20}, "returns": "simple", "values": sampled(simple.rolling(20).std())},
    {"model": {"model": "close-to-close", "window": 250}, "returns": "log", "values": sampled(log.rolling(250).std())},
    {"model": {"model": "close-to-close"}, "returns": "simple", "last": float(simple.std())},
] + [
    {"model": {"model": "ewma", "lambda": weight}, "returns": "simple",
     "values": sampled(np.sqrt((simple ** 2).ewm(alpha=1 - weight, adjust=True).mean()))}
    for weight in (0.94, 0.5)
]

# The rule of regimes, over whole columns.
fast, slow = close.rolling(50).mean(), close.rolling(200).mean()
spread = simple.rolling(20).std().reindex(range(count))


def rank(values):
    values = values[~np.isnan(values)]
    return (np.sum(values < values[-1]) + 0.5 * np.sum(values == values[-1])) / len(values)


ranks = spread.rolling(252, min_periods=126).apply(rank, raw=True)
trend = np.where((close > slow) & (fast > slow), "up", np.where((close < slow) & (fast < slow), "down", "sideways"))
level = np.where(ranks <= 0.25, "low", np.where(ranks >= 0.75, "high", "normal"))
regimes = []
for end in [199, 250, 400, 1000, 2442, 2500, 3000, 4500, 5030]:
    since = end
    while since > 199 and (trend[since - 1], level[since - 1]) == (trend[end], level[end]):
        since -= 1
    regimes.append({
        "asOf": bars["date"][end], "trend": str(trend[end]), "volatility": str(level[end]), "since": bars["date"][since],
    })

stocks = {
    symbol: pd.read_csv(data / "stocks" / f"{symbol}.csv", index_col="date")["close"] for symbol in ("AAPL", "RRC", "XOM")
}
stock_returns = pd.DataFrame(stocks).pct_change().dropna()
zeros = stocks["RRC"].iloc[:100].pct_change().dropna()

json.dump({
    "versions": {
        "ta-lib": talib.__version__, "TA-Lib C": talib.__ta_version__.decode().split()[0], "numpy": np.__version__,
        "pandas": pd.__version__, "scipy": scipy.__version__, "statsmodels": statsmodels.__version__,
    },
    "defaults": {function: defaults(function) for function in ("ATR", "BBANDS", "EMA", "MACD", "RSI", "SMA")},
    "rowCount": count, "rows": rows, "functions": functions,
    "synthetic": {name: [float(value) for value in series] for name, series in synthetic.items()}, "limits": limits,
    "statistics": {
        "simple": statistics(simple.to_numpy(), "simple", 0.0), "log": statistics(log.to_numpy(), "log", 0.02),
        "maxDrawdown": drawdown,
    },
    "volatility": volatility, "regimes": regimes,
    "firstNonZeroReturn": int(np.flatnonzero(zeros.to_numpy())[0]),
    "covariance": stock_returns.cov().to_dict(), "correlation": stock_returns.corr().to_dict(),
    "chiSquared": [
        {"statistic": statistic, "degrees": degrees, "survival": float(scipy.stats.chi2.sf(statistic, degrees))}
        for degrees in range(1, 13) for statistic in (0.0, 1e-6, 0.5, 3.84, 20.0, 150.0)
    ],
}, sys.stdout, indent=None, separators=(",", ":"))
print()
