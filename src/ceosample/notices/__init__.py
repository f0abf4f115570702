"""What staff and the public are told of the sign-off: one page of figures that anyone can check."""

from __future__ import annotations

from ceosample.notices.notice import Notice, notice

__all__ = ["Notice", "notice"]
