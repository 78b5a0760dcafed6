#!/usr/bin/env python3
"""Writes unusual but valid risk assessments, inputs and answers, for the tests of Argus.

    pip install numpy scipy pandas
    python make_unusual_risk_reference.py ../../../Examples/data/stocks > unusual-risk.json

NumPy and SciPy do the arithmetic from the definitions; sums that cancel are made exactly (math.fsum).
"""
import json
import math
import pathlib
import sys

import numpy as np
import pandas as pd
import scipy
import scipy.stats as st

stocks = pathlib.Path(sys.argv[1])
LEVELS = [0.9, 0.95, 0.99]
YEAR = 252
WARM_UP = 75


def mean(x):
    return math.fsum(x) / len(x)


def covariance(x, y):
    a, b = mean(x), mean(y)
    return math.fsum((p - a) * (q - b) for p, q in zip(x, y)) / (len(x) - 1)


def ewma(x, decay=0.94):
    """The variance after each value; null until the first that is not zero."""
    out = []
    for t in range(1, len(x) + 1):
        k = decay ** np.arange(t)[::-1]
        out.append(math.fsum(k * np.asarray(x[:t]) ** 2) / math.fsum(k))
    return out


def quantile_shares(x, alpha, convention):
    order = sorted(range(len(x)), key=lambda i: (x[i], i))
    if convention == "order-statistic":
        return [(order[max(1, math.ceil(len(x) * alpha - 1e-9)) - 1], 1.0)]
    place = (len(x) - 1) * alpha
    low = math.floor(place)
    part = place - low
    return [(order[low], 1 - part)] + ([(order[low + 1], part)] if part > 0 and low + 1 < len(x) else [])


def tail_shares(x, alpha):
    order = sorted(range(len(x)), key=lambda i: (x[i], i))
    size = len(x) * alpha
    whole = math.floor(size + 1e-9)
    shares = [(order[i], 1 / size) for i in range(whole)]
    return shares + ([(order[whole], (size - whole) / size)] if size > whole and whole < len(x) else [])


def loss(x, shares):
    return -math.fsum(k * x[i] for i, k in shares)


def shared(weights, marginals):
    return {"components": [w * m for w, m in zip(weights, marginals[0])],
            "expectedShortfallComponents": [w * m for w, m in zip(weights, marginals[1])], "marginal": list(marginals[0])}


def figures(method, c, r, assets, weights, horizon, convention):
    """Value at risk, shortfall, and their parts where they can be shared; None where the method is refused."""
    a, n, root = 1 - c, len(r), math.sqrt(horizon)
    z = st.norm.ppf(a)
    pdf = st.norm.pdf(z) / a
    if method == "historical":
        q, t = quantile_shares(r, a, convention), tail_shares(r, a)
        return root * loss(r, q), root * loss(r, t), shared(
            weights, [[root * loss(x, q) for x in assets], [root * loss(x, t) for x in assets]])
    if method == "age-weighted":
        order = sorted(range(n), key=lambda i: (r[i], i))
        k = [(1 - 0.98) * 0.98 ** (n - 1 - i) / (1 - 0.98 ** n) for i in order]
        before = 0.0
        for at in range(n):
            if before + k[at] >= a - 1e-12:
                break
            before += k[at]
        tail = math.fsum([k[i] * r[order[i]] for i in range(at)] + [(a - before) * r[order[at]]])
        return -root * r[order[at]], -root * tail / a, None
    if method == "normal":
        mu, sigma = mean(r), math.sqrt(covariance(r, r))
        if sigma == 0:
            return None
        slopes = [root * covariance(r, x) / sigma for x in assets]
        means = [horizon * mean(x) for x in assets]
        return (-(horizon * mu + root * z * sigma), -horizon * mu + root * sigma * pdf, shared(
            weights, [[-m - z * s for m, s in zip(means, slopes)], [-m + pdf * s for m, s in zip(means, slopes)]]))
    if method == "ewma":
        if not any(r):
            return None
        k = 0.94 ** np.arange(n)[::-1]
        sigma = math.sqrt(ewma(r)[-1])
        slopes = [root * math.fsum(k * np.asarray(r) * np.asarray(x)) / math.fsum(k) / sigma for x in assets]
        return -z * sigma * root, sigma * pdf * root, shared(
            weights, [[-z * s for s in slopes], [pdf * s for s in slopes]])
    if method == "cornish-fisher":
        mu, sigma = mean(r), math.sqrt(covariance(r, r))
        if sigma == 0:
            return None
        m2 = math.fsum((v - mu) ** 2 for v in r) / n
        S = math.fsum((v - mu) ** 3 for v in r) / n / m2 ** 1.5
        K = math.fsum((v - mu) ** 4 for v in r) / n / m2 ** 2 - 3
        b = 1 - K / 8 + 5 * S * S / 36
        if not (K / 8 - S * S / 6 >= 0 and b > 0 and S * S / 9 <= 4 * (K / 8 - S * S / 6) * b):
            return None
        q = z + (z * z - 1) * S / 6 + (z ** 3 - 3 * z) * K / 24 - (2 * z ** 3 - 5 * z) * S * S / 36
        factor = 1 + z * S / 6 + (z * z - 1) * K / 24 - (2 * z * z - 1) * S * S / 36
        return -(horizon * mu + root * sigma * q), -horizon * mu + root * sigma * pdf * factor, None
    if method == "filtered-historical":
        variance = ewma(r)
        if n < WARM_UP + 2 or not all(variance[WARM_UP - 1:]):
            return None
        x = [math.sqrt(variance[-1]) * r[t] / math.sqrt(variance[t - 1]) for t in range(WARM_UP, n)]
        return loss(x, quantile_shares(x, a, convention)), loss(x, tail_shares(x, a)), None
    raise SystemExit(method)


def ratios(r, risk_free):
    n, m = len(r), risk_free / YEAR
    sigma = math.sqrt(covariance(r, r))
    down = math.sqrt(YEAR * math.fsum(min(v - m, 0) ** 2 for v in r) / n)
    wealth, high, depth = 1.0, 1.0, 0.0
    for v in r:
        wealth *= 1 + v
        high, depth = max(high, wealth), max(depth, 1 - wealth / high)
    annual = wealth ** (YEAR / n) - 1 if wealth > 0 else None
    return {"sharpe": math.sqrt(YEAR) * (mean(r) - m) / sigma if sigma > 0 else None,
            "sortino": YEAR * math.fsum(v - m for v in r) / n / down if down > 0 else None,
            "maxDrawdown": depth, "calmar": annual / depth if annual is not None and depth > 0 else None}


def xlogy(k, p):
    return 0.0 if k == 0 else k * math.log(p)


def backtest(r, window, c, convention):
    a = 1 - c
    limits, hits, ratio = [], [], 0.0
    for t in range(window, len(r)):
        past = r[t - window:t]
        limits.append(loss(past, quantile_shares(past, a, convention)))
        hits.append(-r[t] > limits[-1])
        if hits[-1]:
            ratio += r[t] / loss(past, tail_shares(past, a))
    T, x = len(hits), sum(hits)
    uc = max(0.0, -2 * (xlogy(T - x, 1 - a) + xlogy(x, a) - xlogy(T - x, 1 - x / T) - xlogy(x, x / T)))
    pairs = [[sum(p == i and q == j for p, q in zip(hits, hits[1:])) for j in (0, 1)] for i in (0, 1)]
    ind = 0.0
    if x > 0 and T > 1:
        own = sum(xlogy(pairs[i][j], pairs[i][j] / sum(pairs[i])) for i in (0, 1) for j in (0, 1) if pairs[i][j])
        both = [pairs[0][j] + pairs[1][j] for j in (0, 1)]
        ind = max(0.0, 2 * (own - sum(xlogy(k, k / sum(both)) for k in both)))
    last = hits[-250:]
    p = st.binom.cdf(sum(last), len(last), a)
    return {"observations": T, "exceptions": x, "z2": 1 + ratio / (T * a), "kupiec": uc, "independence": ind,
            "kupiecP": st.chi2.sf(uc, 1), "zone": "green" if p < 0.95 else "yellow" if p < 0.9999 else "red"}


METHODS = ["historical", "age-weighted", "normal", "cornish-fisher", "ewma", "filtered-historical"]
cases = []


def case(name, columns, weights=None, positions=None, horizon=1, convention="linear", methods=METHODS, risk_free=0.0,
         window=None, levels=LEVELS, value=None, shares=None, extra=None, log=False):
    columns = {k: [float(v) for v in x] for k, x in columns.items()}
    held = list(weights or shares)
    part = list((weights or shares).values())
    simple = {k: [math.expm1(v) for v in x] if log else x for k, x in columns.items()}
    assets = [simple[s] for s in held]
    r = [math.fsum(w * x[t] for w, x in zip(part, assets)) for t in range(len(assets[0]))]
    if horizon > 1:
        methods = [m for m in methods if m != "filtered-historical"]
    if len(r) < WARM_UP + 2:
        methods = [m for m in methods if m != "filtered-historical"]
    if len(r) < 4:
        methods = [m for m in methods if m != "cornish-fisher"]
    params = {"methods": [{"method": m} for m in methods], "confidence": levels, "horizonDays": horizon,
              "quantile": convention, "components": True, "riskFree": risk_free, **(extra or {})}
    params["weights" if weights else "positions"] = weights or positions
    if log:
        params["returns"] = "log"
    if window:
        params["backtest"] = {"method": {"method": "historical", "window": window}, "confidence": 0.9}
    risk = []
    for m in methods:
        for c in levels:
            found = figures(m, c, r, assets, part, horizon, convention)
            entry = {"method": m, "confidence": c}
            if found:
                entry |= {"valueAtRisk": found[0], "expectedShortfall": found[1], **(found[2] or {})}
            risk.append(entry)
    cases.append({
        "name": name, "symbols": held, "input": {"inputs": [{"name": "r", "returns": {"columns": columns}}], "params": params},
        "value": value, "weights": part, "risk": risk, "ratios": ratios(r, risk_free),
        **({"backtest": backtest(r, window, 0.9, convention)} if window else {})})


rng = np.random.default_rng(11)


def noise(n, scale=0.01, drift=0.0):
    return [float(f"{v:.9g}") for v in scale * rng.standard_t(5, n) + drift]


for convention in ("linear", "order-statistic"):
    case(f"one position, two returns, {convention}", {"A": [0.01, -0.02]}, {"A": 1.0}, convention=convention, levels=[0.5, 0.95])
    case(f"one return more than a filter needs, {convention}", {"A": noise(77)}, {"A": 1.0}, convention=convention, window=76)
    case(f"a tail of whole rows, {convention}", {"A": noise(100), "B": noise(100)}, {"A": 0.5, "B": 0.5}, convention=convention, window=40)
    case(f"many equal returns, {convention}", {"A": [0.01, -0.01, -0.01, 0.0] * 30, "B": [-0.02, 0.0, 0.0, 0.02] * 30},
         {"A": 0.75, "B": 0.25}, convention=convention, window=50)
case("cash beside weights", {"A": noise(90), "B": noise(90)}, {"A": 0.2, "B": 0.1})
case("a short side", {"A": noise(90), "B": noise(90), "C": noise(90)}, {"A": 1.6, "B": -0.5, "C": -0.1}, risk_free=0.03, window=30)
case("short alone", {"A": noise(90, drift=0.004)}, {"A": -1.0})
case("no net weight", {"A": noise(90), "B": noise(90)}, {"A": 1.0, "B": -1.0}, horizon=10)
case("a series that does not vary beside one that does", {"A": noise(90), "B": [0.0001] * 90}, {"A": 0.6, "B": 0.4})
case("gains alone", {"A": [abs(v) + 0.001 for v in noise(90)]}, {"A": 1.0}, window=30)
case("losses alone", {"A": [-abs(v) - 0.001 for v in noise(90)]}, {"A": 1.0}, window=30)
case("tiny returns", {"A": noise(90, 1e-11), "B": noise(90, 1e-12)}, {"A": 0.5, "B": 0.5})
case("wealth lost altogether", {"A": [0.3, -0.6] * 45, "B": noise(90)}, {"A": 2.5, "B": -1.5})
case("a large mean", {"A": noise(90, 1e-4, 0.05)}, {"A": 1.0})
case("log returns", {"A": noise(90, 0.05), "B": noise(90, 0.02)}, {"A": 0.5, "B": 0.5}, log=True, horizon=5)
rrc = pd.read_csv(stocks / "RRC.csv", index_col=0).iloc[:151, 0].pct_change().iloc[1:]
amd = pd.read_csv(stocks / "AMD.csv", index_col=0).iloc[:151, 0].pct_change().iloc[1:]
case("RRC's zeros", {"RRC": rrc}, {"RRC": 1.0})
case("RRC's zeros beside AMD", {"RRC": rrc, "AMD": amd}, {"RRC": 0.5, "AMD": 0.5}, window=60)
case("no zeros after the filter's start", {"A": [0.0] * 20 + noise(80)}, {"A": 1.0})
worth = {"A": 100 * 12.5, "B": -30 * 8.0 * 1.0625, "C": 5000 * 100.0 / 160.0}
total = math.fsum(worth.values())
case("positions in three currencies, one short", {"A": noise(90), "B": noise(90), "C": noise(90)},
     positions=[{"symbol": "A", "quantity": 100, "price": 12.5, "currency": "USD"},
                {"symbol": "B", "quantity": -30, "price": 8.0, "currency": "EUR"},
                {"symbol": "C", "quantity": 4000, "price": 100.0, "currency": "JPY"},
                {"symbol": "C", "quantity": 1000, "price": 100.0, "currency": "JPY"}],
     shares={k: v / total for k, v in worth.items()}, value=total,
     extra={"baseCurrency": "USD", "fx": {"EURUSD": 1.0625, "USDJPY": 160.0}})

json.dump({"versions": {"numpy": np.__version__, "scipy": scipy.__version__, "pandas": pd.__version__}, "cases": cases},
          sys.stdout, separators=(",", ":"))
print()
