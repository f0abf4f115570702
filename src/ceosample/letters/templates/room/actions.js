// What can be said of a letter: the actions, their fields, and the values that these may have.

const LONGEST_TEXT = 20000, LONGEST_NAME = 200;

const REASONS = {
  tone: "The tone is wrong", facts: "Facts are wrong or missing",
  unanswered: "The complaint is not answered", remedy: "The remedy is not right",
  unclear: "It is hard to understand",
};
const FINDINGS = { ...REASONS, late: "It is late", "too-long": "It is too long" };
const GROUNDS = {
  "conflict-of-interest": "I have an interest in the matter",
  disagree: "I do not agree with the decision", "not-mine": "It is not mine to sign",
};
const WEIGHTS = {
  systemic: "It may concern many customers", vulnerable: "The customer is vulnerable",
  amount: "The amount is large", policy: "Our policy is in question",
};
const MERITS = {
  "clear-letter": "A clear letter", "kind-tone": "A kind tone",
  "put-right": "Things were put right", "went-further": "More was done than asked",
};
const OUTCOMES = {
  asked: "Please contact the customer", reached: "I reached the customer",
  "not-reached": "I did not reach the customer", kept: "I reached them, and they stay with us",
  left: "I reached them, and they have left us",
};
const CHANNELS = { telephone: "Telephone", letter: "Letter", email: "E-mail", visit: "Visit" };
// The only reasons for which a letter was never eligible; the office decides about it.
const INELIGIBLE = {
  duplicate: "The same response is in the month twice",
  "out-of-scope": "It is not of the kind that is sampled",
  "not-of-this-period": "It belongs to another month",
  "not-a-response": "It is no response to a complaint",
};
const VERDICTS = { sound: "Sound", defective: "Defective" };

// ---- Kinds of values: how each is asked for, what it may be, what is said where it is not

const isCode = (value) => /^[a-z0-9-]{1,40}$/.test(value);
const isPerson = (value) => value !== "" && value === value.trim().normalize() &&
  new TextEncoder().encode(value).length <= LONGEST_NAME &&
  !/[\p{Cc}\p{Cs}\p{Cn}\p{Zl}\p{Zp}\p{Bidi_Control}]/u.test(value);
const isText = (value) => /[^\s\x1c-\x1f\x85]/.test(value) && value.length <= LONGEST_TEXT &&
  !value.includes("\0") && value.isWellFormed();
const isListOfCodes = (value) => Array.isArray(value) && new Set(value).size === value.length &&
  value.every((code) => typeof code === "string" && isCode(code));

const CODE = {
  ask: pick, other: "Another code", fits: isCode,
  fault: "Write a code: 1 to 40 lower-case letters, digits and hyphens, such as too-long.",
};
const CODES = {
  ask: tick, other: "Other codes, with spaces between", fits: isListOfCodes,
  fault: "Write different codes, each of 1 to 40 lower-case letters, digits and hyphens.",
};
const PERSON = {
  ask: pick, other: "Somebody else", fits: isPerson,
  fault: `Write the person's id as your office knows it, up to ${LONGEST_NAME} characters.`,
};
const VERDICT = {
  ask: pick, fits: (value) => Object.hasOwn(VERDICTS, value), fault: "Choose one.",
};
const LISTED = {
  ask: pick, fits: (value) => Object.hasOwn(INELIGIBLE, value), fault: "Choose one.",
};
const TEXT = {
  ask: write, fits: isText, fault: `Write 1 to ${LONGEST_TEXT} characters.`,
};

// `options` are values and their words, or give them when the dialog opens.
const needs = (name, type, label, options) => ({ name, type, label, options, optional: false });
const may = (name, type, label, options) => ({ name, type, label, options, optional: true });

// ---- The actions. Those that settle a letter exclude each other; of a `single` one there is one.

const ACTIONS = [
  { kind: "signed", key: "s", label: "Sign", past: "Signed", settles: true, fields: [] },
  { kind: "returned_for_rework", key: "r", label: "Return", title: "Return with a comment",
    past: "Returned", settles: true,
    fields: [needs("reason_code", CODE, "Why", REASONS), may("text", TEXT, "Comment for the writer")] },
  { kind: "declined", key: "d", label: "Decline", title: "Decline to sign",
    past: "Declined", settles: true,
    fields: [needs("reason_code", CODE, "Why", GROUNDS), may("text", TEXT, "Comment")] },
  { kind: "escalated_to_board", key: "e", label: "Escalate", title: "Escalate to the board",
    past: "Escalated to the board", settles: true,
    fields: [may("reason_code", CODE, "Why", WEIGHTS), may("text", TEXT, "What the board should know")] },
  { kind: "taken_over", key: "t", label: "Take over", title: "Take over, to deal with it yourself",
    past: "Taken over", settles: true, fields: [] },
  { kind: "delegated", key: "g", label: "Delegate", title: "Delegate to a deputy",
    past: "Delegated", settles: true,
    fields: [needs("to", PERSON, "The deputy's id", () => deputies())] },
  { kind: "viewed", key: "l", label: "Later", title: "Later: read, and not decided yet",
    past: "Read, not decided yet", settles: true, fields: [] },
  { kind: "finding", key: "f", label: "Finding", title: "Note a finding", past: "Finding", single: true,
    fields: [needs("verdict", VERDICT, "Verdict", VERDICTS), may("codes", CODES, "What you found", FINDINGS),
      may("text", TEXT, "Remarks")] },
  { kind: "recognition", key: "w", label: "Recognise", title: "Recognise good work", past: "Recognition",
    fields: [needs("colleague", PERSON, "The colleague's id", () => workers()),
      needs("reason_code", CODE, "For what", MERITS), may("text", TEXT, "Words for them")] },
  { kind: "contact", key: "c", label: "Contact", title: "Ask for a contact, or note one", past: "Contact",
    fields: [needs("outcome", CODE, "What you ask, or what came of it", OUTCOMES),
      needs("channel", CODE, "How", CHANNELS), may("text", TEXT, "Who is to do it, and what about")] },
  { kind: "eligibility_questioned", key: "i", label: "Ineligible?",
    title: "Ask whether it was ever eligible", past: "Asked whether it was ever eligible", single: true,
    fields: [needs("reason_code", LISTED, "Why it may not be", INELIGIBLE), may("text", TEXT, "Words for your office")] },
  { kind: "note", key: "o", label: "Note", title: "Write a note", past: "Note",
    fields: [needs("text", TEXT, "Note")] },
];

const actionOf = (kind) => ACTIONS.find((action) => action.kind === kind);
const nameOf = (action) => action.title ?? action.label;
