/* Where two streets cross, worked out from their addresses: the steps of
   apkgeo/places/crossings.py. */
(function () {
"use strict";

const { AddressLookup } = window.apkgeo;
const UNSURE = ["ignored", "elsewhere", "place_unknown", "number_unknown"];

Object.assign(AddressLookup.prototype, {
  /* The two names that a text can join. */
  splits(text, always) {
    const rules = this.crossing, found = [];
    const strip = (one) => one.replace(/^ +| +$/g, "");
    let clean = this.tidy(text);
    const corner = rules.corner.exec(clean);
    if (corner) clean = clean.slice(corner[0].length);
    const kinds = corner ? ["always", "maybe", "dash"] : always ? ["always"] : ["always", "maybe"];
    for (const kind of kinds.map((name) => rules[name])) {
      for (const cut of clean.matchAll(kind)) {
        const left = strip(clean.slice(0, cut.index)), right = strip(clean.slice(cut.index + cut[0].length));
        if (left && right) found.push([left, right]);
      }
    }
    return found;
  },

  /* The crossings that a text can mean, the likeliest first; or two streets that stay apart. */
  crossings(text, always) {
    const rules = this.rules.crossing, pairs = this.splits(text, always).slice(0, rules.mostSplits);
    let apart = null;
    for (const loosely of pairs.length ? [false, true] : []) {
      const best = new Map();
      for (const [left, right] of pairs) {
        const others = this.streetsOf(right, loosely);
        for (const one of this.streetsOf(left, loosely)) {
          for (const other of others) {
            const a = this.groupOf(one.rows[0]), b = this.groupOf(other.rows[0]);
            if (a.start === b.start) continue;
            const same = this.townOf(a) === this.townOf(b), met = same ? this.meeting(one.rows, other.rows) : null;
            if (!met || met.alongside || met.metres > rules.tooFar) {
              const metres = met ? met.metres : -1;
              if (!apart || (metres >= 0 && (apart.metres < 0 || metres < apart.metres))) {
                apart = { street: a.name, other: b.name, metres, alongside: Boolean(met && met.alongside) && metres <= rules.tooFar };
              }
              continue;
            }
            const found = this.crossingOf(one, other, met, [a.name, b.name]);
            const key = [Math.min(a.start, b.start), Math.max(a.start, b.start)].join();
            if (found.score >= this.costs.least && (!best.has(key) || best.get(key).score < found.score)) best.set(key, found);
          }
        }
      }
      if (best.size) {
        return { found: [...best.values()].sort((a, b) => b.score - a.score || a.rows[0] - b.rows[0]), apart: null };
      }
    }
    return { found: [], apart };
  },

  /* The streets that a name can mean, in the case that follows "roh" too. */
  streetsOf(text, loosely) {
    const best = new Map(), rules = this.crossing;
    const nominative = text.replace(rules.genitive, "a").replace(rules.sadu, "y");
    const accented = text.replace(rules.genitive, (end) => end === "é" ? "á" : "a").replace(rules.sadu, "y");
    for (const written of new Set([text, accented, nominative])) {
      for (let found of [...this.addresses(written), ...(loosely ? this.shortened(written) : [])]) {
        if (found.precision !== "street" || found.assumed.some(([code]) => UNSURE.includes(code))) continue;
        if (written !== text) {
          const told = found.kind !== "fuzzy" ? [["spelling", found.name]] : [];
          found = { ...found, score: found.score - this.costs.inflected_cost, assumed: [...told, ...found.assumed] };
        }
        const key = found.rows[0];
        if (!best.has(key) || best.get(key).score < found.score) best.set(key, found);
      }
    }
    return [...best.values()];
  },

  /* The streets whose name goes on beyond what was written: Klatovská třída for Klatovská. */
  shortened(text) {
    return this.ways(text)[0].flat().filter((one) => !one.number).flatMap((written) =>
      this.looseNames(written).flatMap((target) => [...this.answers(written, target, 0)]));
  },

  crossingOf(one, other, met, names) {
    const rules = this.rules.crossing, doubt = Math.max(met.metres - rules.nearEachOther, 0);
    const seen = new Set(), assumed = [];
    for (const [code, value] of [...one.assumed, ...other.assumed]) {
      const key = this.rules.values[code].length ? code + "\n" + value : code;
      if (!seen.has(key)) assumed.push([code, value]);
      seen.add(key);
    }
    const kind = rules.kinds[Math.min(rules.kinds.indexOf(one.kind), rules.kinds.indexOf(other.kind))];
    return {
      score: one.score + other.score - 1000 - this.costs.crossing_cost - this.costs.metre_cost * doubt, precision: "crossing", kind,
      rows: met.rows, name: names[0] + " × " + names[1],
      assumed: [...assumed, [doubt ? "crossing_doubtful" : "crossing", [...names, met.metres].join("\n")]],
      point: [met.x, met.y], reach: Math.max(rules.leastReach, (met.metres + 1) >> 1),
    };
  },

  /* How near two streets come, in whole metres; null where the register has no points of one. */
  meeting(one, other) {
    const a = one.filter((row) => this.hasPoint(row)), b = other.filter((row) => this.hasPoint(row));
    if (!a.length || !b.length) return null;
    const square = (i, j) => (this.x[i] - this.x[j]) ** 2 + (this.y[i] - this.y[j]) ** 2;
    const nearest = a.map((i) => b.reduce((least, j) => Math.min(least, square(i, j)), Infinity));
    const least = Math.min(...nearest), also = this.rules.crossing.alsoNear;
    const metres = Math.floor(Math.sqrt(least) + 0.5);
    const most = Math.max(Math.floor(least * also * also), (metres + this.rules.crossing.metresFarther) ** 2);
    const allX = [], allY = [], near = new Set();
    a.forEach((i, at) => {
      if (nearest[at] > most) return;
      for (const j of b) {
        if (square(i, j) > most) continue;
        allX.push(this.x[i] + this.x[j]);
        allY.push(this.y[i] + this.y[j]);
        near.add(i).add(j);
      }
    });
    const middle = (all) => Math.floor(5 * all.reduce((sum, one) => sum + one, 0) / all.length + 0.5);
    const span = (all) => (all.reduce((a, b) => Math.max(a, b)) - all.reduce((a, b) => Math.min(a, b))) ** 2;
    return {
      metres, x: middle(allX), y: middle(allY),
      rows: [...near].sort((i, j) => i - j),
      alongside: span(allX) + span(allY) > (2 * this.rules.crossing.longestCorner) ** 2,
    };
  },

  townOf(group) {
    return this.profiles[this.profile[group.start]].town;
  },
});
})();
