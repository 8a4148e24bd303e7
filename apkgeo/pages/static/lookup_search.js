/* Find what a text can mean, the likeliest first: the steps of apkgeo/places/search.py. */
(function () {
"use strict";

const { AddressLookup, numberText, markedNumber } = window.apkgeo;

Object.assign(AddressLookup.prototype, {
  search(text) {
    if (typeof text !== "string" || text.includes("<") || text.includes(">")) return [];
    if (text.length > this.rules.longest && [...text].length > this.rules.longest) return [];
    const point = this.typedPoint(text);
    if (point) return [this.atPoint(point)];
    const met = this.crossings(text, true);
    if (met.found.length || met.apart) return met.found;
    let found = this.addresses(text);
    const unsure = () => !found.length || found[0].score < this.costs.sure;
    const leftOut = (one) => one.precision === "street" && one.assumed.some(([code]) => code === "ignored");
    if (unsure() || leftOut(found[0])) {
      const others = this.crossings(text, false).found;
      if (others.length) found = others;
    }
    if (unsure()) {
      const others = this.withoutSurroundings(text);
      if (others.length && (!found.length || others[0].score > found[0].score)) found = others;
    }
    return found.length ? found : this.byCode(text);
  },

  /* What a text means when what tells where beside the address it is stands apart. */
  withoutSurroundings(text) {
    const clean = this.tidy(text), parted = clean.replace(this.typed.around, ", $&, ");
    return parted !== clean ? this.addresses(parted) : [];
  },

  atPoint(point) {
    const found = { score: 1000, precision: "point", kind: "coordinates", rows: [], name: point.name, assumed: point.assumed };
    if (point.x === null) return { ...found, score: 1000 - this.costs.far_cost, assumed: this.inOrder(point.assumed) };
    const [row, metres] = this.nearestRow(point.x, point.y), near = row >= 0 && metres <= this.rules.points.nearestMost;
    const assumed = near ? [...point.assumed, ["nearest", this.postal(row) + "\n" + metres]] : point.assumed;
    return { ...found, rows: near ? [row] : [], assumed: this.inOrder(assumed), point: [point.x, point.y], reach: 0 };
  },

  /* Why a text that has no answer has none: the steps of apkgeo/places/reasons.py. */
  reason(text) {
    const said = (code, values) =>
      this.sentences[code].replace(/\{(\w+)\}/g, (all, name) => values[name]);
    if (typeof text !== "string" || !text.replace(/[ \t\r\n\xa0]+/g, "")) return said("empty", {});
    if ([...text].length > this.rules.longest) return said("too_long", { most: this.rules.longest });
    if (text.includes("<") || text.includes(">")) return said("markup", {});
    const folded = this.fold(text), code = new RegExp("^(?:" + this.rules.code + ")").exec(folded);
    if (code) return said("code_unknown", { value: code[1] });
    if (!/[a-z]/.test(folded)) {
      if (folded.includes(this.rules.foreign)) return said("alphabet", {});
      return said(/[0-9]/.test(folded) ? "no_name" : "empty", {});
    }
    const apart = this.crossings(text, true).apart;
    if (!apart) return said("unknown", {});
    return said(apart.alongside ? "alongside" : apart.metres < 0 ? "apart_towns" : "apart", apart);
  },

  byCode(text) {
    const code = new RegExp("^(?:" + this.rules.code + ")").exec(this.fold(text));
    const row = code ? this.codes.indexOf(Number(code[1])) : -1;
    return row < 0 ? []
      : [{ score: 1000, precision: "address", kind: "code", rows: [row], name: "", assumed: [] }];
  },

  addresses(text) {
    const [ways, postcode] = this.ways(text);
    if (!ways.length) return [];
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
    return this.asTyped(best, text);
  },

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
      return { ...one, score, assumed: this.inOrder(assumed) };
    });
    return told.sort((a, b) => b.score - a.score ||
      precisions.indexOf(a.precision) - precisions.indexOf(b.precision) || a.rows[0] - b.rows[0]);
  },

  /* Assumptions with those first that are told before the answer. */
  inOrder(assumed) {
    const rank = ([code]) => this.rank.has(code) ? this.rank.get(code) : this.rank.size;
    return [...assumed].sort((a, b) => rank(a) - rank(b));
  },

  answers(written, target, postcode) {
    const { what, kind } = target, number = written.number, rows = this.rowsOf(what);
    const street = what.rank === undefined;
    let cost = target.cost;
    if (number) {
      if (!street && what.rank !== 0) cost += this.costs.whole_town_cost;
      const found = [];
      let hit = false;
      for (const house of this.houses(rows, number, street)) {
        const [extra, more] = this.beside(written, this.profile[house.row], postcode);
        const score = 1000 - cost - house.cost - extra;
        if (score < this.costs.least) continue;
        hit = hit || street || !house.assumed.includes("kind");
        const assumed = house.assumed.map((code) =>
          [code === "letter" ? this.letterCode(number, house) : code, numberText(number)]);
        found.push({
          score, precision: "address", kind, rows: [house.row], name: what.name,
          assumed: [...target.assumed, ...assumed, ...more],
        });
      }
      if (hit) return found;
      return [...found, ...this.whole(written, target, cost + this.costs.unknown_number_cost, rows, postcode)];
    }
    return this.whole(written, target, cost, rows, postcode);
  },

  /* The street or the part as a whole, as far as it fits what else was written. */
  whole(written, target, cost, rows, postcode) {
    const { what, kind } = target, number = written.number;
    if (!what.profiles) what.profiles = [...new Set(rows.map((row) => this.profile[row]))];
    const beside = new Map(what.profiles.map((one) => [one, this.beside(written, one, postcode)]));
    const least = Math.min(...[...beside.values()].map(([extra]) => extra));
    const fitting = what.profiles.filter((one) => beside.get(one)[0] === least).sort((a, b) => a - b);
    const inside = fitting.length === beside.size ? rows
      : rows.filter((row) => beside.get(this.profile[row])[0] === least);
    const assumed = [...target.assumed, ...beside.get(fitting[0])[1]];
    if (number) assumed.push(["number_unknown", markedNumber(number)]);
    const score = 1000 - cost - least;
    if (score < this.costs.least) return [];
    const precision = what.rank === undefined ? "street" : "part";
    return [{ score, precision, kind, rows: inside, name: what.name, assumed }];
  },

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
  },
});

const precisions = ["address", "street", "part"];
})();
