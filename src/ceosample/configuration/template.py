"""The commented ``ceosample.toml`` that ``ceosample init`` writes."""

from __future__ import annotations

from typing import Final

TEMPLATE: Final = """\
# A month's sample of complaint responses for the chief executive's signature.
# Paths are relative to this file; {period} in a path is the month, 2026-10.
# Edit it, then: ceosample check
# A title in quotation marks after "see" is that of a page of the documentation.

[population]
name = "complaint-responses"            # lower-case letters, digits and hyphens: the id, for ever
title = "Complaint responses"           # what people read in its place; fixed by each freeze
# first = "2026-10"                     # the month that 'ceosample run' begins with by itself
# zone = "Europe/London"                # whose dates count; UTC without this line
# For calls, chats or posts, which are read and not signed: kind = "reading"
# (see "Readings: calls, chats and posts")

# Several populations in one file: [[population]] for each
# (see "Several populations in one configuration")

[source]
csv = "responses-{period}.csv"          # one row a response, UTF-8; .csv.gz is read too
# encoding = "cp1252"                   # of a CSV file that is not UTF-8
# excel = "register.xlsx"               # instead of csv: a sheet of an Excel file
# sheet = "Register"                    # its name; without this line the first that is shown
# header = 3                            # its row of headings, where titles name the columns too
# parquet = "responses-{period}.parquet"   # instead of csv: a file, or a folder of files
# sql = "responses.sql"                 # instead of csv: a query's file; the month is :period,
                                        # :first_day, :last_day and :next_month in it
# url = "postgresql+psycopg://USER@HOST/DATABASE"   # or "sqlite:///complaints.db": its database
unit_id = "response_id"                 # the column of ids
exclusion = "why_excluded"              # optional: empty = eligible, a code = why it is left out
# missing = "not stated"                # optional: the label for an empty stratum value
# content = "content_digest"            # optional: salted digests that commit to the letters' text
# salts = "salts.csv"                   # blind the ids: who has no salt cannot tell whose they are
# open = ["in-progress"]                # exclusions of responses that are still to be finished
# period_column = "final_date"          # a table of all months: a row is of this date's month
# day_first = true                      # 03/04/2026 is the third of April; false: 4 March
# date_format = "%d.%m.%y"              # or how dates are written, as a pattern
# engine = "datafusion"                 # what draws from a million rows and more; the same letters

# [[source.exclusions]]                 # who is left out, and why; the first that applies counts
# reason = "in-progress"
# column = "status"
# is = ["In progress"]                  # or is_not = [...], missing = true, from = 2026-10-01,
                                        # before = 100: all that one exclusion states must hold

# [[source.filter]]                     # of a table of several populations: whose rows these are
# column = "stream"
# is = ["Complaint"]

[strata]
variables = ["division"]                # each value of these columns is represented
# clean = "spaces"                      # U+00A0 and other spaces in them become plain ones

[plan]
size = 12                               # letters a month; {at_most = 12} for months with fewer
# minimum = 1                           # letters that each stratum is given first
# reserves = 2                          # units next in line in each stratum
# allocation = "proportional"           # or "equal", "power", ..., "srs": no strata at all; or
                                        # "waiting", for a letter a month
                                        # (see "What a plan promises")
# power = "0.5"                         # for "power": 0 is equal, 1 is proportional
# variances = {Cards = "0.04", Loans = "0.09"}   # for "neyman": how far letters differ
# cap = 5                               # the most letters of a stratum
# take_all = [["Escalated"]]            # strata that are signed in full, beside the size
# minutes = 45                          # instead of size: the reading time a month, and
# per_letter = 4                        # the minutes that a letter takes
# detect = ["0.05", "0.9"]              # instead of size: hold a bad letter in 20, with 90 %
# rotation = {months = 3, start = "2026-01"}   # fewer letters than strata: each has its turn
# merge_below = 5                       # strata of fewer responses this month become one,
# into = "Other"                        # which is called so
# cuts = {amount = [100, 1000]}         # a numeric or date variable of [strata], cut at points
# uncut = {amount = ["not stated"]}     # values of it that stay as they are
# rest = 3                              # months in peace after a letter was drawn; the source
                                        # marks who rests with the exclusion at-rest

[seed]
source = "dice"                         # 20 digits or more, rolled after the freeze; or "chain",
                                        # "beacon", or several: "chain+beacon"
# secret = "chain.json"                 # a chain's file, of 'ceosample seed new'
# passphrase = "passphrase.txt"         # the file of its passphrase, if it is sealed
# beacon = "drand-52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971"
# delay = 60                            # minutes from a freeze to the round that it names

[inference]                             # how verdicts are read; each freeze puts it on record
confidence = "0.95"                     # of what is said about the letters that were not read
# tolerable = "0.05"                    # the share of defective letters that you can tolerate
# missing = "sound"                     # what a letter without a verdict counts as; defective
                                        # without this line
# year_begins = 4                       # the month that your year begins with; January without it

[signatory]
id = "ceo"                              # the person's id in the ledger
name = "Margaret Llewelyn"
title = "Chief Executive"

[letters]
# One line a letter: {"unit_id": ..., "letter": {...}, "docket": {...}}; or a mail merge's table,
# one row a letter: "letters-{period}.csv" or .xlsx, with the keys encoding, sheet, header,
# day_first and date_format as in the table source
contents = "letters-{period}.jsonl"
# existing = "letters/{unit_id}.pdf"    # letters that are finished already: each one's PDF
                                        # ("letters/*{unit_id}*.pdf" where names have more), or the
                                        # folder of the files that the contents' field pdf names
# posted = "with-slip"                  # of those letters; without this line the letter alone
# columns = {body = "Letter text", "docket.owner" = "Handler"}   # a table's: field, and heading
# docket = [                             # fields of your own on the inside page, in this order
#   {field = "complaint", label = "The complaint", long = true},
#   {field = "redress", label = "Redress"},
# ]
# letterhead = ["The Bank", "1 High Street", "Anytown"]
# logo = {file = "logo.svg", alt = "The Bank"}    # PNG or SVG, and what a screen reader says
# firm = "The Bank"                     # on the cover sheet and the report; without this line
                                        # it is the letterhead's first
# kind = "covering"                     # of letters whose contents name none (see "Letters")
# language = "es"                       # or "en", which it is without this line, "en-GB", ...
# page_words = {page = "Page {x} of {y}", code = "Code {code}"}    # below letters, in your words
# shared = {contact = "Please reply to this letter."}    # fields that every letter has
# template = "own.html"                 # a Jinja template of your own, in place of the ready ones
# strict = true                         # refuse fields that a ready letter does not print
# word = "letterhead.docx"              # a Word template for letters that are edited in Word
# fonts = "fonts"                       # a folder of fonts for scripts that the bundled ones lack
# pdf = true                            # false writes HTML alone; true insists on PDF
# paper = "letter"                      # US Letter, for all papers; without this line A4

# [deadlines]
# margin = 3                            # working days before a letter is due, to sign by
# holidays = [2026-12-25, 2026-12-28]   # days off; or, with the extra deadlines, a country's
# country = "GB"
# subdivision = "ENG"
# regimes = ["our-own.toml"]            # beside those that are shipped; a docket names its regime
# sampling = "before-issue"             # or "after-issue": a covering letter is signed

# [notice]                              # to staff and the public, 'ceosample notice'
# check_at = "https://example.org/sign-off"   # where anyone can check its figures
# language = "de"                       # without this line that of the letters

# [signatures]                          # digital ones, with the extra sign
# roots = ["our-authority.pem"]         # what a signer's certificate must lead to
# certificates = {ceo = ["SHA-256"]}    # a person's id, and the SHA-256 of their certificates

# [tracker]                             # the headings of an older table of sign-offs, which
# id = "Ref"                            # 'ceosample import-tracker' brings in
# period = "Month"                      # the month sampled, or a day in it
# signed_on = "Date signed"
# outcome = "Outcome"
# outcomes = {"OK" = "signed"}          # words of your own, and what they mean
# signed_by = "Signed by"
# people = {"M. Llewelyn" = "ceo"}      # names stay out of the ledger; each has an id
# strata = {division = "Department"}    # the headings of the stratum variables
# dates = "day-first"                   # how 3/4/2026 is read, where a date is text
# sheet = "Sign-offs"
# header = 1                            # the row of the headings
# encoding = "cp1252"                   # of a table in CSV that is not UTF-8

[ledger]
url = "sqlite:///signoff.db"            # or "postgresql+psycopg://USER@HOST/DATABASE"
id = ""                                 # the first run writes the ledger's id here; from then on
                                        # every run needs that ledger, and begins no other
# ahead = 10                            # minutes that a time may be after this computer's clock
# own_codes = {crm-7 = "duplicate"}     # your codes for what was never eligible, each with one of
                                        # duplicate, out-of-scope, not-of-this-period,
                                        # not-a-response
# key = "recorder.pem"                  # signs what is recorded; 'ceosample key new' makes it
# key_passphrase = "recorder.word"      # the file of its passphrase, if it has one

[output]
folder = "packs"                        # each month gets a folder in it
# pickup = "outbox"                     # where the office's files are put for a system to fetch
# readable_by = "group"                 # new folders 2750, new files 0640; else the owner's alone
# seal = true                           # room.html opens with a passphrase alone; extra seal
# passphrase = "room.passphrase"        # its file, which 'ceosample passphrase --to' writes
"""
