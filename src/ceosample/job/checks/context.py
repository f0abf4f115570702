"""What a check knows so far, and how a part says that something is doubtful or unchecked."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Mapping
from typing import Any

import attrs

from ceosample.errors import (
    CeosampleError,
)
from ceosample.job.losses.named_ledger import open_to_read
from ceosample.job.month import Month
from ceosample.sampling.blinding.salts import Salts
from ceosample.sampling.frames.frame import Frame
from ceosample.sampling.seeds.chain.seed_chain import SeedChain
from ceosample.signoff.ledger import Ledger
from ceosample.signoff.replay.valid_events import valid_events
from ceosample.signoff.store.events import Event


class Doubted(Exception):
    """A part that a run could use, with something to look at; the lines are the arguments."""


class NotChecked(Exception):
    """A part that cannot be checked because of another; the message names the reason."""


@attrs.define
class CheckContext:
    """The month that is checked, and what the parts before have found.

    Attributes:
        month: the configuration and the month.
        chain: opens the file of the chain.
        frame: the month's: as it was frozen, or as the source gives it.
        salts: those of the source's numbers, where ids are blinded and it was read.
        contents: the contents of the eligible letters that have some; None if they cannot be read.
    """

    month: Month
    chain: Callable[[], SeedChain] | None
    frame: Frame | None = None
    salts: Salts | None = None
    contents: Mapping[str, Mapping[str, Any]] | None = None

    @functools.cached_property
    def recorded(self) -> list[Event]:
        """The month's events; none if the ledger cannot be read, which its part reports."""
        with contextlib.suppress(CeosampleError):
            ledger = self.ledger()
            if ledger is not None:
                with ledger:
                    return list(ledger.events(**self.month.subject))
        return []

    @functools.cached_property
    def events(self) -> list[Event]:
        """The month's valid events."""
        return valid_events(self.recorded)

    def frozen(self) -> Event | None:
        """The event that froze the month; None if it is not frozen."""
        return next((event for event in reversed(self.events) if event.kind == "frozen"), None)

    def frame_read(self) -> Frame:
        """The frame, for the parts that need one."""
        if self.frame is None:
            raise NotChecked("there is no frame, for the source has a problem")
        return self.frame

    def ledger(self) -> Ledger | None:
        """The ledger, to be closed by the caller; None where a run would create one."""
        return open_to_read(self.month.configuration)
