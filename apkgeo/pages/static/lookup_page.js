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

function make(name, text, className) {
  const element = document.createElement(name);
  if (text !== undefined && text !== null) element.textContent = text;
  if (className) element.className = className;
  return element;
}

const fill = (sentence, value) => sentence.replace("{value}", () => value);
// Where there is one town only, its name and postcode add nothing to a suggestion.
const short = (address) => engine.packed.towns.length > 1 || !address.includes(", ")
  ? address : address.slice(0, address.lastIndexOf(", "));
const nameOf = (match) => match.district ? match.district[1] : words.no_district;

/* ---- suggestions ---- */

let options = [], active = -1, pending = 0;

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
  status.textContent = text;
}

function button(match) {
  const one = make("button", null, "lookup-choice");
  one.type = "button";
  one.append(make("span", match.address), make("small", nameOf(match)));
  one.addEventListener("click", () => {
    input.value = match.address;
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

const spoken = (match) => match.district
  ? words.said.replace("{address}", () => match.address).replace("{district}", () => nameOf(match))
  : match.address + ": " + words.outside;

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

function card(match, more) {
  const made = make("article", null, "lookup-card");
  const kicker = match.district ? words.district : "";
  made.append(make("p", match.address, "lookup-address"));
  if (kicker) made.append(make("p", kicker, "lookup-kicker"));
  made.append(make("h2", match.district ? nameOf(match) : words.outside));
  if (!match.district) made.append(make("p", words.outside_more));
  made.append(details(match));
  const near = match.district && match.precision === "address" && match.distance !== null && match.distance < told.near;
  if (near) made.append(make("p", words.near, "lookup-near"));
  if (match.assumed.length) {
    const notes = make("div", null, "lookup-notes");
    notes.append(make("h3", words.assumed), listOf(match.assumed.map((one) => make("span", one))));
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
  const notes = matches[0].assumed;
  if (notes.length) made.append(listOf(notes.map((one) => make("span", one)), "lookup-notes"));
  return made;
}

function unknown(text) {
  const made = make("article", null, "lookup-card lookup-unknown");
  made.append(make("h2", words.none), make("p", words.none_more));
  const names = engine.suggest(text, 6);
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
  const matches = engine.find(text, MOST_ANSWERS);
  if (!text.trim()) return draw([], []);
  if (!matches.length) {
    draw([unknown(text)], []);
    return say(words.none);
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
    say(first.found.name + ": " + words.split + ".");
  } else if (rivals.length && !first.certain) {
    const made = make("article", null, "lookup-card");
    made.append(make("h2", words.choose), make("p", words.choose_more));
    made.append(listOf(matches.map(button), "lookup-choices"));
    draw([made], matches);
    say(words.choose + " " + words.choose_more);
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

input.addEventListener("input", () => open(suggestions(input.value)));
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
      input.value = "";
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
