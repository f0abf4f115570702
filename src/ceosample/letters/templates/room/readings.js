// A reading is no letter: it is read, and nothing of it is signed or sent out.

const NOT_OF_READINGS = ["signed", "returned_for_rework", "declined", "delegated"];
ACTIONS.splice(0, ACTIONS.length,
  { kind: "read", key: "s", label: "Read", title: "Read: I have read it", past: "Read", settles: true, fields: [] },
  ...ACTIONS.filter((action) => !NOT_OF_READINGS.includes(action.kind)));
actionOf("viewed").past = "Seen, to be read later";
actionOf("viewed").title = "Later: seen, and not read yet";
