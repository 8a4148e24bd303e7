/* The field with its list of suggestions, the day, the answer, and links that open one. */
(function () {
"use strict";

const { page, isoDay } = window.apkgeo;
const { engine, words, byId, make, listOf, put, tidy, asking, ask } = page;
const input = byId("lookup-input"), list = byId("lookup-options"), status = byId("lookup-status");
const answer = byId("lookup-answer"), day = byId("lookup-day");
const MOST_ANSWERS = 20, CLOSE = 0.1;
let options = [], active = -1, pending = 0, asked = "", linked = null;

const say = (text) => {
  status.textContent = tidy(text);
};

/* ---- the list ---- */

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
  if (found.length) pending = setTimeout(() => say(put(words.suggested, { value: found.length })), 700);
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

function draw(cards, matches) {
  answer.replaceChildren(...cards);
  answer.hidden = !cards.length;
  byId("lookup").classList.toggle("lookup-answered", cards.length > 0);
  page.drawMap(matches);
}

function button(match) {
  const one = make("button", null, "lookup-choice");
  one.type = "button";
  const district = match.area < 0 ? page.nameOf(match) : page.called(page.nameOf(match));
  const agreement = put(words.agreeing, { value: page.number(Math.floor(match.score * 100)) });
  one.append(make("span", match.address), make("small", match.score < 1 ? district + ", " + agreement : district));
  one.addEventListener("click", () => {
    input.value = asked = match.address;
    draw([page.card(match, [])], [match]);
    say(page.spoken(match));
    answer.focus();
  });
  return one;
}

function alike(matches, title) {
  if (!matches.length) return [];
  const made = make("div", null, "lookup-others");
  made.append(make("h3", title), listOf(matches.map(button), "lookup-choices"));
  return [made];
}

/* Several districts, and only the person who asks knows which is meant. */
function choice(matches) {
  const first = matches[0], made = make("article", null, "lookup-card");
  const notes = first.assumed.slice(0, first.before);
  const common = notes.filter((one) => matches.every((match) => match.assumed.includes(one)));
  if (common.length) made.append(page.noted(common));
  made.append(make("h2", words.choose), make("p", words.choose_more));
  made.append(listOf(matches.map(button), "lookup-choices"));
  draw([made], matches);
  say([...common, words.choose, words.choose_more].join(" "));
}

function nothing(text) {
  const names = engine.suggest(text, 6), reason = engine.reason(text);
  draw([page.unknown(reason, names, choose)], []);
  const values = { address: text.trim(), names: names.join(", "), reason };
  say(put(names.length ? words.said_none_similar : words.said_none, values));
}

/* Show what a text means; the first card answers, a choice asks, and nothing found says why. */
function show(text) {
  clearTimeout(pending);
  asked = text;
  leaveLink();
  if (!text.trim()) {
    draw([make("p", words.empty, "lookup-card")], []);
    return say(words.empty);
  }
  if (asking.day && !engine.epochOn(asking.day)) {
    draw([make("p", words.no_day, "lookup-card")], []);
    return say(words.no_day);
  }
  const matches = ask(text, MOST_ANSWERS);
  if (!matches.length) return nothing(text);
  const first = matches[0];
  const together = matches.filter((one) => one.found === first.found);
  const others = matches.filter((one) => !together.includes(one));
  const rivals = others.filter((one) => one.area !== first.area && one.score >= first.score - CLOSE);
  if (together.length > 1 && first.precision !== "address") {
    draw([page.split(together), ...alike(others, words.others)], together);
    say(page.spokenSplit(together));
  } else if (rivals.length && !first.certain) choice(matches);
  else {
    draw([page.card(first, alike(others, first.certain ? words.same : words.others))], [first]);
    say(page.spoken(first));
  }
}

/* ---- the field ---- */

// An answer to another question than the one in the field would mislead.
input.addEventListener("input", () => {
  if (input.value.trim() !== asked.trim()) draw([], []);
  open(page.suggestions(input.value));
});
input.addEventListener("blur", close);
input.addEventListener("keydown", (event) => {
  const last = options.length - 1;
  if (event.isComposing) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    if (!options.length) open(page.suggestions(input.value));
    else if (event.key === "ArrowDown") mark(active < last ? active + 1 : -1);
    else mark(active < 0 ? last : active - 1);
  } else if (event.key === "Enter" && active >= 0) {
    event.preventDefault();
    choose(options[active]);
  } else if (event.key === "Escape") {
    if (options.length) close();
    else {
      input.value = asked = "";
      leaveLink();
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

/* ---- the day ---- */

/* Today is the reader's day, unless the page was made for another one. */
function setDay(value) {
  asking.day = value === isoDay(new Date()) ? "" : value;
  page.showEpoch(asking.day ? engine.epochOn(asking.day)
    : engine.epochOn(isoDay(new Date())) || engine.epochs[engine.epochs.length - 1]);
  if (input.value.trim() && !answer.hidden) show(input.value);
}

if (day) {
  day.value = page.told.on || isoDay(new Date());
  day.addEventListener("change", () => setDay(day.value));
  setDay(day.value);
}

// Who prints what is typed wants its answer on the paper.
window.addEventListener("beforeprint", () => {
  close();
  if (input.value.trim() && (answer.hidden || input.value.trim() !== asked.trim())) show(input.value);
});

/* ---- links ---- */

function fromLink() {
  linked = null;
  if (!location.hash.startsWith("#q=")) return;
  let text = "";
  try {
    text = decodeURIComponent(location.hash.slice(3).replace(/\+/g, " "));
  } catch {
    return;
  }
  input.value = linked = text.slice(0, engine.rules.longest);
  show(input.value);
}

/* Who copies the page's address must not pass the answer to an earlier question on. */
function leaveLink() {
  if (linked === null || asked === linked) return;
  linked = null;
  history.replaceState(null, "", "#");
}

byId("lookup-form").hidden = false;
document.documentElement.classList.toggle("lookup-embedded", page.embedded);
// The first answer comes as quickly as the later ones: every rule is gone through beforehand.
setTimeout(() => {
  const names = engine.groups.slice(0, 40).map((group) => group.name || group.key);
  names.forEach((name, i) => setTimeout(() => {
    const texts = [name + " 1", name + "x 1", name];
    if (i < 6) {
      const row = engine.groups[i].start;
      texts.push(name + " × " + names[(i + 1) % names.length], engine.y[row] + ".0 " + engine.x[row] + ".0");
    }
    for (const text of texts) ask(text, MOST_ANSWERS);
  }, 5 * i));
}, 50);
window.addEventListener("hashchange", fromLink);
fromLink();
})();
