"""Which test files notice a change in which source: the first that is likely to, first.

A source that has no line of its own has that of its folder.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

#: Marks of tests of little use here: they start servers and programs, or run the pages. Slow tests
#: are asked, after the others of their file.
LEFT_OUT: Final = ("postgresql", "browser", "office", "spark", "documents")

#: A path below ``src/ceosample`` without ``.py``, or the beginning of one, to the names of files of
#: tests without ``test_``. The longest beginning counts.
TESTS: Final = {
    "inference/": "bounds verdicts estimates",
    "inference/ceilings": "monitor monitor_words",
    "inference/cells": "cells bounds verdicts estimates",
    "inference/estim": "estimates",
    "inference/exact/": "exact_sums nearby_spreads coarse_bounds ways_left bounds",
    "inference/few_errors": "targets sizes monitor",
    "inference/gate_estimates": "gate_estimates",
    "inference/ledger/record_form": "record_of_verdicts statement",
    "inference/ledger/": "verdict_values statement verdicts",
    "inference/linearised": "estimates gate_estimates",
    "inference/monitoring": "monitor_words monitor",
    "inference/quantiles": "estimates gate_estimates",
    "inference/sampled": "sampled_letters estimates verdicts",
    "inference/sizes": "targets sizes",
    "inference/spread": "targets",
    "inference/verdicts": "verdict_values verdicts statement",
    "sampling/": "selections draw frame record",
    "sampling/commitment": "what_is_committed record draw content_digest",
    "sampling/draw": "selections rotation_edges draw rotation waiting",
    "sampling/frames/": "frame_edges frame draw saved_frame",
    "sampling/frames/arguments": "frame_arguments frame",
    "sampling/frames/cuts": "frame_edges draw strata frame",
    "sampling/frames/excel": "excel office_tables",
    "sampling/frames/lines": "frame_edges proved saved_frame",
    "sampling/frames/manifest": "frame_edges saved_frame proved record",
    "sampling/frames/native": "frame_edges proved frame",
    "sampling/frames/proved": "proved frame",
    "sampling/frames/saved_frame": "what_is_committed saved_frame proved",
    "sampling/frames/strata": "frame_edges strata selections promise",
    "sampling/frames/units": "proved frame",
    "sampling/gates/": "gate gate_register",
    "sampling/plans/": "plan_edges draw promise strata rotation waiting",
    "sampling/plans/allocation": "targets allocation",
    "sampling/plans/chances": "plan_edges rotation promise waiting",
    "sampling/plans/clean": "promise sizes",
    "sampling/plans/generating": "coarse_bounds promise rotation",
    "sampling/plans/hardest_spread": "rotation promise",
    "sampling/plans/plan": "plan_edges rotation_edges promise draw allocation strata",
    "sampling/plans/promise": "plan_edges rotation_edges promise rotation waiting",
    "sampling/plans/rotation": "rotation_reserves plan_edges rotation_edges rotation",
    "sampling/plans/waiting": "waiting",
    "sampling/record": "record_fields seed_edges record",
    "sampling/seeds/": "seed_edges seeds seed_ledger",
    "sampling/seeds/seed": "seed_edges seeds drand draw seed_ledger",
    "sampling/seeds/chain/seal": "seed_command",
    "sampling/seeds/chain/secret_file": "seed_command seeds",
    "sampling/ticket": "seed_edges tickets_below selections tickets conformance",
    "sampling/verify": "rotation_edges record draw",
    "signoff/": "recording ledger",
    "signoff/acts/": "ledger_edges own_letters ledger people naming repair seed_ledger",
    "signoff/acts/cases": "case_steps casebook",
    "signoff/acts/months": "ledger_edges seed_ledger recording ledger",
    "signoff/acts/names": "naming people",
    "signoff/acts/opened": "ledger_edges own_letters ledger",
    "signoff/acts/past_signoffs": "imported",
    "signoff/acts/reading": "ledger_edges month_events seed_ledger ledger",
    "signoff/acts/resolutions": "resolutions policies",
    "signoff/acts/roles": "people revoked",
    "signoff/acts/upkeep": "upgrade repair",
    "signoff/check": "checked_head chain check_contents",
    "signoff/checked_before": "checked_head",
    "signoff/closing_sheet": "closing",
    "signoff/figures/": "figure_edges metrics coverage recording",
    "signoff/figures/coverage": "figure_edges coverage",
    "signoff/figures/customers/": "figure_edges contacts promise elements recording",
    "signoff/figures/divisions": "figure_edges divisions",
    "signoff/figures/month_summary": "recording seen titles coverage",
    "signoff/figures/open_letters": "open_letters",
    "signoff/figures/outside/": "figure_edges casebook precedents office_cases",
    "signoff/figures/outside/co_signers": "figure_edges precedents",
    "signoff/figures/past_signoffs": "figure_edges imported",
    "signoff/figures/policies": "policies resolutions corrections",
    "signoff/figures/reach": "figure_edges metrics divisions notices office_year",
    "signoff/figures/reading_time": "metrics due letters",
    "signoff/figures/set_aside": "figure_edges seen coverage",
    "signoff/intake/": "decisions newer_decisions attendance",
    "signoff/intake/decisions": "wall_times decisions newer_decisions attendance",
    "signoff/intake/newer_decisions": "ledger_edges newer_decisions",
    "signoff/intake/past_signoffs": "imported tracker",
    "signoff/intake/tracker": "tracker imported",
    "signoff/known_heads": "older_ledgers",
    "signoff/keys/": "heads_compared keys",
    "signoff/keys/check_signatures": "keys",
    "signoff/ledger": "ledger_edges own_letters ledger naming repair",
    "signoff/letter_story": "letter_story",
    "signoff/letters_table": "letters_table",
    "signoff/moved_figures": "figure_edges upgrade ledger_edges zones",
    "signoff/range_events": "range_events",
    "signoff/proving/": "written read_rows",
    "signoff/receipts": "ledger_edges seed_ledger signed record",
    "signoff/recording/": "ledger_edges own_letters recording people ledger resolutions closing",
    "signoff/recording/cases": "case_steps casebook",
    "signoff/recording/event_fields": "decisions attendance recording",
    "signoff/recording/month": "ledger_edges older_ledgers recording seed_ledger closing ledger",
    "signoff/recording/naming": "naming",
    "signoff/recording/resolutions": "resolutions policies",
    "signoff/recording/roles": "people revoked",
    "signoff/recording/times": "clocks endings",
    "signoff/recording/transaction": "ledger_edges own_letters case_steps imported people ledger",
    "signoff/repair": "repair",
    "signoff/replay/": "replayed own_letters people lifecycle ledger valid_events",
    "signoff/replay/cases": "case_steps casebook",
    "signoff/replay/history": "replayed lifecycle own_letters people ledger",
    "signoff/replay/methods": "replayed statement verdicts",
    "signoff/replay/seeds": "seed_ledger ledger",
    "signoff/replay/keys": "keys check_key",
    "signoff/replay/people": "replayed people revoked",
    "signoff/replay/titles": "replayed titles",
    "signoff/replay/zones": "replayed zones days",
    "signoff/rules/": "own_letters judged people ledger rules recording",
    "signoff/rules/clock": "wall_times clocks",
    "signoff/rules/duties": "duties own_letters people seen judged ledger",
    "signoff/rules/eligibility": "seen",
    "signoff/rules/fields": "field_forms decisions recording",
    "signoff/rules/corrections": "own_letters corrections people",
    "signoff/rules/forms": "rules judged event_forms read_rows",
    "signoff/rules/in_force": "rules_in_force upgrade judged",
    "signoff/rules/judge": "own_letters judged seen naming case_steps people",
    "signoff/rules/letters": "holds seen own_letters judged people ledger rules",
    "signoff/rules/months": "judged seed_ledger seen zones recording ledger",
    "signoff/rules/outside/": "seen case_steps resolutions casebook",
    "signoff/rules/people": "naming keys people revoked judged",
    "signoff/rules/times": "clocks judged",
    "signoff/rules/unfinished": "unfinished judged",
    "signoff/rules/walk": "letters_held chain judged checked_head",
    "signoff/store/": "event_forms read_rows databases look_ups repair chain ledger",
    "signoff/store/catalogue": "repair look_ups",
    "signoff/store/databases": "database_troubles databases file_modes",
    "signoff/store/definitions": "repair look_ups",
    "signoff/store/lookups": "look_ups repair",
    "signoff/store/read_rows": "read_rows event_forms",
    "signoff/store/rebuild": "repair",
    "signoff/store/soundness": "repair look_ups",
    "signoff/store/store": "ledger_edges databases event_forms look_ups ledger",
    "signoff/store/events": "event_forms corrections read_rows",
    "signoff/store/troubles": "database_troubles databases",
    "signoff/upgrade": "ledger_edges upgrade zones",
    "signoff/verify_empty": "odd_months verify_folder",
    "signoff/verify_folder": "ledger_edges verify_folder odd_months",
    "signoff/witness_sheets": "witness_sheets",
    "signoff/words/": "said witness_sheets letter_story casebook words",
}


def selected(also: Collection[str] = ()) -> str:
    """What pytest is told to choose by: every mark that is left out, but those asked for.

    >>> selected()
    'not (postgresql or browser or office or spark or documents)'
    >>> selected(LEFT_OUT)
    ''
    """
    left_out = [mark for mark in LEFT_OUT if mark not in also]
    return f"not ({' or '.join(left_out)})" if left_out else ""


def tests_for(module: str) -> list[str]:
    """The test files to ask of a source, in order."""
    path = module.removeprefix("src/ceosample/").removesuffix(".py")
    best = max((start for start in TESTS if path.startswith(start)), key=len)
    return [f"tests/test_{name}.py" for name in TESTS[best].split()]
