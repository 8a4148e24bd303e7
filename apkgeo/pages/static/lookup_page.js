/* The field, its suggestions, the answer and the map. Every text goes in through textContent. */
(function () {
"use strict";

const byId = (id) => document.getElementById(id);
const told = JSON.parse(byId("lookup-words").textContent);
const words = told.page;
const engine = new window.apkgeo.AddressLookup(JSON.parse(byId("lookup-index").textContent), told.sentences);
const input = byId("lookup-input"), list = byId("lookup-options"), status = byId("lookup-status");
const answer = byId("lookup-answer"), map = byId("lookup-map"), dots = byId("lookup-dots");
const MOST_OPTIONS = 8, MOST_ANSWERS = 20, MOST_DOTS = 400, CLOSE = 0.1;
const SVG = "http://www.w3.org/2000/svg";
const numbers = new Intl.NumberFormat(told.language, { minimumFractionDigits: 0, maximumFractionDigits: 0 });

window.apkgeo.lookup = engine;

/* Numbers' kinds, postcodes and districts' codes stay on one line with what they belong to. */
function tidy(text) {
  return engine.spaced(text)
    .replace(/(^|\D)(\d{3}) (\d{2})(?!\d)/g, "$1$2\u00a0$3")
    .replace(/((?:^|\s)(?:[Oo]krsek|okrsku|okrskem|[Dd]istrict)) (?=[0-9A-Z][0-9A-Za-z]{0,3}(?:[\s,.]|$))/g, "$1\u00a0");
}

function make(name, text, className) {
  const element = document.createElement(name);
  if (text !== undefined && text !== null) element.textContent = tidy(String(text));
  if (className) element.className = className;
  return element;
}

const fill = (sentence, value) => sentence.replace("{value}", () => value);
const put = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (all, name) => values[name]);
// Where there is one town only, its name and postcode add nothing to a suggestion.
const short = (address) => engine.packed.towns.length > 1 || !address.includes(", ")
  ? address : address.slice(0, address.lastIndexOf(", "));
const nameOf = (match) => match.district ? match.district[1] : words.no_district;

/* ---- suggestions ---- */

let options = [], active = -1, pending = 0, asked = "";

function suggestions(text) {
  const found = [], seen = new Set();
  const add = (label, detail, value) => {
    if (seen.has(label) || found.length >= MOST_OPTIONS) return;
    seen.add(label);
    found.push({ label, detail, value });
  };
  const matches = text.trim() ? engine.find(text, MOST_ANSWERS) : [];
  const wholes = new Map();
  for (const match of matches) {
    if (match.precision === "address") add(short(match.address), nameOf(match), short(match.address));
    else wholes.set(match.found, wholes.has(match.found) ? null : match);
  }
  for (const [found, match] of wholes) {
    if (found.precision === "district") {
      add(found.name, words.district, found.name);
      continue;
    }
    add(found.name, match ? nameOf(match) : words.by_number, found.name + " ");
  }
  for (const group of completions(text)) {
    const areas = new Set(group.rows.map((row) => engine.area[row]));
    const area = areas.size === 1 ? [...areas][0] : null;
    const detail = area === null ? words.by_number
      : area < 0 ? words.no_district : engine.packed.districts[area][1];
    add(group.label, detail, group.value);
  }
  return found;
}

/* Streets whose name goes on from what was typed, and house numbers that do. */
function completions(text) {
  const folded = engine.fold(text), found = [];
  const typed = /^(.*[a-z\ufffd]) ?(\d*)$/.exec(folded);
  if (!typed) return found;
  const key = engine.writtenOut(engine.words(typed[1]));
  if (key.length < 2) return found;
  const rowsOf = (group) => engine.rowsOf(group);
  if (typed[2]) {
    for (const group of engine.streetKeys.get(key) || []) {
      for (const row of rowsOf(group)) {
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
    found.push({ label: group.name, value: group.name + " ", rows: rowsOf(group) });
    if (found.length >= MOST_OPTIONS) break;
  }
  return found;
}

function open(found) {
  options = found;
  active = -1;
  list.replaceChildren(...found.map((option, i) => {
    const item = make("li");
    item.id = "lookup-option-" + i;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    item.append(make("span", option.label), make("small", option.detail));
    item.addEventListener("mousedown", (event) => event.preventDefault());
    item.addEventListener("click", () => choose(option));
    return item;
  }));
  list.hidden = !found.length;
  input.setAttribute("aria-expanded", String(found.length > 0));
  input.removeAttribute("aria-activedescendant");
  clearTimeout(pending);
  if (found.length) pending = setTimeout(() => say(fill(words.suggested, found.length)), 700);
}

const close = () => open([]);

function mark(index) {
  const items = list.children;
  if (active >= 0) items[active].setAttribute("aria-selected", "false");
  active = index;
  if (active < 0) return input.removeAttribute("aria-activedescendant");
  items[active].setAttribute("aria-selected", "true");
  items[active].scrollIntoView({ block: "nearest" });
  input.setAttribute("aria-activedescendant", items[active].id);
}

function choose(option) {
  input.value = option.value;
  input.focus();
  close();
  show(option.value);
}

/* ---- the answer ---- */

function say(text) {
  status.textContent = tidy(text);
}

function button(match) {
  const one = make("button", null, "lookup-choice");
  one.type = "button";
  one.append(make("span", match.address), make("small", nameOf(match)));
  one.addEventListener("click", () => {
    input.value = asked = match.address;
    draw([card(match, [])], [match]);
    say(spoken(match));
    answer.focus();
  });
  return one;
}

function listOf(items, className) {
  const made = make("ul", null, className);
  for (const item of items) {
    const line = make("li");
    line.append(item);
    made.append(line);
  }
  return made;
}

const isNear = (match) => match.district && match.precision === "address" &&
  match.distance !== null && match.distance < told.near;

/* Capitals and diacritics are not worth hearing about. */
const aloud = (match) =>
  match.assumed.filter((one) => one !== engine.sentences.case && one !== engine.sentences.diacritics);

/* What was assumed comes first, then the district, the phone and a border that is near. */
function spoken(match) {
  const said = aloud(match);
  const values = { address: addressed(match), district: nameOf(match), phone: match.district && match.district[4] };
  if (!match.district) said.push(put(words.said_outside, values));
  else if (match.precision === "district") said.push(put(values.phone ? words.said_district_phone : words.said_district, values));
  else said.push(put(values.phone ? words.said_phone : words.said, values));
  if (isNear(match)) said.push(words.near);
  return said.join(" ");
}

/* A street is called one, unless its name already says what it is. */
function addressed(match) {
  if (match.precision !== "street") return match.address;
  const name = match.found.name;
  return engine.words(name).some((word) => engine.sets.generic.has(word)) ? name : fill(words.street, name);
}

function details(match) {
  const made = make("dl", null, "lookup-details");
  const add = (name, value) => {
    if (!value) return;
    const line = make("div");
    line.append(make("dt", name), value instanceof Node ? value : make("dd", value));
    made.append(line);
  };
  const [, , station, officer, phone, police] = match.district || [];
  add(words.station, station);
  add(words.officer, officer);
  if (phone) {
    const number = phone.replace(/[^+\d]/g, ""), value = make("dd");
    const link = make(number.length > 2 ? "a" : "span", phone);
    if (number.length > 2) link.href = "tel:" + number;
    value.append(link);
    add(words.phone, value);
  }
  add(words.state_police, police);
  if (match.cityDistrict !== nameOf(match)) add(words.city_district, match.cityDistrict);
  if (match.district && match.precision === "address" && match.distance !== null) {
    add(words.distance, fill(words.metres, numbers.format(match.distance)));
  }
  return made;
}

/* What was left out or differs stands before the answer. */
function noted(notes) {
  const made = make("div", null, "lookup-first");
  made.append(...notes.map((one) => make("p", one)));
  return made;
}

function card(match, more) {
  const made = make("article", null, "lookup-card");
  const kicker = match.district ? words.district : "";
  if (match.before) made.append(noted(match.assumed.slice(0, match.before)));
  if (match.precision !== "district") made.append(make("p", match.address, "lookup-address"));
  if (kicker) made.append(make("p", kicker, "lookup-kicker"));
  made.append(make("h2", match.district ? nameOf(match) : words.outside));
  if (!match.district) made.append(make("p", words.outside_more));
  made.append(details(match));
  if (isNear(match)) made.append(make("p", words.near, "lookup-near"));
  const after = match.assumed.slice(match.before);
  if (after.length) {
    const notes = make("div", null, "lookup-notes");
    notes.append(make("h3", words.assumed), listOf(after.map((one) => make("span", one))));
    made.append(notes);
  }
  const link = make("a", words.link, "lookup-link");
  link.href = "#q=" + encodeURIComponent(match.address);
  const foot = make("p");
  foot.append(link);
  made.append(...more, foot);
  return made;
}

function split(matches) {
  const made = make("article", null, "lookup-card");
  const street = matches[0].precision === "street";
  const { assumed, before } = matches[0];
  if (before) made.append(noted(assumed.slice(0, before)));
  made.append(make("p", matches[0].found.name, "lookup-address"));
  made.append(make("h2", street ? words.split : words.split_place));
  made.append(listOf(matches.map((match) => {
    const one = make("div", null, "lookup-split");
    one.append(make("h3", nameOf(match)));
    if (match.numbers.length) {
      one.append(make("p", words.numbers + ": " + engine.rangesInWords(match.numbers), "lookup-numbers"));
    }
    one.append(details(match));
    return one;
  }), "lookup-splits"));
  const notes = assumed.slice(before);
  if (notes.length) made.append(listOf(notes.map((one) => make("span", one)), "lookup-notes"));
  return made;
}

function unknown(names) {
  const made = make("article", null, "lookup-card lookup-unknown");
  made.append(make("h2", words.none), make("p", words.none_more));
  if (names.length) {
    made.append(make("h3", words.similar), listOf(names.map((name) => {
      const one = make("button", name, "lookup-choice");
      one.type = "button";
      one.addEventListener("click", () => choose({ value: name }));
      return one;
    }), "lookup-choices"));
  }
  return made;
}

/* Show what a text means; the first card answers, a choice asks, and nothing found says so. */
function show(text) {
  clearTimeout(pending);
  asked = text;
  const matches = engine.find(text, MOST_ANSWERS);
  if (!text.trim()) {
    draw([make("p", words.empty, "lookup-card")], []);
    return say(words.empty);
  }
  if (!matches.length) {
    const names = engine.suggest(text, 6);
    draw([unknown(names)], []);
    const values = { address: text.trim(), names: names.join(", ") };
    return say(put(names.length ? words.said_none_similar : words.said_none, values));
  }
  const first = matches[0];
  const together = matches.filter((one) => one.found === first.found);
  const others = matches.filter((one) => !together.includes(one));
  const rivals = others.filter((one) => one.area !== first.area && one.score >= first.score - CLOSE);
  const alike = (list, title) => {
    if (!list.length) return [];
    const made = make("div", null, "lookup-others");
    made.append(make("h3", title), listOf(list.map(button), "lookup-choices"));
    return [made];
  };
  if (together.length > 1 && first.precision !== "address") {
    draw([split(together), ...alike(others, words.others)], together);
    const sentence = first.precision === "street" ? words.said_split : words.said_split_place;
    say([...aloud(first), put(sentence, { address: first.found.name })].join(" "));
  } else if (rivals.length && !first.certain) {
    const made = make("article", null, "lookup-card");
    const notes = first.assumed.slice(0, first.before);
    const common = notes.filter((one) => matches.every((match) => match.assumed.includes(one)));
    if (common.length) made.append(noted(common));
    made.append(make("h2", words.choose), make("p", words.choose_more));
    made.append(listOf(matches.map(button), "lookup-choices"));
    draw([made], matches);
    say([...common, words.choose, words.choose_more].join(" "));
  } else {
    const more = first.certain ? alike(others, words.same) : alike(others, words.others);
    draw([card(first, more)], [first]);
    say(spoken(first));
  }
}

/* ---- the map ---- */

function draw(cards, matches) {
  answer.replaceChildren(...cards);
  answer.hidden = !cards.length;
  byId("lookup").classList.toggle("lookup-answered", cards.length > 0);
  const here = new Set(matches.filter((one) => one.area >= 0).map((one) => one.area));
  let outline = "";
  engine.packed.districts.forEach((district, i) => {
    const shape = byId("lookup-district-" + i), label = byId("lookup-label-" + i);
    shape.classList.toggle("lookup-is-here", here.has(i));
    if (label) label.classList.toggle("lookup-is-here", here.has(i));
    if (here.has(i)) outline += shape.getAttribute("d");
  });
  byId("lookup-here").setAttribute("d", outline);
  const rows = matches.flatMap((one) => one.precision === "part" ? [] : one.rows)
    .filter((row) => engine.distance[row] !== null).slice(0, MOST_DOTS);
  const single = matches.every((one) => one.precision === "address");
  const radius = Number(dots.dataset.radius) * (single ? 1.6 : 0.6);
  dots.classList.toggle("lookup-many", !single);
  dots.replaceChildren(...rows.map((row) => {
    const dot = document.createElementNS(SVG, "circle");
    dot.setAttribute("cx", engine.x[row]);
    dot.setAttribute("cy", engine.y[row]);
    dot.setAttribute("r", radius);
    return dot;
  }));
  const named = [...here].map((i) => engine.packed.districts[i][1]).join(", ");
  map.setAttribute("aria-label", named ? fill(words.map, named) : words.map_none);
}

/* ---- the field ---- */

// An answer to another question than the one in the field would mislead.
input.addEventListener("input", () => {
  if (input.value.trim() !== asked.trim()) draw([], []);
  open(suggestions(input.value));
});
input.addEventListener("blur", close);
input.addEventListener("keydown", (event) => {
  const last = options.length - 1;
  if (event.isComposing) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    if (!options.length) open(suggestions(input.value));
    else if (event.key === "ArrowDown") mark(active < last ? active + 1 : -1);
    else mark(active < 0 ? last : active - 1);
  } else if (event.key === "Enter" && active >= 0) {
    event.preventDefault();
    choose(options[active]);
  } else if (event.key === "Escape") {
    if (options.length) close();
    else {
      input.value = asked = "";
      draw([], []);
      say("");
    }
  }
});
byId("lookup-form").addEventListener("submit", (event) => {
  event.preventDefault();
  close();
  show(input.value);
});

// Who prints what is typed wants its answer on the paper.
window.addEventListener("beforeprint", () => {
  close();
  if (input.value.trim() && (answer.hidden || input.value.trim() !== asked.trim())) show(input.value);
});

function fromLink() {
  if (!location.hash.startsWith("#q=")) return;
  let text = "";
  try {
    text = decodeURIComponent(location.hash.slice(3).replace(/\+/g, " "));
  } catch {
    return;
  }
  input.value = text.slice(0, engine.rules.longest);
  show(input.value);
}

byId("lookup-form").hidden = false;
// The first answer comes as quickly as the later ones: every rule is gone through beforehand.
setTimeout(() => {
  const names = engine.groups.slice(0, 40).map((group) => group.name || group.key);
  names.forEach((name, i) => setTimeout(() => {
    for (const text of [name + " 1", name + "x 1", name]) engine.find(text, MOST_ANSWERS);
  }, 5 * i));
}, 50);
window.addEventListener("hashchange", fromLink);
fromLink();
})();
