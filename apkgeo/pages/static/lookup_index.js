/* The register and the districts as the page holds them, unpacked: plain arrays, a row for each
   address, as apkgeo/places/address_index.py lays them out. The files lookup_*.js add to this class
   what can be asked of it, each with the steps of a module of apkgeo/places, so that the page and
   Python give the same answers. Nothing in them touches the page. */
(function () {
"use strict";

const apkgeo = window.apkgeo || (window.apkgeo = {});

apkgeo.AddressLookup = class {
  constructor(packed, sentences, language) {
    this.packed = packed;
    this.sentences = sentences;
    this.days = new Intl.DateTimeFormat(language === "en" ? "en-GB" : language,
      { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
    this.rules = packed.rules;
    this.costs = packed.rules.costs;
    this.token = new RegExp(packed.rules.token, "g");
    this.gaps = new RegExp(packed.rules.gaps, "g");
    this.sets = {};
    for (const name of ["street", "generic", "title", "country", "notPlaces", "towns"]) this.sets[name] = new Set(packed.rules[name]);
    this.abbreviations = new Map(Object.entries(packed.rules.abbreviations));
    this.typed = {};
    for (const [name, pattern] of Object.entries(packed.rules.typed)) this.typed[name] = new RegExp(pattern, "gu");
    const { piece, joined } = packed.rules.points, { corner, always, maybe, dash, genitive, sadu } = packed.rules.crossing;
    this.points = { piece: new RegExp(piece, "y"), joined: new RegExp("^(?:" + joined + ")") };
    this.crossing = {
      corner: new RegExp("^(?:" + corner + ")"), always: new RegExp(always, "g"), maybe: new RegExp(maybe, "g"), dash: new RegExp(dash, "g"),
      genitive: new RegExp(genitive, "g"), sadu: new RegExp(sadu, "g"),
    };
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
    const [west, south] = packed.origin;
    this.x = summed(packed.x).map((x) => x + west);
    this.y = summed(packed.y).map((y) => y + south);
    this.pointless = new Set(packed.pointless);
    this.outlines = packed.outlines.map((rings) => rings.map((ring) => {
      // Corners in decimetres from the origin, two numbers each; the last is the first.
      const steps = from.numbers(ring, true), corners = new Array(steps.length);
      for (let i = 0; i < steps.length; i++) corners[i] = steps[i] + (i < 2 ? 10 * packed.origin[i] : corners[i - 2]);
      return corners;
    }));
    this.unpackEpochs();
    this.profiles = packed.profiles.map(([part, town, district, postcode]) => ({
      part: packed.parts[part], town: packed.towns[town],
      district: packed.cityDistricts[district], postcode, keys: new Set(),
    }));
    this.postcodes = new Set(this.profiles.map((one) => one.postcode).filter(Boolean));
  }

  /* The spans of time in which the districts stay the same; distances in whole metres. */
  unpackEpochs() {
    const from = this.constructor;
    let before = new Int32Array(this.size);
    this.epochs = this.packed.epochs.map(({ start, stop, members, area, distance }) => {
      const runs = from.runs(area, this.size).map((one) => one - 1);
      let sum = 0;
      const steps = from.numbers(distance, true);
      before = before.map((metres, row) => metres + (sum += steps[row]));
      return { start, stop, members, area: runs, distance: before };
    });
    this.use(this.epochs[this.epochs.length - 1]);
  }

  /* Answer for a span of time from now on. */
  use(epoch) {
    this.epoch = epoch;
    this.area = epoch.area;
    this.distance = epoch.distance;
  }

  /* The span that holds a day, written 2016-12-31; undefined where no district was valid. */
  epochOn(day) {
    return this.epochs.find((one) => (!one.start || one.start <= day) && (!one.stop || day < one.stop));
  }

  hasPoint(row) {
    return !this.pointless.has(row);
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

  letter(row) {
    return this.packed.letters[this.kind[row] >> 1];
  }

  registered(row) {
    return this.kind[row] % 2 === 1;
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
};

function shortNames(name) {
  const at = name.findIndex((word) => /^\d+$/.test(word));
  if (at < 1 || at + 1 >= name.length) return [];
  return [name.slice(0, at + 1).join(" "), name.slice(at + 1).join(" ")];
}
})();
