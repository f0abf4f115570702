"""What the executive's office prints, sends and edits."""

from __future__ import annotations

from ceosample.letters.contents.docket_fields import DocketField
from ceosample.letters.mail import mail_drafts
from ceosample.letters.papers.attendance_sheet import attendance_sheet
from ceosample.letters.papers.logo import Logo
from ceosample.letters.word.edit import edited_body, word_file
from ceosample.sealed.passphrase import new_passphrase
from ceosample.signoff.closing_sheet import closing_sheet
from ceosample.signoff.witness_sheets import witness_sheets

__all__ = [
    "DocketField",
    "Logo",
    "attendance_sheet",
    "closing_sheet",
    "edited_body",
    "mail_drafts",
    "new_passphrase",
    "witness_sheets",
    "word_file",
]
