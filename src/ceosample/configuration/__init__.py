"""``ceosample.toml``: what a month's run needs to know, every fault of it reported at once."""

from ceosample.configuration.configuration import PERIOD, Configuration
from ceosample.configuration.keys import KEYS
from ceosample.configuration.template import TEMPLATE

__all__ = ["KEYS", "PERIOD", "TEMPLATE", "Configuration"]
