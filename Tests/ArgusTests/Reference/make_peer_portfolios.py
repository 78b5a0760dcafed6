#!/usr/bin/env python3
"""Writes portfolios of skfolio, Riskfolio-Lib and PyPortfolioOpt, which the tests of Argus' optimisers compare with.

    pip install skfolio riskfolio-lib PyPortfolioOpt cvxpy clarabel
    python make_peer_portfolios.py ../../../Examples/data/stocks > peers.json

Problems are the last 1259 returns of the 20 stocks, and two factor models from a counter. All three libraries solve with Clarabel, to
tolerances of 1e-12 where they pass them on. What they define otherwise is left out: skfolio's and, by default, Riskfolio-Lib's HRP
order leaves optimally before they split. skfolio's views are of returns in excess of the risk-free one, which is zero here.
"""
import importlib.metadata
import json
import pathlib
import sys
import warnings

import numpy as np
import pandas as pd
import riskfolio as rp
from pypfopt import EfficientCVaR, EfficientFrontier, HRPOpt
from skfolio import RiskMeasure
from skfolio.moments import EquilibriumMu
from skfolio.optimization import MeanRisk, ObjectiveFunction, RiskBudgeting
from skfolio.prior import BlackLitterman, EmpiricalPrior

warnings.filterwarnings("ignore")
directory = pathlib.Path(sys.argv[1])
prices = pd.DataFrame({
    path.stem: pd.read_csv(path, index_col=0)["close"] for path in sorted(directory.glob("*.csv"))
})
tight = dict(tol_gap_abs=1e-12, tol_gap_rel=1e-12, tol_feas=1e-12, max_iter=500)
CAP, RATE, TAU, DELTA = 0.4, 0.02 / 252, 0.05, 3.0


def uniform(index):
    """Numbers in [0, 1) from a counter (splitmix64), so that other programs can make the same."""
    z = (index + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return ((z ^ (z >> np.uint64(31))) >> np.uint64(11)).astype(float) / 2.0 ** 53


def factor_model(assets, rows, seed):
    stream = uniform(np.arange(seed, seed + assets + rows + assets * rows, dtype=np.uint64))
    loadings, moves, noise = stream[:assets], stream[assets:assets + rows] - 0.5, stream[assets + rows:] - 0.5
    data = 0.02 * (moves[:, None] * (loadings + 0.5) + 0.7 * noise.reshape(rows, assets)) + 0.001 * loadings
    return pd.DataFrame(data, pd.bdate_range("2000-01-03", periods=rows), [f"A{i}" for i in range(assets)])


def listed(weights):
    return [float(w) for w in weights]


def skfolio(returns, names):
    options = dict(solver="CLARABEL", solver_params=tight)
    fit = lambda model: listed(model.fit(returns).weights_)
    deviation, low = RiskMeasure.STANDARD_DEVIATION, RiskMeasure.VARIANCE
    views = [f"{names[0]} - {names[1]} == 0.0002", f"{names[2]} == 0.0005"]
    equilibrium = EmpiricalPrior(mu_estimator=EquilibriumMu(risk_aversion=DELTA))
    prior = BlackLitterman(views=views, prior_estimator=equilibrium, tau=TAU, view_confidences=[0.6, 0.25])
    posterior = prior.fit(returns).return_distribution_
    return {
        "minimumVariance": fit(MeanRisk(risk_measure=low, max_weights=CAP, **options)),
        "sharpe": fit(MeanRisk(
            objective_function=ObjectiveFunction.MAXIMIZE_RATIO, risk_measure=deviation, risk_free_rate=RATE,
            max_weights=CAP, **options)),
        "cvar": fit(MeanRisk(risk_measure=RiskMeasure.CVAR, cvar_beta=0.95, max_weights=CAP, **options)),
        "equalRisk": fit(RiskBudgeting(risk_measure=low, **options)),
        "posterior": {"expected": listed(posterior.mu), "covariance": [listed(row) for row in posterior.covariance]},
    }


def riskfolio(returns):
    portfolio = rp.Portfolio(returns=returns, upperlng=CAP)
    portfolio.assets_stats(method_mu="hist", method_cov="hist")
    portfolio.solvers, portfolio.sol_params = ["CLARABEL"], {"CLARABEL": tight}
    portfolio.alpha = 0.05
    best = lambda measure, objective, rate=0: listed(
        portfolio.optimization(model="Classic", rm=measure, obj=objective, rf=rate, hist=True)["weights"])
    out = {
        "minimumVariance": best("MV", "MinRisk"), "sharpe": best("MV", "Sharpe", RATE), "cvar": best("CVaR", "MinRisk"),
    }
    portfolio.upperlng = 1
    out["equalRisk"] = listed(portfolio.rp_optimization(model="Classic", rm="MV", rf=0, b=None, hist=True)["weights"])
    hierarchy = rp.HCPortfolio(returns=returns)
    out["hrp"] = listed(hierarchy.optimization(
        model="HRP", codependence="pearson", rm="MV", rf=0, linkage="single", leaf_order=False)["weights"])
    return out


def pyportfolioopt(returns):
    sigma, mu = returns.cov(), returns.mean()
    options = dict(weight_bounds=(0, CAP), solver="CLARABEL", solver_options=tight)
    return {
        "minimumVariance": listed(EfficientFrontier(252 * mu, 252 * sigma, **options).min_volatility().values()),
        "sharpe": listed(EfficientFrontier(252 * mu, 252 * sigma, **options).max_sharpe(252 * RATE).values()),
        "cvar": listed(EfficientCVaR(252 * mu, returns, beta=0.95, **options).min_cvar().values()),
        "hrp": [float(HRPOpt(returns).optimize()[name]) for name in returns.columns],
    }


out = {"versions": {p: importlib.metadata.version(p) for p in (
    "skfolio", "riskfolio-lib", "PyPortfolioOpt", "cvxpy", "clarabel", "numpy", "pandas")},
    "cap": CAP, "riskFree": RATE, "tau": TAU, "riskAversion": DELTA, "problems": []}
stocks = prices.pct_change().dropna().iloc[-1259:]
stocks.index = pd.to_datetime(stocks.index)
for name, returns, made in [
    ("stocks", stocks, None), ("few", factor_model(6, 160, 0), (6, 160, 0)), ("many", factor_model(30, 400, 10_000), (30, 400, 10_000)),
]:
    out["problems"].append({
        "name": name, "made": made, "skfolio": skfolio(returns, list(returns.columns)), "riskfolio": riskfolio(returns),
        "pyportfolioopt": pyportfolioopt(returns)})
json.dump(out, sys.stdout, separators=(",", ":"))
print()
