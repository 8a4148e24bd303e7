/* Find written addresses and their districts: the same steps, tables and costs as
   apkgeo/places (folding, addresses, house_numbers, names, gazetteer, typed, districts), so that the page
   and Python give the same answers. Nothing here touches the page. */
(function () {
"use strict";

const apkgeo = window.apkgeo || (window.apkgeo = {});

apkgeo.AddressLookup = class {
  constructor(packed, sentences) {
    this.packed = packed;
    this.sentences = sentences;
    this.rules = packed.rules;
    this.costs = packed.rules.costs;
    this.token = new RegExp(packed.rules.token, "g");
    this.gaps = new RegExp(packed.rules.gaps, "g");
    this.sets = {};
    for (const name of ["street", "generic", "title", "country", "notPlaces"]) this.sets[name] = new Set(packed.rules[name]);
    this.abbreviations = new Map(Object.entries(packed.rules.abbreviations));
    this.typed = {};
    for (const [name, pattern] of Object.entries(packed.rules.typed)) this.typed[name] = new RegExp(pattern, "gu");
    this.rank = new Map(packed.rules.first.map((code, i) => [code, i]));
    this.folded = new Map();
    this.unpack();
    this.nameKeys();
  }

  /* ---- the index ---- */

  /* Whole numbers of seven bits a byte, the low ones first; signed ones are folded to 0, -1, 1. */
  static numbers(text, signed) {
    const bytes = atob(text), values = [];
    let value = 0, shift = 0;
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes.charCodeAt(i);
      value |= (byte & 127) << shift;
      if (byte > 127) shift += 7;
      else {
        values.push(signed ? (value >>> 1) ^ -(value & 1) : value);
        value = shift = 0;
      }
    }
    return values;
  }

  static runs(text, size) {
    const told = this.numbers(text), values = new Int32Array(size);
    for (let i = 0, at = 0; i < told.length; i += 2) {
      values.fill(told[i], at, at += told[i + 1]);
    }
    return values;
  }

  unpack() {
    const packed = this.packed, from = this.constructor;
    const sizes = from.numbers(packed.sizes), names = packed.streets.split("\n");
    let start = 0;
    this.groups = sizes.map((size, i) => {
      const group = { name: names[i], key: "", start, stop: start += size };
      group.key = this.words(group.name).join(" ");
      return group;
    });
    this.size = start;
    const summed = (text) => {
      let sum = 0;
      return Int32Array.from(from.numbers(text, true), (step) => sum += step);
    };
    this.orientation = Int32Array.from(from.numbers(packed.orientation, true));
    for (const group of this.groups) {
      for (let row = group.start + 1; row < group.stop; row++) {
        this.orientation[row] += this.orientation[row - 1];
      }
    }
    this.house = summed(packed.house);
    this.codes = summed(packed.code);
    this.kind = from.runs(packed.kind, start);
    this.profile = from.runs(packed.profile, start);
    this.area = from.runs(packed.area, start).map((area) => area - 1);
    this.distance = from.numbers(packed.distance);
    for (const row of packed.pointless) this.distance[row] = null;
    this.x = summed(packed.x);
    this.y = summed(packed.y);
    this.profiles = packed.profiles.map(([part, town, district, postcode]) => ({
      part: packed.parts[part], town: packed.towns[town],
      district: packed.cityDistricts[district], postcode, keys: new Set(),
    }));
    this.postcodes = new Set(this.profiles.map((one) => one.postcode).filter(Boolean));
  }

  nameKeys() {
    const push = (map, key, value) => map.has(key) ? map.get(key).push(value) : map.set(key, [value]);
    this.streetKeys = new Map();
    for (const group of this.groups) {
      if (!group.name) continue;
      const key = this.writtenOut(group.key.split(" "));
      push(this.streetKeys, key, group);
      if (group.key !== key) push(this.streetKeys, group.key, group);
    }
    const found = new Map();
    const place = (rank, name, town) => {
      const id = rank + "\n" + name + "\n" + town;
      if (name && !found.has(id)) found.set(id, { rank, name, town, keys: [] });
    };
    for (const one of this.profiles) {
      place(0, one.part, one.town);
      place(1, one.district, one.town);
      place(2, one.town, one.town);
    }
    this.placeKeys = new Map();
    const aliases = new Map();
    for (const one of found.values()) {
      const name = this.words(one.name);
      push(this.placeKeys, this.writtenOut(name), one);
      if (one.rank === 1) for (const alias of shortNames(name)) push(aliases, alias, one);
    }
    for (const [key, places] of aliases) if (!this.placeKeys.has(key)) this.placeKeys.set(key, places);
    this.placeRanks = new Map();
    for (const [key, places] of this.placeKeys) {
      this.placeRanks.set(key, Math.min(...places.map((one) => one.rank)));
      for (const one of places) one.keys.push(key);
    }
    for (const one of this.profiles) {
      for (const [rank, name] of [one.part, one.district, one.town].entries()) {
        const named = found.get(rank + "\n" + name + "\n" + one.town);
        if (named) for (const key of named.keys) one.keys.add(key);
      }
    }
    this.names = [...new Set([...this.streetKeys.keys(), ...this.placeKeys.keys()])];
  }

  get looseKeys() {
    if (this.loose) return this.loose;
    this.loose = new Map();
    const add = (key, group, how) => {
      if (!this.loose.has(key)) this.loose.set(key, new Map());
      const groups = this.loose.get(key);
      if (!groups.has(group)) groups.set(group, how);
    };
    for (const group of this.groups) {
      const name = this.writtenOut(group.key.split(" ")).split(" ");
      if (!group.name || name.length < 2) continue;
      const generic = (word) => this.sets.generic.has(word);
      const last = name[name.length - 1];
      const initials = name.slice(0, -1).map((word) => generic(word) ? word : word[0]);
      add([...initials, last].join(" "), group, "initials");
      add("~" + [...name].sort().join(" "), group, "order");
      const bare = name.filter((word) => !generic(word));
      if (!bare.length) continue;
      add(bare.join(" "), group, "shortened");
      const end = bare[bare.length - 1];
      if (!/^\d+$/.test(end)) add(end, group, "shortened");
    }
    return this.loose;
  }

  /* ---- folding ---- */

  fold(text) {
    let folded = "";
    for (const character of text.toLowerCase().normalize("NFKD").toLowerCase()) {
      let read = this.folded.get(character);
      if (read === undefined) this.folded.set(character, read = this.foldOne(character));
      folded += read;
    }
    return folded.replace(/ +/g, " ").replace(/^ | $/g, "");
  }

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
  }

  words(name) {
    return this.fold(name).match(/\d+|[a-z\ufffd]+/g) || [];
  }

  writtenOut(name) {
    const kept = name.filter((word) => !this.sets.street.has(word));
    return (kept.length ? kept : name).map((word) => this.abbreviations.get(word) || word).join(" ");
  }

  plain(text) {
    return text.normalize("NFC").replace(this.gaps, " ");
  }

  /* ---- reading ---- */

  tokens(folded) {
    const found = [];
    let postcode = 0;
    for (const match of folded.matchAll(this.token)) {
      const [, separator, psc, bare, mark, value, letter, spaced, other, letter2, spaced2, dot, word] = match;
      if (word) found.push(word);
      else if (value) {
        found.push({
          value: whole(value), letter: letter || spaced || "", other: whole(other),
          otherLetter: letter2 || spaced2 || "", mark: markKind(mark), ordinal: dot !== undefined,
        });
      } else if (separator) found.push(separator);
      else {
        const digits = psc || bare, code = Number(digits.replace(" ", ""));
        if (psc || this.postcodes.has(code) || isPostcode(digits, found)) {
          postcode = code;
          found.push(",");
        } else for (const part of digits.split(" ")) found.push(plainNumber(Number(part)));
      }
    }
    return [joined(found), postcode];
  }

  readings(found) {
    const spans = this.spans(found), groups = [], seen = new Set();
    for (const taken of [standingAlone(found, spans), atTheEnds(found, spans)]) {
      const group = this.withPlaces(found, taken).filter((one) => {
        const key = JSON.stringify(one);
        return seen.has(key) ? false : seen.add(key);
      });
      if (group.length) groups.push(group);
    }
    return groups;
  }

  spans(found) {
    const spans = new Map();
    found.forEach((first, start) => {
      if (isNumber(first) || ",-×".includes(first)) return;
      const name = [];
      for (let end = start; end < Math.min(start + 9, found.length); end++) {
        const token = found[end];
        if (token === "-") continue;
        if (isNumber(token)) {
          if (!isPlain(token)) break;
          name.push(String(token.value));
        } else if (token === "," || token === "×") break;
        else name.push(token);
        const key = this.writtenOut(name);
        if (this.placeRanks.has(key) || this.sets.country.has(key)) spans.set(start, [end + 1, key]);
      }
    });
    return spans;
  }

  withPlaces(found, taken) {
    let segments = [[]];
    for (let i = 0; i < found.length;) {
      if (taken.has(i)) {
        segments.push([]);
        i = taken.get(i)[0];
        continue;
      }
      const token = found[i++];
      if (isNumber(token) || !",-×".includes(token)) segments[segments.length - 1].push(token);
      else segments.push([]);
    }
    segments = segments.filter((segment) => segment.length);
    const named = [...taken.values()].sort((a, b) => a[0] - b[0] || (a[1] < b[1] ? -1 : 1))
      .map(([, key]) => key).filter((key) => this.placeRanks.has(key));
    const worded = segments.filter((segment) => !segment.every(isNumber));
    if (worded.length) {
      return worded.slice(0, this.rules.segments).flatMap((name) =>
        within(name, segments.filter((one) => one !== name), named));
    }
    if (!named.length) return segments.length ? within([], segments, []) : [];
    let asked = named[0];
    for (const key of named) if (this.placeRanks.get(key) < this.placeRanks.get(asked)) asked = key;
    named.splice(named.indexOf(asked), 1);
    const numbers = segments.flat();
    return [{
      name: asked.split(" "), number: numbers[0] || null, places: named,
      ignored: numbers.slice(1).map(numberText),
    }];
  }

  /* ---- names ---- */

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
  }

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
  }

  looseNames(written) {
    const key = this.writtenOut(written.name), every = key.split(" "), best = new Map();
    const set = (group, how) => best.has(group) || best.set(group, how);
    for (const one of [key, "~" + [...every].sort().join(" ")]) {
      for (const [group, how] of this.looseKeys.get(one) || []) set(group, how);
    }
    const bare = every.filter((word) => !this.sets.generic.has(word) && !this.sets.title.has(word)).join(" ");
    if (bare !== key) {
      for (const group of this.streetKeys.get(bare) || []) set(group, "shortened");
      for (const [group] of this.looseKeys.get(bare) || []) set(group, "shortened");
    }
    return [...best].map(([what, how]) => ({
      what, cost: this.costs[how + "_cost"], kind: how === "shortened" ? how : "abbreviated",
      assumed: [[how, what.name]],
    }));
  }

  misspeltNames(written) {
    const key = this.writtenOut(written.name), most = mostLetters(key.length), targets = [];
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
  }

  /* ---- houses ---- */

  letter(row) {
    return this.packed.letters[this.kind[row] >> 1];
  }

  registered(row) {
    return this.kind[row] % 2 === 1;
  }

  houses(rows, number, inStreet) {
    const costs = this.costs;
    const where = (test, cost, ...assumed) =>
      rows.filter(test).map((row) => ({ row, cost: cost || 0, assumed }));
    const house = (row) => this.house[row] === number.value;
    const same = (row) => this.orientation[row] === number.value;
    const first = (...ways) => ways.map((way) => way()).find((found) => found.length) || [];
    if (number.value <= 0) return [];
    if (number.other) return this.pair(number, where, first);
    if (number.mark === "p" || number.mark === "e") {
      const right = (row) => house(row) && this.registered(row) === (number.mark === "e");
      return first(() => where(right), () => where(house, costs.kind_cost, "kind"));
    }
    const exact = (row) => same(row) && this.letter(row) === number.letter;
    const close = () => where(same, costs.letter_cost, "letter");
    if (number.mark === "o") return first(() => where(exact), close);
    if (number.letter) {
      const byHouse = () => where(house, costs.letter_cost + costs.house_cost, "letter", "cp");
      return inStreet ? first(() => where(exact), close, byHouse) : byHouse();
    }
    if (!inStreet) {
      const alone = (row) => house(row) && !this.inStreet(row);
      return [
        ...where((row) => alone(row) && !this.registered(row)),
        ...where((row) => alone(row) && this.registered(row), costs.registration_cost, "ev"),
        ...where((row) => house(row) && this.inStreet(row), costs.street_left_out_cost, "street_left_out"),
      ];
    }
    let byOrientation = where(exact);
    const other = (row) => house(row) && !exact(row);
    const byHouse = [
      ...where((row) => other(row) && !this.registered(row), costs.house_cost, "cp"),
      ...where((row) => other(row) && this.registered(row), costs.registration_cost, "ev"),
    ];
    if (byOrientation.length && byHouse.length) {
      byOrientation = byOrientation.map((one) => ({ ...one, assumed: ["co"] }));
    }
    const lettered = byOrientation.length ? []
      : where((row) => same(row) && !other(row), costs.letter_cost, "letter");
    return [...byOrientation, ...byHouse, ...lettered];
  }

  pair(number, where, first) {
    const costs = this.costs;
    const house = (row) => this.house[row] === number.value &&
      (!"pe".includes(number.mark || "-") || this.registered(row) === (number.mark === "e"));
    const orientation = (row) => this.orientation[row] === number.other;
    const exact = (row) => orientation(row) && this.letter(row) === number.otherLetter;
    const swapped = (row) => this.house[row] === number.other &&
      this.orientation[row] === number.value && this.letter(row) === number.letter;
    return first(
      () => where((row) => house(row) && exact(row)),
      () => where((row) => house(row) && orientation(row), costs.letter_cost, "letter"),
      () => where(swapped, costs.swapped_cost, "swapped"),
      () => where(exact, costs.house_differs_cost, "house_differs"),
      () => where(house, costs.orientation_differs_cost, "orientation_differs"),
    );
  }

  letterCode(number, house) {
    if (!(number.other ? number.otherLetter : number.letter)) return "letter_added";
    const kept = !house.assumed.includes("cp") && this.letter(house.row);
    return kept ? "letter_differs" : "letter_left_out";
  }

  groupOf(row) {
    let low = 0, high = this.groups.length - 1;
    while (low < high) {
      const middle = low + high + 1 >> 1;
      if (this.groups[middle].start <= row) low = middle;
      else high = middle - 1;
    }
    return this.groups[low];
  }

  inStreet(row) {
    return this.groupOf(row).name !== "";
  }

  /* ---- candidates ---- */

  byCode(text) {
    if (typeof text !== "string" || text.length > this.rules.longest) return [];
    const code = new RegExp("^(?:" + this.rules.code + ")").exec(this.fold(text));
    const row = code ? this.codes.indexOf(Number(code[1])) : -1;
    return row < 0 ? []
      : [{ score: 1000, precision: "address", kind: "code", rows: [row], name: "", assumed: [] }];
  }

  /* The ways to read a text, and its postcode; none where it is no address. */
  ways(text) {
    if (typeof text !== "string" || text.includes("<") || text.includes(">")) return [[], 0];
    if (text.length > this.rules.longest && [...text].length > this.rules.longest) return [[], 0];
    const [found, postcode] = this.tokens(this.fold(text));
    if (found.every((token) => isNumber(token) || ",-×".includes(token))) return [[], 0];
    return [this.readings(found), postcode];
  }

  search(text) {
    const [ways, postcode] = this.ways(text);
    if (!ways.length) return this.byCode(text);
    const asTyped = this.plain(text), best = new Map();
    const rules = [
      (written) => this.exactNames(written, asTyped),
      (written) => this.looseNames(written),
      (written) => this.misspeltNames(written),
    ];
    for (const rule of rules) {
      // A name that is known beats a misspelt one, unless both numbers speak for that.
      const known = best.size > 0 && rule === rules[2];
      for (const group of ways) {
        for (const written of group) {
          if (known && !(written.number && written.number.other)) continue;
          for (const target of rule(written)) {
            for (const one of this.answers(written, target, postcode)) {
              const key = [one.rows[0], one.rows[one.rows.length - 1], one.rows.length].join();
              if (!best.has(key) || best.get(key).score < one.score) best.set(key, one);
            }
          }
        }
        if ([...best.values()].some((one) => one.score >= this.costs.sure)) return this.asTyped(best, text);
      }
    }
    return best.size ? this.asTyped(best, text) : this.byCode(text);
  }

  /* Candidates in order, the words they left out told as they were typed. */
  asTyped(best, text) {
    const said = new Map();
    const told = [...best.values()].map((one) => {
      const assumed = [];
      let score = one.score;
      for (const [code, value] of one.assumed) {
        if (code !== "ignored" && code !== "elsewhere") {
          assumed.push([code, value]);
          continue;
        }
        if (!said.has(value)) said.set(value, this.leftOut(text, value.split(" ")));
        const { others, place, rest } = said.get(value), left = [others];
        if (place && rest && code === "elsewhere") {
          assumed.push(["place_unknown", place + "\n" + rest]);
          score = Math.max(score - this.costs.elsewhere_cost, 1);
        } else left.push(place);
        const ignored = left.filter(Boolean).join(", ");
        if (ignored) assumed.push(["ignored", ignored]);
      }
      const rank = ([code]) => this.rank.has(code) ? this.rank.get(code) : this.rank.size;
      return { ...one, score, assumed: assumed.sort((a, b) => rank(a) - rank(b)) };
    });
    return told.sort((a, b) => b.score - a.score ||
      precisions.indexOf(a.precision) - precisions.indexOf(b.precision) || a.rows[0] - b.rows[0]);
  }

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
    return { others: [...told, ...unseen].join(", "), place: "", rest: "" };
  }

  isPlace(typed, pieces, first, last) {
    if (!first) return false;
    const name = pieces[first].word, before = pieces[first - 1];
    if ([...name].length < 3 || /^\d/.test(name) || this.sets.notPlaces.has(name)) return false;
    const after = pieces.slice(last + 1).map((one) => one.word).filter((one) => !this.sets.country.has(one));
    if (after.length && !/^\d{5}$/.test(after.join(""))) return false;
    return /^\d/.test(before.word) || typed.slice(before.end, pieces[first].start).search(this.typed.between) >= 0;
  }

  /* The kinds of numbers as people write them, on one line. */
  spaced(text) {
    return text.replace(this.typed.kinds, (all, kind, gap) => "č.\u00a0" + kind + "." + (gap ? "\u00a0" : ""));
  }

  rowsOf(what) {
    if (what.rows) return what.rows;
    const rows = what.rows = [];
    if (what.rank === undefined) {
      for (let row = what.start; row < what.stop; row++) rows.push(row);
      return rows;
    }
    const inside = this.profiles.map((one) => one.town === what.town &&
      (what.rank === 2 || (what.rank === 1 ? one.district : one.part) === what.name));
    for (let row = 0; row < this.size; row++) if (inside[this.profile[row]]) rows.push(row);
    return rows;
  }

  answers(written, target, postcode) {
    const { what, kind } = target, number = written.number, rows = this.rowsOf(what);
    const street = what.rank === undefined;
    let cost = target.cost;
    if (number) {
      if (!street && what.rank !== 0) cost += this.costs.whole_town_cost;
      const found = [];
      for (const house of this.houses(rows, number, street)) {
        const [extra, more] = this.beside(written, this.profile[house.row], postcode);
        const score = 1000 - cost - house.cost - extra;
        if (score < this.costs.least) continue;
        const assumed = house.assumed.map((code) =>
          [code === "letter" ? this.letterCode(number, house) : code, numberText(number)]);
        found.push({
          score, precision: "address", kind, rows: [house.row], name: what.name,
          assumed: [...target.assumed, ...assumed, ...more],
        });
      }
      if (found.length) return found;
      cost += this.costs.unknown_number_cost;
    }
    if (!what.profiles) what.profiles = [...new Set(rows.map((row) => this.profile[row]))];
    const beside = new Map(what.profiles.map((one) => [one, this.beside(written, one, postcode)]));
    const least = Math.min(...[...beside.values()].map(([extra]) => extra));
    const fitting = what.profiles.filter((one) => beside.get(one)[0] === least).sort((a, b) => a - b);
    const inside = fitting.length === beside.size ? rows
      : rows.filter((row) => beside.get(this.profile[row])[0] === least);
    const assumed = [...target.assumed, ...beside.get(fitting[0])[1]];
    if (number) assumed.push(["number_unknown", numberText(number)]);
    const score = 1000 - cost - least;
    if (score < this.costs.least) return [];
    const precision = street ? "street" : "part";
    return [{ score, precision, kind, rows: inside, name: what.name, assumed }];
  }

  beside(written, profile, postcode) {
    const { keys, postcode: own } = this.profiles[profile], costs = this.costs, assumed = [];
    const wrong = written.places.filter((key) => !keys.has(key)).length;
    let known = wrong < written.places.length, cost = costs.place_cost * wrong;
    if (wrong) assumed.push(["places_differ", ""]);
    if (postcode && own === postcode) known = true;
    else if (postcode) {
      cost += costs.postcode_cost;
      assumed.push(["postcode_differs", ""]);
    }
    if (written.ignored.length) {
      const worded = written.ignored.some((word) => !/^\d/.test(word));
      const elsewhere = worded && !known;
      cost += elsewhere ? costs.unknown_place_cost : costs.ignored_cost;
      assumed.push([elsewhere ? "elsewhere" : "ignored", written.ignored.join(" ")]);
    }
    return [cost, assumed];
  }

  /* ---- answers ---- */

  find(text, limit) {
    const answers = [], candidates = this.search(text), most = limit === undefined ? 5 : limit;
    const named = this.named(text, !candidates.length || candidates[0].score < this.rules.plain);
    if (named.length) return named.slice(0, most).map((area) => this.wholeDistrict(area, named.length === 1));
    for (const found of candidates) {
      const byArea = new Map(), areas = this.packed.districts.map(() => []);
      areas[-1] = [];
      for (const row of found.rows) areas[this.area[row]].push(row);
      for (let i = -1; i < areas.length; i++) if (areas[i].length) byArea.set(i, areas[i]);
      const rank = ([, rows]) => found.precision !== "street" ? -rows.length
        : rows.reduce((least, row) => Math.min(least, this.sortingNumber(row)), Infinity);
      const inOrder = [...byArea].map((one) => [...one, rank(one)])
        .sort(([a, , one], [b, , other]) => (a < 0) - (b < 0) || one - other || a - b);
      for (const [area, rows] of inOrder) answers.push({ found, area, rows });
    }
    const elsewhere = candidates.some((one) => one.assumed.some(([code]) => code === "place_unknown"));
    const certain = !elsewhere && new Set(answers.map((one) => one.area)).size === 1 && answers[0].area >= 0;
    return answers.slice(0, most)
      .map(({ found, area, rows }) => this.told(found, area, rows, certain));
  }

  sortingNumber(row) {
    return this.orientation[row] || this.rules.housesAfter + this.house[row];
  }

  /* The districts whose code or name the text is, where it says that it is one. */
  named(text, bare) {
    if (typeof text !== "string" || [...text].length > this.rules.longest) return [];
    const asked = this.fold(text), said = new RegExp("^(?:" + this.rules.namedDistrict + ")").exec(asked);
    if (!said && !bare) return [];
    const wanted = said ? [asked, said[1]] : [asked], found = [];
    this.packed.districts.forEach(([code, title, , , , , name], i) => {
      const names = (said ? [code, title, name] : [code, title]).filter(Boolean).map((one) => this.fold(one));
      if (names.some((one) => wanted.includes(one))) found.push(i);
    });
    return found;
  }

  wholeDistrict(area, certain) {
    const district = this.packed.districts[area], address = district[1];
    const found = { score: 1000, precision: "district", kind: "code", rows: [], name: address, assumed: [] };
    return {
      address, found, area, district, score: 1, precision: "district", kind: "code", assumed: [], before: 0,
      certain, numbers: [], rows: [], cityDistrict: "", distance: null,
    };
  }

  /* Names like the one that was written, the most alike first. */
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
    const inOrder = [...close].sort((a, b) => a[1] - b[1] || place.get(a[0]) - place.get(b[0]));
    const names = inOrder.map(([name]) => (this.streetKeys.get(name) || this.placeKeys.get(name))[0].name);
    return [...new Set(names)].slice(0, limit);
  }

  told(found, area, rows, certain) {
    const whole = rows.length === found.rows.length, address = found.precision === "address";
    const numbers = found.precision === "street" && !whole ? this.ranges(found.rows).get(area) : [];
    let distance = null;
    for (const row of rows) {
      const one = this.distance[row];
      if (one !== null && (distance === null || one < distance)) distance = one;
    }
    const seen = new Set();
    for (const row of rows) seen.add(this.profile[row]);
    const profiles = [...seen].map((one) => this.profiles[one]);
    const common = (name) => profiles.every((one) => one[name] === profiles[0][name]) ? profiles[0][name] : "";
    const beside = [common("part"), common("town")].filter((name) => name && name !== found.name);
    const text = address ? this.postal(rows[0]) : [found.name, ...beside].join(", ");
    const assumed = found.assumed.map(([code, value]) => this.sentence(code, value));
    return {
      address: text, found, area, district: area < 0 ? null : this.packed.districts[area], score: found.score / 1000,
      precision: found.precision, kind: found.kind, assumed, certain, numbers, rows,
      before: found.assumed.filter(([code]) => this.rank.has(code)).length,
      cityDistrict: common("district"), distance: distance === null ? null : distance / 10,
    };
  }

  postal(row) {
    const street = this.groupOf(row).name, profile = this.profiles[this.profile[row]];
    const kind = this.registered(row) ? "č.ev. " : street ? "" : "č.p. ";
    let number = this.house[row] ? kind + this.house[row] : "";
    if (this.orientation[row]) {
      const tail = this.orientation[row] + this.letter(row);
      number = number ? number + "/" + tail : tail;
    }
    const code = String(profile.postcode).padStart(5, "0");
    const town = profile.postcode
      ? code.slice(0, 3).replace(/^0+(?=\d)/, "") + " " + code.slice(3) + " " + profile.town : profile.town;
    const part = profile.part !== profile.town ? profile.part : "";
    return [(street + " " + number).trim(), part, town].filter(Boolean).join(", ");
  }

  sentence(code, value) {
    const [place, rest] = code === "place_unknown" ? value.split("\n") : ["", value];
    return this.sentences[code].replace(/\{(place|value)\}/g, (all, name) => name === "place" ? place : rest);
  }

  ranges(rows) {
    const numbers = new Map(), told = new Map();
    for (const row of rows) {
      const kind = this.orientation[row] ? 0 : this.registered(row) ? 2 : 1;
      const number = this.orientation[row] || this.house[row];
      const key = kind * 2 + (number % 2 ? 0 : 1);
      if (!numbers.has(key)) numbers.set(key, new Map());
      const areas = numbers.get(key);
      if (!areas.has(number)) areas.set(number, new Set());
      areas.get(number).add(this.area[row]);
      told.set(this.area[row], []);
    }
    for (const key of [...numbers.keys()].sort((a, b) => a - b)) {
      const inOrder = [...numbers.get(key)].sort((a, b) => a[0] - b[0]);
      for (const [area, found] of told) {
        let open = false;
        for (const [number, areas] of inOrder) {
          if (!areas.has(area)) {
            open = false;
            continue;
          }
          if (open) found[found.length - 1].last = number;
          else {
            const kind = ["č.o.", "č.p.", "č.ev."][key >> 1];
            found.push({ parity: key % 2 ? "even" : "odd", kind, first: number, last: number });
          }
          open = areas.size === 1;
        }
      }
    }
    return told;
  }

  rangesInWords(ranges) {
    const said = new Map();
    for (const one of ranges) {
      const key = one.parity + one.kind;
      if (!said.has(key)) said.set(key, { one, runs: [] });
      said.get(key).runs.push(one.first < one.last ? one.first + "–" + one.last : String(one.first));
    }
    return [...said.values()].map(({ one, runs }) => {
      const text = this.sentences[one.parity].replace("{numbers}", () => runs.join(", "));
      return one.kind === "č.o." ? text
        : this.sentences.of_kind.replace("{numbers}", () => text).replace("{kind}", () => this.spaced(one.kind));
    }).join(", ");
  }
};

/* ---- small things that need no index ---- */

const precisions = ["address", "street", "part"];
const isNumber = (token) => typeof token === "object";
const isPlain = (number) => !(number.letter || number.other || number.mark);
const plainNumber = (value) => ({ value, letter: "", other: 0, otherLetter: "", mark: "", ordinal: false });
const whole = (digits) => !digits ? 0 : digits.length <= 9 ? Number(digits) : -1;
const bareOf = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "");
const digitsOf = (text) => (text.match(/\d+/g) || []).join();
const mostLetters = (length) => length < 3 ? 0 : length < 8 ? 1 : length < 14 ? 2 : 3;
const numberText = (number) => isNumber(number)
  ? number.value + number.letter + (number.other ? "/" + number.other + number.otherLetter : "") : number;

function isPostcode(digits, found) {
  if (!digits.includes(" ")) return found.some(isNumber);
  return digits[digits.length - 2] === "0" || (found.length > 0 && found[found.length - 1] === ",");
}

function markKind(mark) {
  if (!mark) return "";
  if (mark.replace("popisne", "").includes("e")) return mark.includes("orient") ? "o" : "e";
  return mark.includes("p") ? "p" : mark.replace("cislo", "").includes("o") ? "o" : "";
}

function joined(found) {
  for (let i = 0; i < found.length; i++) {
    const token = found[i];
    if (!(isNumber(token) && (token.mark === "p" || token.mark === "e") && !token.other)) continue;
    const j = found[i + 1] === "," ? i + 2 : i + 1, after = found[j];
    if (j < found.length && isNumber(after) && after.mark === "o" && !after.other) {
      const one = { ...token, other: after.value, otherLetter: after.letter };
      return [...found.slice(0, i), one, ...found.slice(j + 1)];
    }
  }
  return found;
}

function shortNames(name) {
  const at = name.findIndex((word) => /^\d+$/.test(word));
  if (at < 1 || at + 1 >= name.length) return [];
  return [name.slice(0, at + 1).join(" "), name.slice(at + 1).join(" ")];
}

const ends = (token) => token === undefined || isNumber(token) || token === "," || token === "-";

function standingAlone(found, spans) {
  const taken = new Map();
  for (let start = 0; start < found.length;) {
    const chain = [];
    let end = start;
    if (start === 0 || ends(found[start - 1])) {
      while (spans.has(end)) {
        chain.push([end, spans.get(end)]);
        end = spans.get(end)[0];
        while (end < found.length && found[end] === "-" && spans.has(end + 1)) end += 1;
      }
    }
    if (chain.length && ends(found[end])) {
      for (const [at, span] of chain) taken.set(at, span);
      start = end;
    } else start += 1;
  }
  return taken;
}

function atTheEnds(found, spans) {
  const taken = standingAlone(found, spans), covered = new Set();
  const cover = (start, end) => {
    for (let i = start; i < end; i++) covered.add(i);
  };
  for (const [start, [end]] of taken) cover(start, end);
  for (const [start, [end, key]] of spans) {
    let free = true;
    for (let i = start; i < end; i++) free = free && !covered.has(i);
    if (!free) continue;
    const before = start && !covered.has(start - 1) ? found[start - 1] : ",";
    const after = end < found.length && !covered.has(end) ? found[end] : ",";
    if (ends(before) || ends(after)) {
      taken.set(start, [end, key]);
      cover(start, end);
    }
  }
  return taken;
}

function within(segment, rest, places) {
  const found = [], outside = rest.flat();
  const add = (name, number, ignored) => {
    if (!name.every((one) => !isNumber(one) || isPlain(one))) return;
    found.push({
      name: name.map((one) => isNumber(one) ? String(one.value) : one), number, places,
      ignored: ignored.map(numberText),
    });
  };
  const where = [];
  segment.forEach((one, i) => isNumber(one) && where.push(i));
  for (const i of [...where].reverse()) {
    const number = segment[i], before = segment[i - 1];
    if (segment.slice(0, i).every(isNumber)) continue;
    if (isNumber(before) && isPlain(before) && !(number.other || number.mark)) {
      const pair = { ...plainNumber(before.value), other: number.value, otherLetter: number.letter };
      add(segment.slice(0, i - 1), pair, [...segment.slice(i + 1), ...outside]);
    }
    add(segment.slice(0, i), number, [...segment.slice(i + 1), ...outside]);
  }
  const first = outside.find(isNumber) || null;
  add(segment, first, outside.filter((one) => one !== first));
  if (where.length === 1 && where[0] === 0 && !segment[0].ordinal) add(segment.slice(1), segment[0], outside);
  return found;
}

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
