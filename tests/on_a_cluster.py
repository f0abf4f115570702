"""A draw on a Spark cluster of two workers, for test_spark.py; a process can have one Spark.

Run: ``python tests/on_a_cluster.py FOLDER`` of Parquet files. It prints the digests of the draw and
of the manifest, and the number of workers.
"""

from __future__ import annotations

import json
import sys

import ceosample as cs
import spark
from months import SEED
from warehouses import POPULATION


def main() -> None:
    with spark.running("local-cluster[2,1,1024]") as session:
        responses = session.read.parquet(sys.argv[1])
        with cs.warehouse.SqlFrame.from_spark(
            session,
            responses,
            **POPULATION,
            unit_id="id",
            strata=["division", "region"],
            exclusion="why",
            missing="none",
        ) as frame:
            draw = cs.draw(frame, cs.Plan(size=24), SEED)
            answer = {
                "draw": draw.digest,
                "manifest": frame.digest,
                "executors": session._jsc.sc().getExecutorMemoryStatus().size() - 1,
            }
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
