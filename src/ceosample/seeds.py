"""Where a seed comes from other than dice: a chain that you keep, a beacon's round."""

from __future__ import annotations

from ceosample.sampling.seeds.beacon import round_after, time_of
from ceosample.sampling.seeds.chain.secret_file import load as load_chain
from ceosample.sampling.seeds.chain.secret_file import save as save_chain
from ceosample.sampling.seeds.chain.seed_chain import SeedChain
from ceosample.sampling.seeds.seed_source import Round

__all__ = ["Round", "SeedChain", "load_chain", "round_after", "save_chain", "time_of"]
