#!/usr/bin/env python3
"""Writes portfolios that are optimal net of trading costs, for the tests of Argus' optimisers.

    pip install cvxpy clarabel numpy pandas
    python make_costs_reference.py ../../../Examples/data/stocks > costs.json

Returns are the last 1259 of the 20 stocks. Trading starts from weights of 10% in each of the first ten symbols. Costs are
k|d| + g|d|^1.5 of a change d of a weight, in the unit of a day's returns. Clarabel solves the cones; its tolerances are 1e-12, and
objectives are evaluated by NumPy at its weights.
"""
import importlib.metadata
import json
import pathlib
import sys

import cvxpy as cp
import numpy as np
import pandas as pd

directory = pathlib.Path(sys.argv[1])
prices = pd.DataFrame({
    path.stem: pd.read_csv(path, index_col=0)["close"] for path in sorted(directory.glob("*.csv"))
})
returns = prices.pct_change().dropna().iloc[-1259:]
data = returns.to_numpy()
count = data.shape[1]
sigma, mu = np.cov(data, rowvar=False), data.mean(axis=0)
start = np.where(np.arange(count) < 10, 0.1, 0.0)
unit = 1e4  # objectives are of this order to the solver
options = dict(
    solver=cp.CLARABEL, tol_gap_abs=1e-12, tol_gap_rel=1e-12, tol_feas=1e-12, max_iter=500, equilibrate_max_iter=50)


def solve(problem):
    problem.solve(**options)
    assert problem.status in ("optimal", "optimal_inaccurate"), problem.status


def expected_shortfall(w, confidence):
    ordered = np.sort(data @ w)
    alpha = len(ordered) * (1 - confidence)
    full = int(np.floor(alpha + 1e-9))
    return float(-(ordered[:full].sum() + (alpha - full) * ordered[full]) / alpha)


root = np.linalg.cholesky(unit * sigma).T
cases = {}
for name, k, g in [
    ("proportional", 4e-6, np.zeros(count)),
    ("impact", 0.0, 2e-5 * (1 + np.arange(count) % 4)),
    ("both", 2e-6, 1e-5 * (1 + np.arange(count) % 3)),
    ("large", 1e-4, 1e-4 * np.sqrt(np.diag(sigma)) / 0.02),
]:
    def cost(w):
        d = cp.abs(w - start)
        return unit * (k * cp.sum(d) + g @ cp.power(d, 1.5) if g.any() else k * cp.sum(d))

    def cost_of(w):
        d = np.abs(w - start)
        return float(k * d.sum() + g @ d ** 1.5)

    case = {"proportional": k, "impact": [float(v) for v in g]}

    def portfolio(objective, constraints=lambda w: [], high=0.3):
        w = cp.Variable(count)
        solve(cp.Problem(cp.Minimize(objective(w)), [cp.sum(w) == 1, w >= 0, w <= high, *constraints(w)]))
        return w.value

    def put(name, w, value):
        case[name] = {"objective": float(value), "weights": [float(v) for v in w]}

    w = portfolio(lambda w: cp.sum_squares(root @ w) + cost(w))
    put("variance", w, w @ sigma @ w + cost_of(w))
    w = portfolio(lambda w: 1.5 * cp.sum_squares(root @ w) - unit * mu @ w + cost(w))
    put("utility", w, 1.5 * w @ sigma @ w - mu @ w + cost_of(w))
    w = portfolio(
        lambda w: 1.5 * cp.sum_squares(root @ w) - unit * mu @ w + cost(w), lambda w: [cp.norm1(w - start) <= 0.5])
    put("turnover", w, 1.5 * w @ sigma @ w - mu @ w + cost_of(w))
    # The largest return at 18 percent a year: at the tradeoff s for which the minimum of risk less s times return has that risk.
    def at(tradeoff):
        w = portfolio(lambda w: 0.5 * cp.sum_squares(root @ w) + tradeoff * (cost(w) - unit * mu @ w))
        return w, np.sqrt(252 * w @ sigma @ w) - 0.18

    w, limit = cp.Variable(count), 100 * 0.18 / np.sqrt(252)
    risk = cp.norm(root @ w) <= limit
    solve(cp.Problem(cp.Minimize(cost(w) - unit * mu @ w), [cp.sum(w) == 1, w >= 0, w <= 0.3, risk]))
    first = limit / float(np.max(risk.dual_value))
    (x, y), (w, fx), (_, fy) = (first, first * 1.001), at(first), at(first * 1.001)
    for _ in range(6):
        if abs(fy) < 1e-12 or fy == fx:
            break
        x, y, fx = y, y - fy * (y - x) / (fy - fx), fy
        w, fy = at(y)
    put("targetRisk", w, cost_of(w) - mu @ w)

    # Net excess over volatility, homogenised: y = w·s; |d|^1.5 becomes t with t^(2/3) s^(1/3) >= |y - start·s|.
    y, s, t = cp.Variable(count), cp.Variable(), cp.Variable(count)
    d = y - start * s
    constraints = [cp.sum(y) == s, y >= 0, y <= 0.3 * s]
    net = 1e3 * ((mu - 0.02 / 252) @ y - k * cp.norm1(d))
    if g.any():
        net = net - 1e3 * g @ t
        constraints += [cp.PowCone3D(t, s * np.ones(count), d, 2 / 3)]
    solve(cp.Problem(cp.Minimize(cp.sum_squares(root @ y)), [net >= 1, *constraints]))
    w = y.value / s.value
    # Once more at the tradeoff s²/e that belongs to it, where the solver is more accurate.
    for _ in range(2):
        tradeoff = w @ sigma @ w / (mu @ w - 0.02 / 252 - cost_of(w))
        w = portfolio(lambda w: 0.5 * cp.sum_squares(root @ w) + tradeoff * (cost(w) - unit * mu @ w))
    put("sharpe", w, (mu @ w - 0.02 / 252 - cost_of(w)) / np.sqrt(w @ sigma @ w))

    w, level, over = cp.Variable(count), cp.Variable(), cp.Variable(len(data), nonneg=True)
    shortfall = 100 * (level + cp.sum(over) / (len(data) * 0.05)) + cost(w) / unit * 100
    solve(cp.Problem(
        cp.Minimize(shortfall), [over >= -data @ w - level, cp.sum(w) == 1, w >= 0, w <= 0.3]))
    put("cvar", w.value, expected_shortfall(w.value, 0.95) + cost_of(w.value))
    cases[name] = case

json.dump({
    "versions": {p: importlib.metadata.version(p) for p in ("cvxpy", "clarabel", "numpy", "pandas")},
    "start": [float(v) for v in start], "cases": cases,
}, sys.stdout, indent=None, separators=(",", ":"))
