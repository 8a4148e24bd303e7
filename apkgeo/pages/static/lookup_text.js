/* Fold texts so that two ways of writing one thing become equal, and tell words as they were typed:
   the steps of apkgeo/places/folding.py and typed.py. */
(function () {
"use strict";

const apkgeo = window.apkgeo;

Object.assign(apkgeo.AddressLookup.prototype, {
  fold(text) {
    let folded = "";
    for (const character of text.toLowerCase().normalize("NFKD").toLowerCase()) {
      let read = this.folded.get(character);
      if (read === undefined) this.folded.set(character, read = this.foldOne(character));
      folded += read;
    }
    return folded.replace(/ +/g, " ").replace(/^ | $/g, "");
  },

  foldOne(character) {
    const tables = this.rules.folding, code = character.codePointAt(0);
    const within = (name) => tables[name].includes(character);
    if (within("kept")) return character;
    if (within("commas")) return ",";
    if (within("dashes")) return "-";
    if (within("crossings")) return "×";
    if (within("unseen")) return "";
    if (code < 0xa0 || within("spaces")) return " ";
    return tables.letters[character] || this.rules.foreign;
  },

  words(name) {
    return this.fold(name).match(/\d+|[a-z\ufffd]+/g) || [];
  },

  writtenOut(name) {
    const kept = name.filter((word) => !this.sets.street.has(word));
    return (kept.length ? kept : name).map((word) => this.abbreviations.get(word) || word).join(" ");
  },

  plain(text) {
    return text.normalize("NFC").replace(this.gaps, " ");
  },

  /* A text with single gaps and none around it; one in capitals in small letters. */
  tidy(text) {
    const clean = text.normalize("NFC").replace(this.typed.gap, " ").replace(/^ +| +$/g, "");
    return clean === clean.toUpperCase() ? clean.toLowerCase() : clean;
  },

  leftOut(text, ignored) {
    const { lines, gap, piece } = this.typed;
    const typed = text.normalize("NFC").replace(lines, ", ").replace(gap, " ");
    const pieces = [...typed.matchAll(piece)].map((found) =>
      ({ start: found.index, end: found.index + found[0].length, word: this.fold(found[0]) }));
    const taken = new Set(), unseen = [];
    for (const word of ignored.flatMap((one) => one.split("/")).reverse()) {
      let at = pieces.length - 1;
      while (at >= 0 && (taken.has(at) || pieces[at].word !== word)) at--;
      if (at < 0) unseen.unshift(word);
      else taken.add(at);
    }
    const runs = [];
    for (const i of [...taken].sort((a, b) => a - b)) {
      const last = runs[runs.length - 1];
      if (last && last[1] === i - 1) last[1] = i;
      else runs.push([i, i]);
    }
    const told = runs.map(([first, last]) => typed.slice(pieces[first].start, pieces[last].end));
    if (runs.length && this.isPlace(typed, pieces, ...runs[runs.length - 1])) {
      const rest = typed.slice(0, pieces[runs[runs.length - 1][0]].start)
        .replace(this.typed.end, "").replace(/^ +| +$/g, "");
      const place = told.pop();
      return { others: [...told, ...unseen].join(", "), place, rest };
    }
    if (runs.length && runs[0][0] === 0 && this.isTown(pieces.slice(0, runs[0][1] + 1))) {
      const rest = typed.slice(pieces[runs[0][1]].end).replace(this.typed.start, "").replace(/^ +| +$/g, "");
      return { others: [...told.slice(1), ...unseen].join(", "), place: told[0], rest };
    }
    return { others: [...told, ...unseen].join(", "), place: "", rest: "" };
  },

  /* Whether pieces are a known town's name, with a number of its part at most. */
  isTown(pieces) {
    const words = pieces.map((one) => one.word);
    if (/^\d+$/.test(words[words.length - 1])) words.pop();
    return this.sets.towns.has(words.join(" "));
  },

  isPlace(typed, pieces, first, last) {
    if (!first) return false;
    const name = pieces[first].word, before = pieces[first - 1];
    if ([...name].length < 3 || /^\d/.test(name) || this.sets.notPlaces.has(name)) return false;
    const after = pieces.slice(last + 1).map((one) => one.word).filter((one) => !this.sets.country.has(one));
    if (after.length && !/^\d{5}$/.test(after.join(""))) return false;
    return /^\d/.test(before.word) || typed.slice(before.end, pieces[first].start).search(this.typed.between) >= 0;
  },

  /* The kinds of numbers as people write them, on one line. */
  spaced(text) {
    return text.replace(this.typed.kinds, (all, kind, gap) => "č.\u00a0" + kind + "." + (gap ? "\u00a0" : ""));
  },

  sentence(code, value) {
    const values = value.split("\n"), names = this.rules.values[code];
    return this.sentences[code].replace(/\{(\w+)\}/g, (all, name) => values[names.indexOf(name)]);
  },
});
})();
