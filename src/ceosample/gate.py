"""One response at a time: asked before it is sent, checked after the seed is revealed."""

from __future__ import annotations

from ceosample.inference.gate_estimates import GateEstimate as Estimate
from ceosample.inference.gate_estimates import estimate_gate as estimate
from ceosample.sampling.gates.gate import Gate
from ceosample.sampling.gates.gate_report import GateReport as Report
from ceosample.sampling.gates.register import GateRegister as Register
from ceosample.sampling.gates.register_lines import GateAnswer as Answer
from ceosample.sampling.gates.verify_gate import verify_gate as verify

__all__ = ["Answer", "Estimate", "Gate", "Register", "Report", "estimate", "verify"]
