"""Jobs to agents with room for only so much (广义指派): the generalised assignment problem.

What a job takes may differ from agent to agent. The bound is that of the linear relaxation; the
answer comes from CP-SAT over the columns that its prices favour, and then over all columns of a
few agents at a time, drawn by the seed. `effort` is counted in the solver's own deterministic
seconds, not the clock's: the same question, seed and effort give the same answer on any machine.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.math_opt.python import mathopt
from ortools.sat.python import cp_model

from bangfu.optimise.inputs import BARRED, Bools, Ints

Floats = NDArray[np.float64]
FAVOURED = 4
"""How many of each job's columns with the lowest reduced costs are at hand from the start."""
JOBS = 60
"""About how many jobs are thought over at a time."""

TURN = 0.5
"""The most that the solver thinks about them, in its own deterministic seconds."""


@dataclass(frozen=True)
class Jobs:
    """Costs and weights by agent and job, and what each agent has room for."""

    cost: Ints
    weight: Ints
    room: Ints
    steps: Ints | None = None
    """What each unit of weight taken costs, by unit and agent; must not fall. None: nothing."""

    def total(self, agent_of: Ints) -> int:
        """What an answer costs."""
        every = np.arange(self.cost.shape[1])
        total = int(self.cost[agent_of, every].sum())
        if self.steps is not None:
            filled = np.arange(len(self.steps))[:, None] < self.load(agent_of)
            total += int(self.steps[filled].sum())
        return total

    def load(self, agent_of: Ints) -> Ints:
        """How much each agent has taken."""
        load = np.zeros(len(self.room), np.int64)
        np.add.at(load, agent_of, self.weight[agent_of, np.arange(len(agent_of))])
        return load

    def fits(self, agent_of: Ints) -> bool:
        """Whether an answer keeps to the room there is and to the allowed pairs."""
        barred = self.cost[agent_of, np.arange(len(agent_of))] >= BARRED
        return bool((self.load(agent_of) <= self.room).all() and not barred.any())


@dataclass(frozen=True)
class Assigned:
    """An answer, what it costs, and what every answer costs at least."""

    agent_of: Ints
    objective: int
    bound: int

    @property
    def gap(self) -> float:
        """How far above the bound, as a share of the objective."""
        return (self.objective - self.bound) / max(1, abs(self.objective))


@dataclass(frozen=True)
class Relaxed:
    """The linear relaxation: its value, each job's share by agent, and the price of room."""

    value: float
    share: Floats
    price: Floats


def relaxed(jobs: Jobs) -> Relaxed:
    """Solve the relaxation, where jobs may be shared out; ValueError where even that is none."""
    model = mathopt.Model()
    agents, count = jobs.cost.shape
    agent, job = np.nonzero(jobs.cost < BARRED)
    share = [model.add_variable(lb=0) for _ in agent]
    by_job: list[list[mathopt.Variable]] = [[] for _ in range(count)]
    by_agent: list[list[mathopt.LinearProduct]] = [[] for _ in range(agents)]
    for one, a, j in zip(share, agent.tolist(), job.tolist(), strict=True):
        by_job[j].append(one)
        by_agent[a].append(int(jobs.weight[a, j]) * one)
    for terms in by_job:
        model.add_linear_constraint(mathopt.fast_sum(terms) == 1)
    room = [
        model.add_linear_constraint(mathopt.fast_sum(terms) <= int(most))
        for terms, most in zip(by_agent, jobs.room, strict=True)
    ]
    costs = jobs.cost[agent, job].tolist()
    model.minimize(mathopt.fast_sum(c * one for c, one in zip(costs, share, strict=True)))
    found = mathopt.solve(model, mathopt.SolverType.GLOP)
    if not found.has_primal_feasible_solution():
        raise ValueError("no answer, not even one that shares jobs out")
    shares = np.zeros(jobs.cost.shape)
    shares[agent, job] = found.variable_values(share)
    return Relaxed(
        found.objective_value(), shares, np.maximum(0, -np.array(found.dual_values(room)))
    )


def assign(
    jobs: Jobs, *, seed: int = 0, effort: float = 30.0, seconds: float = math.inf
) -> Assigned | None:
    """A cheap answer with its bound; None where none was found within the effort.

    `seconds` of this process's own time end it sooner; the answer then depends on the machine.
    """
    until = time.process_time() + seconds
    turn = min(effort / 60, TURN)
    ideal = relaxed(jobs)
    agents, count = jobs.cost.shape
    reduced = jobs.cost + ideal.price[:, None] * jobs.weight
    at_hand = ideal.share > 0
    best = np.argsort(reduced, axis=0, kind="stable")[:FAVOURED]
    at_hand[best, np.arange(count)] = True
    at_hand &= jobs.cost < BARRED
    first = within(jobs, at_hand, ideal.share.argmax(axis=0), effort=10 * turn, seed=seed)
    spent = first.spent
    if first.agent_of is None:
        first = within(jobs, jobs.cost < BARRED, None, effort=10 * turn, seed=seed)
        spent += first.spent
    if first.agent_of is None:
        return None
    agent_of, bound = first.agent_of, int(np.ceil(ideal.value - 1e-6))
    rng = np.random.default_rng(seed)
    many = int(np.clip(np.rint(JOBS * agents / max(1, count)), 2, agents))
    while spent < effort and time.process_time() < until and jobs.total(agent_of) > bound:
        some = np.sort(rng.permutation(agents)[:many])
        agent_of, found = improved(jobs, agent_of, some, effort=turn, seed=seed)
        spent += found.spent
        if found.cheapest and len(some) == agents:
            bound = jobs.total(agent_of)
    return Assigned(agent_of, jobs.total(agent_of), bound)


def improved(
    jobs: Jobs, agent_of: Ints, agents: Ints, *, effort: float, seed: int
) -> tuple[Ints, Found]:
    """The answer after the jobs of these agents changed places among them, and what was found."""
    rows = np.flatnonzero(np.isin(agent_of, agents))
    steps = None if jobs.steps is None else jobs.steps[:, agents]
    part = Jobs(
        jobs.cost[np.ix_(agents, rows)], jobs.weight[np.ix_(agents, rows)], jobs.room[agents], steps
    )
    now = np.searchsorted(agents, agent_of[rows])
    found = within(part, part.cost < BARRED, now, effort=effort, seed=seed)
    if found.agent_of is None or part.total(found.agent_of) > part.total(now):
        return agent_of, found
    after = agent_of.copy()
    after[rows] = agents[found.agent_of]
    return after, found


@dataclass(frozen=True)
class Found:
    """What the solver found over some columns, and whether nothing cheaper is there."""

    agent_of: Ints | None
    cheapest: bool
    spent: float
    """Its own deterministic seconds."""


def within(jobs: Jobs, columns: Bools, hint: Ints | None, *, effort: float, seed: int) -> Found:
    """The best answer that CP-SAT finds over these columns."""
    model = cp_model.CpModel()
    agents, count = jobs.cost.shape
    agent, job = np.nonzero(columns)
    takes = [model.new_bool_var("") for _ in agent]
    by_job: list[list[cp_model.IntVar]] = [[] for _ in range(count)]
    by_agent: list[list[int]] = [[] for _ in range(agents)]
    for at, (a, j) in enumerate(zip(agent.tolist(), job.tolist(), strict=True)):
        by_job[j].append(takes[at])
        by_agent[a].append(at)
        if hint is not None:
            model.add_hint(takes[at], bool(hint[j] == a))
    for chosen in by_job:
        model.add_exactly_one(chosen)
    weights, costs = jobs.weight[agent, job].tolist(), jobs.cost[agent, job].tolist()
    paid: list[cp_model.LinearExprT] = [cp_model.LinearExpr.weighted_sum(takes, costs)]
    for a, mine in enumerate(by_agent):
        load = cp_model.LinearExpr.weighted_sum(
            [takes[at] for at in mine], [weights[at] for at in mine]
        )
        if jobs.steps is None:
            model.add(load <= int(jobs.room[a]))
        else:
            units = [model.new_bool_var("") for _ in range(int(jobs.room[a]))]
            model.add(load == cp_model.LinearExpr.sum(units))
            paid.append(
                cp_model.LinearExpr.weighted_sum(units, jobs.steps[: len(units), a].tolist())
            )
    model.minimize(cp_model.LinearExpr.sum(paid))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.linearization_level = 2
    solver.parameters.random_seed = seed
    solver.parameters.max_deterministic_time = effort
    status = solver.solve(model)
    spent = solver.response_proto.deterministic_time
    if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        return Found(None, status == cp_model.INFEASIBLE, spent)
    found = np.zeros(count, np.int64)
    taken = np.array([solver.boolean_value(one) for one in takes], bool)
    found[job[taken]] = agent[taken]
    return Found(found, status == cp_model.OPTIMAL, spent)
