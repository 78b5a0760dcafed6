#!/usr/bin/env python3
"""Writes the portfolios that the tests of Argus' optimisers and advice compare with.

    pip install cvxpy clarabel PyPortfolioOpt==1.6.0 numpy pandas scipy
    python make_advisory_reference.py ../../../Examples/data/stocks > advisory.json

Quadratic programs are solved by Clarabel on 1e4 times the covariance, gap and feasibility tolerances 1e-13; linear ones with
1e-12. Returns are the last 1259 of the 20 stocks; a factor model from a counter makes 500 more.
"""
import importlib.metadata
import json
import pathlib
import sys

import cvxpy as cp
import numpy as np
import pandas as pd
from pypfopt import HRPOpt, black_litterman

directory = pathlib.Path(sys.argv[1])
prices = pd.DataFrame({
    path.stem: pd.read_csv(path, index_col=0)["close"] for path in sorted(directory.glob("*.csv"))
})
returns = prices.pct_change().dropna().iloc[-1259:]
symbols = list(returns.columns)
count = len(symbols)
data = returns.to_numpy()
sigma = np.cov(data, rowvar=False)
mu = data.mean(axis=0)
tight = dict(
    solver=cp.CLARABEL, tol_gap_abs=1e-13, tol_gap_rel=1e-13, tol_feas=1e-13, max_iter=500,
    equilibrate_max_iter=50)


def solve(problem, **options):
    problem.solve(**{**tight, **options})
    assert problem.status in ("optimal", "optimal_inaccurate"), problem.status


def solution(weights, **more):
    weights = np.asarray(weights)
    return {"variance": float(weights @ sigma @ weights), "weights": [float(w) for w in weights], **more}


def minimum_variance(covariance, constraints=lambda w: [], low=0, high=1):
    w = cp.Variable(len(covariance))
    problem = cp.Problem(
        cp.Minimize(cp.quad_form(w, cp.psd_wrap(1e4 * covariance))),
        [cp.sum(w) == 1, w >= low, w <= high, *constraints(w)])
    solve(problem)
    return w.value


tech = [symbols.index(s) for s in ("AAPL", "AMD", "MSFT")]
equal = np.full(count, 1 / count)
out = {
    "versions": {p: importlib.metadata.version(p) for p in ("cvxpy", "clarabel", "PyPortfolioOpt", "numpy", "scipy")},
    "symbols": symbols, "rows": len(data),
    "longOnly": solution(minimum_variance(sigma)),
    "capped": solution(minimum_variance(sigma, high=0.1)),
    "short": solution(minimum_variance(sigma, low=-0.1, high=0.2)),
    "group": solution(minimum_variance(
        sigma, lambda w: [cp.sum(w[tech]) >= 0.25, cp.sum(w[tech]) <= 0.3, mu @ w * 252 >= 0.2], high=0.15)),
    "targetReturn": solution(minimum_variance(sigma, lambda w: [mu @ w * 252 >= 0.25])),
    "turnover": solution(minimum_variance(sigma, lambda w: [cp.norm1(w - equal) <= 2 * 0.2])),
    "turnoverReturn": solution(minimum_variance(
        sigma, lambda w: [cp.norm1(w - equal) <= 2 * 0.3, mu @ w * 252 >= 0.2], high=0.12)),
}

# Proportional costs: variance plus a price on every trade.
w = cp.Variable(count)
solve(cp.Problem(
    cp.Minimize(cp.quad_form(w, cp.psd_wrap(1e4 * sigma)) / 2 + 0.05 * cp.norm1(w - equal)),
    [cp.sum(w) == 1, w >= 0]))
out["costs"] = solution(w.value, price=0.05e-4)

# The largest Sharpe ratio, homogenised: y = w/(w'(mu - rf)).
rate = 0.02
excess = mu - rate / 252
y, k = cp.Variable(count), cp.Variable()
solve(cp.Problem(
    cp.Minimize(cp.quad_form(y, cp.psd_wrap(1e4 * sigma))),
    [(1e3 * excess) @ y == 1, cp.sum(y) == k, y >= 0, y <= 0.3 * k]))
best = y.value / k.value
out["sharpe"] = solution(best, sharpe=float(np.sqrt(252) * (excess @ best) / np.sqrt(best @ sigma @ best)))

# The largest return at 18 percent a year.
factor = np.linalg.cholesky(252 * sigma).T
w = cp.Variable(count)
solve(cp.Problem(cp.Maximize(252 * mu @ w), [cp.sum(w) == 1, w >= 0, w <= 0.4, cp.norm(factor @ w) <= 0.18]))
out["targetRisk"] = solution(w.value, expectedReturn=float(252 * mu @ w.value))


def expected_shortfall(w, confidence):
    ordered = np.sort(data @ w)
    alpha = 1 - confidence
    full = int(np.floor(len(ordered) * alpha + 1e-9))
    return float(-(ordered[:full].sum() + (len(ordered) * alpha - full) * ordered[full]) / (len(ordered) * alpha))


def mean_cvar(confidence, constraints=lambda w: [], high=1):
    w, level, over = cp.Variable(count), cp.Variable(), cp.Variable(len(data), nonneg=True)
    problem = cp.Problem(
        cp.Minimize(level + cp.sum(over) / (len(data) * (1 - confidence))),
        [over >= -data @ w - level, cp.sum(w) == 1, w >= 0, w <= high, *constraints(w)])
    solve(problem, tol_gap_abs=1e-12, tol_gap_rel=1e-12, tol_feas=1e-12)
    return {"weights": [float(v) for v in w.value], "objective": float(problem.value),
            "expectedShortfall": expected_shortfall(w.value, confidence)}


out["cvar95"] = mean_cvar(0.95)
out["cvar99"] = mean_cvar(0.99, high=0.2)
out["cvarTarget"] = mean_cvar(0.95, lambda w: [mu @ w * 252 >= 0.2], high=0.25)
out["cvarTurnover"] = mean_cvar(0.95, lambda w: [cp.norm1(w - equal) <= 0.4])

hrp = HRPOpt(returns).optimize()
out["hrp"] = [float(hrp[s]) for s in symbols]

# Equal risk: the minimum of a strictly convex function, by Newton's method in double-double-free plain arithmetic.
x = 1 / np.sqrt(np.diag(sigma))
for _ in range(100):
    step = np.linalg.solve(sigma + np.diag(1 / x ** 2) / count, sigma @ x - 1 / count / x)
    length = 1.0
    while (x - length * step <= 0).any():
        length /= 2
    x = x - length * step
out["equalRisk"] = [float(v) for v in x / x.sum()]

# Black and Litterman, with omega from confidences by Idzorek's rule.
annual = 252 * sigma
market = np.arange(1, count + 1) / np.arange(1, count + 1).sum()
delta, tau = 3.0, 0.05
prior = delta * annual @ market + rate
views = np.zeros((2, count))
views[0, symbols.index("AAPL")], views[0, symbols.index("MSFT")] = 1, -1
views[1, symbols.index("XOM")] = 1
told = np.array([0.03, 0.12])
confidences = [0.6, 0.25]
omega = np.diag([tau * (1 - c) / c * (p @ annual @ p) for p, c in zip(views, confidences)])
model = black_litterman.BlackLittermanModel(
    pd.DataFrame(annual, symbols, symbols), pi=prior, P=views, Q=told, omega=omega, tau=tau, risk_aversion=delta)
posterior, covariance = model.bl_returns().to_numpy(), model.bl_cov().to_numpy()
w = cp.Variable(count)
solve(cp.Problem(
    cp.Maximize(100 * (posterior @ w) - 50 * delta * cp.quad_form(w, cp.psd_wrap(covariance))),
    [cp.sum(w) == 1, w >= 0, w <= 0.3]))
out["blackLitterman"] = {
    "posterior": [float(v) for v in posterior], "weights": [float(v) for v in w.value],
    "utility": float(posterior @ w.value - delta / 2 * w.value @ covariance @ w.value),
}


def uniform(index):
    """Numbers in [0, 1) from a counter (splitmix64), so that other programs can make the same."""
    z = (index + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return ((z ^ (z >> np.uint64(31))) >> np.uint64(11)).astype(float) / 2.0 ** 53


assets, rows, factors = 500, 750, 5
stream = uniform(np.arange((assets + rows) * factors + assets * rows, dtype=np.uint64)) - 0.5
loadings = stream[:assets * factors].reshape(assets, factors)
moves = stream[assets * factors:(assets + rows) * factors].reshape(rows, factors)
noise = stream[(assets + rows) * factors:].reshape(rows, assets)
large = np.cov(0.02 * (moves @ (loadings + 0.5).T + 0.7 * noise), rowvar=False)
w = minimum_variance(large)
out["large"] = {"variance": float(w @ large @ w), "weights": [round(float(v), 9) for v in w]}

json.dump(out, sys.stdout, indent=None, separators=(",", ":"))
