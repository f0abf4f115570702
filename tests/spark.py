"""A Spark session of the tests' own: on loopback, for a while, with its files in a folder."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

LOCAL = "local[2]"

#: Its queries are many and small: half a compiler is enough, and one thread that collects garbage.
_JAVA = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"


def missing() -> str | None:
    """What it takes and is not there."""
    if importlib.util.find_spec("pyspark") is None:
        return "no pyspark: install the extra spark"
    home = os.environ.get("JAVA_HOME")
    if shutil.which("java") is None and not (home and (Path(home) / "bin" / "java").exists()):
        return "no java: install a Java runtime (Debian: default-jre-headless)"
    return None


@contextlib.contextmanager
def running(master: str = LOCAL) -> Iterator[Any]:
    """Start Spark, and end it with its Java machine; a process can have one."""
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    os.environ["PYSPARK_PYTHON"] = sys.executable
    from pyspark import SparkContext
    from pyspark.sql import SparkSession

    with tempfile.TemporaryDirectory(prefix="ceosample-spark-") as folder:
        settings: dict[str, bool | float | int | str | None] = {
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.host": "127.0.0.1",
            "spark.driver.extraJavaOptions": _JAVA,
            "spark.executor.extraJavaOptions": _JAVA,
            "spark.local.dir": folder,
            "spark.log.level": "OFF",
            "spark.sql.shuffle.partitions": "3",
            "spark.sql.warehouse.dir": f"{folder}/warehouse",
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
        }
        session = SparkSession.builder.master(master).config(map=settings).getOrCreate()
        try:
            yield session
        finally:
            session.stop()
            gateway: Any = SparkContext._gateway
            gateway.shutdown()
            # Java ends when its input does.
            gateway.proc.stdin.close()
            gateway.proc.wait(60)
            SparkContext._gateway = SparkContext._jvm = None
