#!/usr/bin/env python3
"""Writes the values that the tests of Argus's risk assessment compare with.

    pip install numpy scipy pandas empyrical-reloaded QuantLib
    python make_risk_reference.py ../../../Examples/data > risk.json

The book is AAPL 40%, XOM 35%, JPM 25%; returns are simple ones of the latest 1500 rows unless said otherwise. NumPy and SciPy
do the arithmetic, empyrical and QuantLib what they know of it.
"""
import json
import math
import pathlib
import sys

import empyrical
import numpy as np
import pandas as pd
import QuantLib as ql
import scipy
import scipy.integrate
import scipy.optimize
import scipy.stats as st

data = pathlib.Path(sys.argv[1])
WEIGHTS = {"AAPL": 0.4, "XOM": 0.35, "JPM": 0.25}
ROWS = 1501
prices = pd.concat({s: pd.read_csv(data / "stocks" / f"{s}.csv", index_col=0).iloc[:, 0] for s in [*WEIGHTS, "PG"]}, axis=1).iloc[-ROWS:]
returns = prices.pct_change().iloc[1:].to_numpy()
benchmark = returns[:, 3]
assets = returns[:, :3]
w = np.array(list(WEIGHTS.values()))
r = assets @ w
n = len(r)
LEVELS = (0.95, 0.975, 0.99)


def linear(x, alpha):
    return -float(np.quantile(x, alpha))


def order(x, alpha):
    return -float(np.sort(x)[math.ceil(len(x) * alpha - 1e-9) - 1])


def shortfall(x, alpha):
    x, size = np.sort(x), len(x) * alpha
    m = math.floor(size + 1e-9)
    return -float((x[:m].sum() + (size - m) * x[m]) / size)


def ewma(x, decay):
    """The variance after each value, weighted by hand from the definition."""
    out = []
    for t in range(1, len(x) + 1):
        k = decay ** np.arange(t)[::-1]
        out.append(float((k * x[:t] ** 2).sum() / k.sum()))
    return np.array(out)


def entry(**values):
    return {key: float(value) for key, value in values.items()}


mu, sigma = r.mean(), r.std(ddof=1)
S, K = st.skew(r), st.kurtosis(r)
out = {"versions": {"numpy": np.__version__, "scipy": scipy.__version__, "pandas": pd.__version__,
                    "empyrical-reloaded": empyrical.__version__, "QuantLib": ql.__version__},
       "weights": WEIGHTS, "rows": ROWS, "methods": []}


def add(request, confidence, value_at_risk, expected_shortfall, **more):
    out["methods"].append({"request": request, "confidence": confidence, "valueAtRisk": float(value_at_risk),
                           "expectedShortfall": float(expected_shortfall), **more})


for c in LEVELS:
    a = 1 - c
    z = st.norm.ppf(a)
    for window in (None, 500, 333):
        x = r if window is None else r[-window:]
        request = {"method": "historical"} | ({} if window is None else {"window": window})
        add(request, c, linear(x, a), shortfall(x, a), quantile="linear")
        add(request, c, order(x, a), shortfall(x, a), quantile="order-statistic")
    for decay in (0.98, 0.995):
        age = np.arange(n)[::-1]
        weight = (1 - decay) * decay ** age / (1 - decay ** n)
        by_value = np.argsort(r, kind="stable")
        x, k = r[by_value], np.cumsum(weight[by_value])
        at = int(np.argmax(k >= a - 1e-12))
        before = k[at] - weight[by_value][at]
        add({"method": "age-weighted", "decay": decay}, c, -x[at],
            -((weight[by_value][:at] * x[:at]).sum() + (a - before) * x[at]) / a)
    add({"method": "normal"}, c, -(mu + sigma * z), -mu + sigma * st.norm.pdf(z) / a)
    s = math.sqrt(ewma(r, 0.94)[-1])
    add({"method": "ewma", "lambda": 0.94}, c, -z * s, s * st.norm.pdf(z) / a)

    # Filtered historical simulation: residuals from the 76th on, by the volatility known the day before.
    variance = ewma(r, 0.94)
    residuals = r[75:] / np.sqrt(variance[74:-1])
    x = math.sqrt(variance[-1]) * residuals
    add({"method": "filtered-historical"}, c, linear(x, a), shortfall(x, a))

# Cornish-Fisher where it is monotone: the first 250 rows that are.
for start in range(0, n - 250, 10):
    x = r[start:start + 250]
    S, K = st.skew(x), st.kurtosis(x)
    slope = lambda z: 1 + z * S / 3 + (3 * z * z - 3) * K / 24 - (6 * z * z - 5) * S * S / 36
    grid = np.linspace(-40, 40, 80001)
    if slope(grid).min() > 1e-3:
        break
else:
    raise SystemExit("no monotone stretch")
out["cornishFisher"] = {"returns": x.tolist(), "skewness": float(S), "kurtosis": float(K), "figures": []}
for c in LEVELS:
    a = 1 - c
    q = lambda z: z + (z * z - 1) * S / 6 + (z**3 - 3 * z) * K / 24 - (2 * z**3 - 5 * z) * S * S / 36
    # The mean of the quantiles below alpha, integrated over z.
    lower = scipy.integrate.quad(lambda z: q(z) * st.norm.pdf(z), -30, st.norm.ppf(a), epsabs=0, epsrel=3e-14, limit=500)[0]
    m, d = x.mean(), x.std(ddof=1)
    out["cornishFisher"]["figures"].append(
        {"confidence": c, "valueAtRisk": float(-(m + d * q(st.norm.ppf(a)))), "expectedShortfall": float(-(m + d * lower / a))})

# Student's t: the best of several starts, with the bounds on nu.
def fit_t(x):
    m, d = x.mean(), x.std(ddof=1)
    y = (x - m) / d
    best = None
    for nu in (2.2, 3, 4, 6, 10, 30, 150):
        def cost(p):
            return -st.t.logpdf(y, math.exp(p[2]), p[0], math.exp(p[1])).sum()
        start = [0, -0.2, math.log(nu)]
        found = scipy.optimize.minimize(cost, start, method="L-BFGS-B", bounds=[(-3, 3), (-9, 3), (math.log(2.1), math.log(200))],
                                        options={"ftol": 1e-15, "gtol": 1e-10, "maxiter": 5000})
        found = scipy.optimize.minimize(cost, found.x, method="Nelder-Mead", bounds=[(-3, 3), (-9, 3), (math.log(2.1), math.log(200))],
                                        options={"xatol": 1e-10, "fatol": 1e-12, "maxiter": 20000, "maxfev": 20000})
        if best is None or found.fun < best.fun:
            best = found
    loc, scale, nu = m + d * best.x[0], d * math.exp(best.x[1]), math.exp(best.x[2])
    return {"mu": float(loc), "s": float(scale), "nu": float(nu), "logLikelihood": float(st.t.logpdf(x, nu, loc, scale).sum())}


rng = np.random.default_rng(3)
samples = {"book": r, "AAPL": assets[:, 0], "normal": rng.standard_normal(800) * 0.01 + 0.001, "heavy": rng.standard_t(1.5, 600) * 0.02,
           "skewed": rng.exponential(1.0, 300) * 0.01, "percent": 100 * r[-250:]}
out["t"] = [{"name": name, "sample": x.tolist(), **fit_t(x)} for name, x in samples.items()]

out["ratios"] = {
    "riskFree": 0.02,
    "sharpe": float(empyrical.sharpe_ratio(r, risk_free=0.02 / 252)),
    "sortino": float(empyrical.sortino_ratio(r, required_return=0.02 / 252)),
    "calmar": float(empyrical.calmar_ratio(r)),
    "maxDrawdown": float(-empyrical.max_drawdown(r)),
    "beta": float(empyrical.beta(r, benchmark)),
    "trackingError": float(math.sqrt(252) * np.std(r - benchmark, ddof=1)),
}

statistics = ql.RiskStatistics()
for value in r:
    statistics.add(float(value))
# Levels at which n·alpha is no whole number: there QuantLib's rounding decides.
out["quantLib"] = {str(c): statistics.valueAtRisk(c) for c in (0.951, 0.975, 0.9875)}

# Backtests: rolling historical value at risk.
def xlogy(k, p):
    return 0.0 if k == 0 else k * math.log(p)


def backtest(window, confidence):
    a = 1 - confidence
    limits, hits, shortfalls = [], [], []
    for t in range(window, n):
        past = r[t - window:t]
        limits.append(linear(past, a))
        hits.append(-r[t] > limits[-1])
        shortfalls.append(shortfall(past, a))
    hits = np.array(hits)
    T, x = len(hits), int(hits.sum())
    uc = -2 * (xlogy(T - x, 1 - a) + xlogy(x, a) - xlogy(T - x, 1 - x / T) - xlogy(x, x / T))
    pairs = [[int(((hits[:-1] == i) & (hits[1:] == j)).sum()) for j in (0, 1)] for i in (0, 1)]
    pi = (pairs[0][1] + pairs[1][1]) / (T - 1)
    p01, p11 = pairs[0][1] / sum(pairs[0]), pairs[1][1] / sum(pairs[1])
    ind = -2 * (xlogy(pairs[0][0] + pairs[1][0], 1 - pi) + xlogy(pairs[0][1] + pairs[1][1], pi)
                - xlogy(pairs[0][0], 1 - p01) - xlogy(pairs[0][1], p01) - xlogy(pairs[1][0], 1 - p11) - xlogy(pairs[1][1], p11))
    z2 = 1 + sum(r[window + i] / shortfalls[i] for i in range(T) if hits[i]) / (T * a)
    last = int(hits[-250:].sum())
    probability = st.binom.cdf(last, min(T, 250), a)
    return {"window": window, "confidence": confidence, "observations": T, "exceptions": x,
            "kupiec": {"statistic": uc, "pValue": float(st.chi2.sf(uc, 1))},
            "independence": {"statistic": ind, "pValue": float(st.chi2.sf(ind, 1))},
            "conditional": {"statistic": uc + ind, "pValue": float(st.chi2.sf(uc + ind, 2))}, "z2": z2,
            "zone": "green" if probability < 0.95 else "yellow" if probability < 0.9999 else "red",
            "first": limits[0], "last": limits[-1]}


out["backtests"] = [backtest(250, 0.99), backtest(500, 0.95), backtest(100, 0.9)]

tau = np.array([[st.kendalltau(assets[:, i], assets[:, j]).statistic for j in range(3)] for i in range(3)])
rrc = pd.read_csv(data / "stocks" / "RRC.csv", index_col=0).iloc[:1001, 0].pct_change().iloc[1:].to_numpy()
amd = pd.read_csv(data / "stocks" / "AMD.csv", index_col=0).iloc[:1001, 0].pct_change().iloc[1:].to_numpy()
out["kendall"] = {"book": tau.tolist(), "ties": float(st.kendalltau(rrc, amd).statistic)}

# The t copula's degrees of freedom, by maximum likelihood on ranks.
R = np.sin(np.pi * tau / 2)
u = st.rankdata(assets, axis=0) / (n + 1)


def copula_cost(log_nu):
    nu = math.exp(log_nu)
    x = st.t.ppf(u, nu)
    return -(st.multivariate_t.logpdf(x, shape=R, df=nu).sum() - st.t.logpdf(x, nu).sum())


best = scipy.optimize.minimize_scalar(copula_cost, bounds=(math.log(2.1), math.log(100)), method="bounded", options={"xatol": 1e-7})
out["copula"] = {"correlation": R.tolist(), "nu": float(math.exp(best.x)), "logLikelihood": float(-best.fun)}

json.dump(out, sys.stdout, separators=(",", ":"))
print()
