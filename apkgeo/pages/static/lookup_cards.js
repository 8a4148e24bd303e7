/* Answers as cards to be read, and as sentences to be heard. */
(function () {
"use strict";

const { page } = window.apkgeo;
const { engine, words, make, listOf, put, told, title } = page;
const PLACED = ["address", "point", "crossing"];

const nameOf = (match) => title(match.area);
const isNear = (match) => Boolean(match.district) && PLACED.includes(match.precision) &&
  match.distance !== null && match.distance < told.near;

/* House numbers and where they are: "lichá 1–29: okrsek 4". */
const inWords = (match) => engine.rangesInWords(match.numbers) + ": " + (match.area < 0 ? nameOf(match) : page.called(nameOf(match)));

/* Capitals and diacritics are not worth hearing about. */
const aloud = (match) =>
  match.assumed.filter((one) => one !== engine.sentences.case && one !== engine.sentences.diacritics);

/* A street is called one, unless its name already says what it is. */
function addressed(match) {
  if (match.precision !== "street") return match.address;
  const name = match.found.name;
  const generic = engine.words(name).some((word) => engine.sets.generic.has(word));
  return generic ? name : put(words.street, { value: name });
}

const asOf = () => page.asking.day ? [put(words.as_of, { day: engine.dayText(page.asking.day) })] : [];

/* What was assumed comes first, then the district, the phone, a border that is near, and what
   changes. */
function spoken(match) {
  const said = [...asOf(), ...aloud(match)];
  const values = { address: addressed(match), district: nameOf(match).replace(/^(?:okrsek|police district|district) (?=.)/i, ""), phone: match.district && match.district[4] };
  if (!match.district) said.push(put(words.said_outside, values));
  else if (match.precision === "district") said.push(put(values.phone ? words.said_district_phone : words.said_district, values));
  else said.push(put(values.phone ? words.said_phone : words.said, values));
  if (isNear(match)) said.push(words.near);
  return [...said, ...(match.changes || [])].join(" ");
}

/* The parts of one street or crossing, each with its district. */
function spokenSplit(matches) {
  const first = matches[0], street = first.precision === "street";
  const sentence = first.precision === "crossing" ? words.said_border : street ? words.said_split : words.said_split_place;
  const said = [...asOf(), ...aloud(first), put(sentence, { address: first.found.name })];
  if (street) said.push(matches.map(inWords).join("; ") + ".");
  if (first.precision === "crossing") said.push(matches.map(nameOf).join("; ") + ".");
  return [...said, ...first.changes].join(" ");
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
  if (PLACED.includes(match.precision) && match.distance !== null) {
    add(match.district ? words.distance : words.to_nearest, put(words.metres, { value: page.number(match.distance) }));
  }
  if (match.score < 1) add(words.agreement, put(words.percent, { value: page.number(Math.floor(match.score * 100)) }));
  return made;
}

/* What was left out or differs stands before the answer. */
function noted(notes) {
  const made = make("div", null, "lookup-first");
  made.append(...notes.map((one) => make("p", one)));
  return made;
}

/* What the answer is today or later, and the day that was asked about. */
function changing(match) {
  const lines = [...asOf(), ...(match.changes || [])];
  if (!lines.length) return [];
  const made = make("div", null, "lookup-changes");
  made.append(...lines.map((one) => make("p", one)));
  return [made];
}

/* A link to an answer; inside another page it opens one of its own, whose address can be sent on. */
function linkTo(text) {
  const foot = make("p"), link = make("a", page.embedded ? words.link_open : words.link, "lookup-link");
  link.href = "#q=" + encodeURIComponent(text);
  if (page.embedded) {
    link.target = "_blank";
    link.rel = "noopener";
  }
  foot.append(link);
  return foot;
}

const asked = (match) => match.precision === "point" || match.precision === "crossing" ? match.found.name : match.address;

function card(match, more) {
  const made = make("article", null, "lookup-card");
  if (match.before) made.append(noted(match.assumed.slice(0, match.before)));
  if (match.precision !== "district") made.append(make("p", match.address, "lookup-address"));
  if (match.district) made.append(make("p", words.district, "lookup-kicker"));
  made.append(make("h2", match.district ? nameOf(match) : words.outside));
  if (!match.district) made.append(make("p", words.outside_more));
  made.append(...changing(match), details(match));
  if (isNear(match)) made.append(make("p", words.near, "lookup-near"));
  const after = match.assumed.slice(match.before);
  if (after.length) {
    const notes = make("div", null, "lookup-notes");
    notes.append(make("h3", words.assumed), listOf(after.map((one) => make("span", one))));
    made.append(notes);
  }
  made.append(...more, linkTo(asked(match)));
  return made;
}

/* A street that several districts share by its numbers, or a crossing on their border. */
function split(matches) {
  const made = make("article", null, "lookup-card");
  const { assumed, before, precision, found } = matches[0];
  if (before) made.append(noted(assumed.slice(0, before)));
  made.append(make("p", found.name, "lookup-address"));
  made.append(make("h2", { street: words.split, crossing: words.split_crossing }[precision] || words.split_place));
  made.append(...changing(matches[0]));
  made.append(listOf(matches.map((match) => {
    const one = make("div", null, "lookup-split");
    const head = make("h3");
    if (match.numbers.length) head.append(make("span", engine.rangesInWords(match.numbers) + ": ", "lookup-numbers"));
    head.append(make("span", (match.area < 0 ? nameOf(match) : page.called(nameOf(match)))));
    one.append(head, details(match));
    return one;
  }), "lookup-splits"));
  const notes = assumed.slice(before);
  if (notes.length) made.append(listOf(notes.map((one) => make("span", one)), "lookup-notes"));
  made.append(linkTo(found.name));
  return made;
}

/* Nothing was found: why, and what is alike. */
function unknown(reason, names, choose) {
  const made = make("article", null, "lookup-card lookup-unknown");
  made.append(make("h2", words.none), make("p", reason), make("p", words.none_more));
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

Object.assign(page, { nameOf, aloud, spoken, spokenSplit, noted, card, split, unknown });
})();
