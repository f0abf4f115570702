// One response's story in sentences: for staff with tickets and counts, for a customer short and plain.

const OUTCOMES = {
  drawn: "drawn",
  reserve: "in reserve, not drawn",
  "not drawn": "not drawn",
  excluded: "left out of the frame",
  absent: "in no file of this month",
};

const TURNS_FOR_STAFF = {
  called: (name) => `the rotation called the stratum ${name} this month, for 1 letter`,
  "not called": (name) => `the stratum ${name} waits in its block, and the rotation did not call it this month`,
  "drawn before": (name) => `the stratum ${name} gave a letter earlier in its block, so the rotation did not call it`,
  picked: (name) => `the stratum ${name} was picked to give 1 letter`,
  "not picked": (name) => `the stratum ${name} was not picked, so it gave no letter this month`,
  certain: (name) => `the stratum ${name} was certain to give 1 letter`,
};

/** The story for staff, and for an auditor: a title, and one thought a line. */
function staffLines(told) {
  const lines = [`${told.name}: ${OUTCOMES[told.outcome]} (${told.population}, ${told.period})`];
  if (told.number !== null) lines.push(`its blinded id, made of the number and the code: ${told.id}`);
  if (told.outcome === "absent") {
    lines.push(`neither manifest.csv nor exclusions.csv has it; ${told.eligible} could be drawn`);
    lines.push(told.otherCase !== null
      ? `they have ${told.otherCase}, which differs in capital letters alone: ask for it`
      : told.number === null ? "look in the other months, and at how the number is written"
      : "look in the other months, and at the number and the code that belong together");
  } else if (told.outcome === "excluded") {
    lines.push(`exclusions.csv names it with the reason ${told.reason}, so it had no chance`);
  } else {
    lines.push(...linesOfChances(told));
  }
  lines.push(`checked: drawn again from the files, REPRODUCED; ${told.scheme} plan, draw ${told.draw}`);
  return lines;
}

function linesOfChances(told) {
  const name = told.stratum.length ? strataWords(told.stratum) : "the whole frame";
  const lines = [`in the frame: 1 of ${told.eligible} responses that could be drawn`];
  const isChanged = keyOf(told.recorded) !== keyOf(told.stratum);
  lines.push(`its stratum: ${name}${isChanged ? `, in the manifest ${strataWords(told.recorded)}` : ""}`);
  if (told.takeAll) {
    lines.push(`the plan reads every response of this stratum, all ${told.standings[0].among}, so no ticket decides`);
    lines.push(`ticket ${told.standings[0].ticket}`);
  } else {
    if (told.turn !== null) lines.push(TURNS_FOR_STAFF[told.turn](name));
    if (told.lots !== null) lines.push(`lots of the stratum: ${told.lots[0]}, of ${told.lots[1]} in all`);
    for (const standing of told.standings) lines.push(...linesOfStanding(standing, name));
  }
  if (told.reserve !== null) {
    lines.push(`in reserve as number ${told.reserve}: it takes a place if a letter drawn there is ineligible, which the ` +
      "ledger tells and these files do not");
  }
  lines.push(`its chance before the seed: ${told.chance} (${percentText(told.chance)})`);
  return lines;
}

function linesOfStanding({ line, ticket, lower, among, letters, cut }, name) {
  const isOpen = line === "open";
  const lines = [
    `${isOpen ? "open " : ""}ticket ${ticket}`,
    `lower tickets ${isOpen ? "outside the called letters" : `in ${name}`}: ${lower}, so it is number ${lower + 1} of ${among}`,
  ];
  if (cut === null) return [...lines, "no letter was drawn there, so there is no cut"];
  const lowest = letters === 1 ? "lowest was" : `${letters} lowest were`;
  const place = ticket < cut ? "below" : ticket > cut ? "above" : "at";
  return [...lines, `the ${lowest} drawn, up to the cut ${cut}: this ticket is ${place} it`];
}

const TURNS_FOR_CUSTOMERS = {
  called: (name) => `This month it was the turn of ${name}, for one answer.`,
  "not called": (name) => `Groups take turns. This month it was not the turn of ${name}.`,
  "drawn before": (name) => `Groups take turns, and ${name} had its turn in an earlier month.`,
  picked: (name) => `First some groups were chosen by chance, and ${name} was one of them.`,
  "not picked": (name) => `First some groups were chosen by chance, and ${name} was not one of them this month. Its chance ` +
    "grows with each month in which it waits.",
  certain: (name) => `This month it was certain that ${name} has one answer read.`,
};

const MONTH_NAMES = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
  "November", "December"];

function monthWords(period) {
  return `${MONTH_NAMES[Number(period.slice(5)) - 1]} ${Number(period.slice(0, 4))}`;
}

const AGAIN = "Anyone can work this out again from the public files of the month.";

/** The story for the customer who asks, a paragraph a line. */
function customerLines(told) {
  const when = monthWords(told.period);
  if (told.outcome === "absent") {
    const what = told.number === null ? "reference" : "reference and your code";
    return [`We did not find your reference ${told.name} in the public list for ${when}.`,
      told.otherCase !== null ? "Please check capital letters: write your reference as it is in our letter, or ask us."
        : `It may be in the list of another month. Please check your ${what}, or ask us.`];
  }
  if (told.outcome === "excluded") {
    return [`Your reference ${told.name} is in the public list for ${when}, and a rule left it out of the choice.`,
      `The reason in the list is “${told.reason}”. Please ask us what it means.`, AGAIN];
  }
  const chosen = told.outcome === "drawn" ? "was chosen" : "was not chosen";
  const lines = [`Your reference ${told.name} ${chosen} for our chief executive to read. It was one of ${told.eligible} ` +
    `answers that could be chosen for ${when}.`];
  const group = told.stratum.length ? `the group “${told.stratum.join(" / ")}”` : "all answers";
  if (told.takeAll) {
    lines.push(`Every answer of ${group} is read, so chance did not have to decide.`);
  } else {
    lines.push("Chance decided. Each answer has a lottery number, worked out from public digits and from its reference in " +
      "the list.");
    if (told.turn !== null) lines.push(TURNS_FOR_CUSTOMERS[told.turn](group));
    for (const standing of told.standings) if (standing.cut !== null) lines.push(placeForCustomers(standing, group));
  }
  if (told.reserve !== null) {
    lines.push(`It is number ${told.reserve} of those that wait behind the chosen ones. It is read if a chosen answer turns ` +
      "out not to belong in the list.");
  }
  if (told.outcome !== "drawn") lines.push("That says nothing about your complaint, or about how much it matters to us.");
  return [...lines, AGAIN];
}

function placeForCustomers({ line, lower, among, letters }, group) {
  if (letters === among) return `Every answer of ${group} was chosen, so it did not matter which number yours has.`;
  const where = line === "open" ? "Of all other answers" : `Of ${group}`;
  const lowest = letters === 1 ? "the one with the lowest number was chosen"
    : `the ${letters} with the lowest numbers were chosen`;
  return `${where}, ${lowest}. Counted from the lowest, yours was number ${lower + 1} of ${among}.`;
}
