/* What could go on from the letters typed so far. */
(function () {
"use strict";

const { page } = window.apkgeo;
const { engine, words, title, ask } = page;
const MOST_OPTIONS = 8, MOST_ANSWERS = 20;

// Where there is one town only, its name and postcode add nothing to a suggestion.
const short = (address) => engine.packed.towns.length > 1 || !address.includes(", ")
  ? address : address.slice(0, address.lastIndexOf(", "));

page.suggestions = (text) => {
  const found = [], seen = new Set();
  const add = (label, detail, value) => {
    if (seen.has(label) || found.length >= MOST_OPTIONS) return;
    seen.add(label);
    found.push({ label, detail, value });
  };
  const matches = text.trim() ? ask(text, MOST_ANSWERS) : [];
  const wholes = new Map();
  for (const match of matches) {
    if (match.precision === "address") add(short(match.address), title(match.area), short(match.address));
    else wholes.set(match.found.name, wholes.has(match.found.name) ? null : match);
  }
  for (const [name, match] of wholes) {
    const precision = (match || matches.find((one) => one.found.name === name)).precision;
    if (precision === "district") add(name, words.district, name);
    else if (precision === "point" || precision === "crossing") add(name, match ? title(match.area) : words.at_border, name);
    else add(name, match ? title(match.area) : words.by_number, name + " ");
  }
  for (const one of completions(text)) {
    const areas = new Set(one.rows.map((row) => engine.area[row]));
    add(one.label, areas.size === 1 ? title([...areas][0]) : words.by_number, one.value);
  }
  return found;
};

/* Streets whose name goes on from what was typed, and house numbers that do. */
function completions(text) {
  const typed = /^(.*[a-z\ufffd]) ?(\d*)$/.exec(engine.fold(text)), found = [];
  if (!typed) return found;
  const key = engine.writtenOut(engine.words(typed[1]));
  if (key.length < 2) return found;
  if (typed[2]) {
    for (const group of engine.streetKeys.get(key) || []) {
      for (const row of engine.rowsOf(group)) {
        if (String(engine.orientation[row] || engine.house[row]).startsWith(typed[2])) {
          const label = short(engine.postal(row));
          found.push({ label, value: label, rows: [row] });
        }
        if (found.length >= MOST_OPTIONS) return found;
      }
    }
    return found;
  }
  const starts = [], inside = [];
  for (const [name, groups] of engine.streetKeys) {
    if (name.startsWith(key)) starts.push(...groups);
    else if (name.includes(" " + key)) inside.push(...groups);
    if (starts.length >= MOST_OPTIONS) break;
  }
  for (const group of new Set([...starts, ...inside])) {
    found.push({ label: group.name, value: group.name + " ", rows: engine.rowsOf(group) });
    if (found.length >= MOST_OPTIONS) break;
  }
  return found;
}
})();
