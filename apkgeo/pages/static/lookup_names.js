/* What a written name can stand for: the steps of apkgeo/places/names.py. */
(function () {
"use strict";

const apkgeo = window.apkgeo;

Object.assign(apkgeo.AddressLookup.prototype, {
  exactNames(written, text) {
    const key = this.writtenOut(written.name), targets = [];
    for (const group of this.streetKeys.get(key) || []) {
      targets.push(this.asWritten(group, group.key, written, text));
    }
    const places = this.placeKeys.get(key) || [];
    const parts = new Set(places.filter((one) => one.rank !== 2).map((one) => one.name));
    for (const place of places) {
      if (place.rank !== 2 || !parts.has(place.name)) {
        targets.push(this.asWritten(place, this.words(place.name).join(" "), written, text));
      }
    }
    return targets;
  },

  asWritten(what, key, written, text) {
    const register = this.plain(what.name), costs = this.costs, name = what.name;
    if (text.includes(register)) return { what, cost: 0, kind: "exact", assumed: [] };
    const bare = written.name.filter((word) => !this.sets.street.has(word)).join(" ");
    if (key !== bare && key !== written.name.join(" ")) {
      if (what.rank !== undefined) return { what, cost: 0, kind: "exact", assumed: [] };
      const assumed = [["abbreviation", name]];
      return { what, cost: costs.abbreviation_cost, kind: "abbreviated", assumed };
    }
    if (text.toLowerCase().includes(register.toLowerCase())) {
      return { what, cost: costs.case_cost, kind: "folded", assumed: [["case", name]] };
    }
    if (bareOf(text).includes(bareOf(register))) {
      return { what, cost: costs.diacritics_cost, kind: "folded", assumed: [["diacritics", name]] };
    }
    const assumed = [["case", name], ["diacritics", name]];
    return { what, cost: costs.both_cost, kind: "folded", assumed };
  },

  looseNames(written) {
    const key = this.writtenOut(written.name), every = key.split(" "), best = new Map();
    const set = (group, how) => best.has(group) || best.set(group, how);
    for (const one of [key, "~" + [...every].sort().join(" ")]) {
      for (const [group, how] of this.looseKeys.get(one) || []) set(group, how);
    }
    const bare = every.filter((word) => !this.sets.generic.has(word) && !this.sets.title.has(word)).join(" ");
    if (bare !== key) {
      const how = this.streetKeys.has(key) ? "dropped" : "fewer";
      for (const group of this.streetKeys.get(bare) || []) set(group, how);
      for (const [group] of this.looseKeys.get(bare) || []) set(group, how);
    }
    return [...best].map(([what, how]) => {
      const fewer = how === "fewer" || how === "dropped";
      const kind = fewer || how === "shortened" ? "shortened" : "abbreviated";
      const cost = this.costs[(how === "fewer" ? "shortened" : how) + "_cost"];
      return { what, cost, kind, assumed: [[fewer ? "spelling" : how, what.name]] };
    });
  },

  misspeltNames(written) {
    const key = this.writtenOut(written.name), targets = [];
    const own = key.split(" ").filter((word) => !this.sets.generic.has(word)).join(" ");
    const most = mostLetters((own || key).length);
    if (!most) return targets;
    const digits = digitsOf(key), base = this.costs.fuzzy_base;
    for (const name of this.names) {
      const distance = alignment(key, name, most);
      if (distance > most || digitsOf(name) !== digits) continue;
      const wrong = Math.floor(base * distance / Math.max(key.length, name.length));
      const cost = 1000 - base + wrong;
      for (const what of [...(this.streetKeys.get(name) || []), ...(this.placeKeys.get(name) || [])]) {
        targets.push({ what, cost, kind: "fuzzy", assumed: [["spelling", what.name]] });
      }
    }
    return targets;
  },

  suggest(text, limit) {
    const close = new Map(), keys = new Set();
    for (const written of this.ways(text)[0].flat()) keys.add(this.writtenOut(written.name));
    for (const key of keys) {
      if (key.length < this.costs.shortest_similar) continue;
      const most = Math.max(2, Math.floor(key.length / 3));
      for (const name of this.names) {
        const part = name.length >= this.costs.shortest_similar && (name.includes(key) || key.includes(name));
        const distance = Math.min(alignment(key, name, most), part ? 1 : most + 1);
        if (distance <= most && !(close.get(name) <= distance)) close.set(name, distance);
      }
    }
    const place = new Map(this.names.map((name, i) => [name, i]));
    const least = Math.min(...close.values());
    const inOrder = [...close].filter(([, distance]) => least > 0 || distance === 0).sort((a, b) => a[1] - b[1] || place.get(a[0]) - place.get(b[0]));
    const names = inOrder.map(([name]) => (this.streetKeys.get(name) || this.placeKeys.get(name))[0].name);
    return [...new Set(names)].slice(0, limit);
  },
});

const bareOf = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "");
const digitsOf = (text) => (text.match(/\d+/g) || []).join();
const mostLetters = (length) => length < 3 ? 0 : length < 8 ? 1 : length < 14 ? 2 : 3;

/* Optimal string alignment: letters left out, added, replaced, or neighbours exchanged; anything
   above `most` is told as most + 1. Only the band that can still be within reach is filled in. */
const rowsOfBand = [new Uint8Array(320), new Uint8Array(320), new Uint8Array(320)];

function alignment(one, other, most) {
  const m = one.length, n = other.length, beyond = most + 1;
  if (m - n > most || n - m > most) return beyond;
  let [before, last, row] = rowsOfBand;
  for (let j = 0; j <= n; j++) last[j] = j < beyond ? j : beyond;
  for (let i = 1; i <= m; i++) {
    const from = Math.max(1, i - most), to = Math.min(n, i + most), letter = one.charCodeAt(i - 1);
    let least = row[from - 1] = from === 1 && i < beyond ? i : beyond;
    for (let j = from; j <= to; j++) {
      const against = other.charCodeAt(j - 1);
      let cost = last[j - 1] + (letter === against ? 0 : 1);
      if (row[j - 1] + 1 < cost) cost = row[j - 1] + 1;
      if (j < i + most && last[j] + 1 < cost) cost = last[j] + 1;
      if (i > 1 && j > 1 && letter === other.charCodeAt(j - 2) && one.charCodeAt(i - 2) === against &&
          before[j - 2] + 1 < cost) cost = before[j - 2] + 1;
      row[j] = cost < beyond ? cost : beyond;
      if (cost < least) least = cost;
    }
    if (to < n) row[to + 1] = beyond;
    // Two rows out of reach stay so: an exchange reaches back over one only.
    if (least > most && i > 1 && rowLeast(last, i - 1, n, most) > most) return beyond;
    [before, last, row] = [last, row, before];
  }
  return Math.min(last[n], beyond);
}

function rowLeast(row, i, n, most) {
  let least = most + 1;
  for (let j = Math.max(0, i - most); j <= Math.min(n, i + most); j++) if (row[j] < least) least = row[j];
  return least;
}
})();
