/* What the parts of the page share: the engine, the words, and elements made of plain text. Every
   text goes in through textContent. */
(function () {
"use strict";

const apkgeo = window.apkgeo;
const byId = (id) => document.getElementById(id);
const told = JSON.parse(byId("lookup-words").textContent);
const words = told.page;
const engine = new apkgeo.AddressLookup(JSON.parse(byId("lookup-index").textContent), told.sentences, told.language);
const whole = new Intl.NumberFormat(told.language, { maximumFractionDigits: 0 });

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

function listOf(items, className) {
  const made = make("ul", null, className);
  for (const item of items) {
    const line = make("li");
    line.append(item);
    made.append(line);
  }
  return made;
}

const put = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (all, name) => values[name]);
/* A district in a sentence: the word for it stands before a bare code. */
const called = (name) => name.includes(" ") || name.length > 4 ? name : put(words.called, { district: name });
engine.called = called;
const title = (area) => area < 0 ? words.no_district : engine.packed.districts[area][1];

/* The day that is asked about, empty for today. */
const asking = { day: "" };
const ask = (text, most) => engine.find(text, most, { on: asking.day });

apkgeo.lookup = engine;
apkgeo.page = {
  byId, told, words, engine, tidy, make, listOf, put, title, called, asking, ask,
  number: (value) => whole.format(value),
  embedded: window.parent !== window,
};
})();
