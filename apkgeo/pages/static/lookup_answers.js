/* The districts of what was found, with everything that is told about them: the steps of
   apkgeo/places/districts.py. */
(function () {
"use strict";

const apkgeo = window.apkgeo;

Object.assign(apkgeo.AddressLookup.prototype, {
  /* The districts in which a text can lie. `on` is the day that is asked for, today's when empty. */
  find(text, limit, { on = "", today = isoDay(new Date()) } = {}) {
    const epoch = on ? this.epochOn(on) : this.epochOn(today) || this.epochs[this.epochs.length - 1];
    if (!epoch) return [];
    this.use(epoch);
    const candidates = this.search(text), most = limit === undefined ? 5 : limit;
    const named = this.named(text, !candidates.length || candidates[0].score < this.rules.plain);
    if (named.length) return named.slice(0, most).map((area) => this.wholeDistrict(area, named.length === 1));
    const answers = candidates.flatMap((found) => this.districtsOf(found));
    const elsewhere = candidates.some((one) => one.assumed.some(([code]) => this.rules.elsewhere.includes(code)));
    const certain = !elsewhere && new Set(answers.map((one) => one.area)).size === 1 && answers[0].area >= 0;
    return answers.slice(0, most).map((one) => this.told(one, certain, today));
  },

  /* The districts in which a candidate lies, in the order in which they are told. */
  districtsOf(found) {
    if (found.precision === "point" || found.precision === "crossing") {
      const around = this.around(found, this.epoch);
      if (around.length > 1) found = { ...found, assumed: this.inOrder([...found.assumed, ["at_border", ""]]) };
      return around.map((area) => ({ found, area, rows: found.rows }));
    }
    const byArea = new Map();
    for (const row of found.rows) {
      const area = this.area[row];
      if (byArea.has(area)) byArea.get(area).push(row);
      else byArea.set(area, [row]);
    }
    const rank = (rows) => found.precision !== "street" ? -rows.length
      : rows.reduce((least, row) => Math.min(least, this.sortingNumber(row)), Infinity);
    return [...byArea].map(([area, rows]) => ({ found, area, rows, rank: rank(rows) }))
      .sort((a, b) => (a.area < 0) - (b.area < 0) || a.rank - b.rank || a.area - b.area);
  },

  /* The district of a point, and those that a crossing's corner may lie in too. */
  around(found, epoch) {
    if (!found.point) return [-1];
    const [x, y] = found.point, first = epoch.members.filter((one) => this.holds(x, y, one)).slice(0, 1);
    const near = !found.reach ? [] : epoch.members.filter((one) => !first.includes(one))
      .map((one) => [this.metresTo(x, y, one), one]).filter(([metres]) => metres <= found.reach)
      .sort((a, b) => a[0] - b[0] || a[1] - b[1]).map(([, one]) => one);
    return first.length + near.length ? [...first, ...near] : [-1];
  },

  sortingNumber(row) {
    return this.orientation[row] || this.rules.housesAfter + this.house[row];
  },

  /* The districts whose code or name the text is, where it says that it is one. */
  named(text, bare) {
    if (typeof text !== "string" || [...text].length > this.rules.longest) return [];
    const asked = this.fold(text), said = new RegExp("^(?:" + this.rules.namedDistrict + ")").exec(asked);
    if (!said && !bare) return [];
    const wanted = said ? [asked, said[1]] : [asked], found = [];
    this.epoch.members.forEach((i) => {
      const [code, title, , , , , name] = this.packed.districts[i];
      const names = (said ? [code, title, name] : [code, title]).filter(Boolean).map((one) => this.fold(one));
      if (names.some((one) => wanted.includes(one))) found.push(i);
    });
    return found;
  },

  wholeDistrict(area, certain) {
    const district = this.packed.districts[area], address = district[1];
    const found = { score: 1000, precision: "district", kind: "code", rows: [], name: address, assumed: [] };
    return {
      address, found, area, district, score: 1, precision: "district", kind: "code", assumed: [], before: 0,
      certain, numbers: [], rows: [], cityDistrict: "", distance: null, changes: [],
    };
  },

  told(answer, certain, today) {
    const { found, area, rows } = answer, address = found.precision === "address";
    const whole = rows.length === found.rows.length;
    const numbers = found.precision === "street" && !whole ? this.ranges(found.rows).get(area) : [];
    const seen = new Set();
    for (const row of rows) seen.add(this.profile[row]);
    const profiles = [...seen].map((one) => this.profiles[one]);
    const common = (name) =>
      profiles.length && profiles.every((one) => one[name] === profiles[0][name]) ? profiles[0][name] : "";
    const beside = [common("part"), common("town")].filter((name) => name && name !== found.name);
    const text = address ? this.postal(rows[0])
      : found.precision === "point" ? found.name : [found.name, ...beside].join(", ");
    return {
      address: text, found, area, district: area < 0 ? null : this.packed.districts[area], score: found.score / 1000,
      precision: found.precision, kind: found.kind, certain, numbers, rows,
      assumed: found.assumed.map(([code, value]) => this.sentence(code, value)),
      before: found.assumed.filter(([code]) => this.rank.has(code)).length,
      cityDistrict: common("district"), distance: this.metresOf(answer), changes: this.changesOf(found, today),
    };
  },

  /* Metres to the border: whole ones from an address, to a tenth from a point; null if not known. */
  metresOf({ found, area, rows }) {
    let least = null;
    const metres = found.point
      ? (area < 0 ? this.epoch.members : [area]).map((one) => this.metresTo(...found.point, one))
      : rows.filter((row) => this.hasPoint(row)).map((row) => this.distance[row]);
    for (const one of metres) if (least === null || one < least) least = one;
    return least;
  },

  /* What the answer is today and later, where that is another one. */
  changesOf(found, today) {
    const epochs = this.epochs;
    if (epochs.length < 2 || (found.precision === "point" && !found.point)) return [];
    const said = epochs.map((epoch) => {
      const areas = found.point ? this.around(found, epoch) : found.rows.map((row) => epoch.area[row]);
      return areas.map((area) => area < 0 ? -1 : this.packed.alike[area]);
    });
    const same = said.map((one) => one.join()), holding = this.epochOn(today);
    if (!holding) return [];
    const now = epochs.indexOf(holding), at = epochs.indexOf(this.epoch);
    if (same[now] !== same[at]) {
      let turning = now;
      const on = at < now ? -1 : 1;
      while (same[turning + on] === same[now]) turning += on;
      return this.change("today", said[at], said[now], at < now ? epochs[turning].start : epochs[turning].stop);
    }
    const later = same.findIndex((one, i) => i > now && one !== same[now]);
    return later < 0 || at !== now ? [] : this.change("later", said[now], said[later], epochs[later].start);
  },

  /* The sentence of what the districts `after` differ in from those `before`. */
  change(when, before, after, day) {
    if (!day) return [];
    const title = (area) => area < 0 ? null : this.packed.districts[area][1];
    const kind = new Set(after).size > 1 ? "split" : after[0] < 0 ? "none"
      : before.every((area) => title(area) === title(after[0])) ? "contacts" : "other";
    return [this.sentences[when + "_" + kind]
      .replace("{day}", () => this.dayText(day)).replace("{district}", () => this.called(title(after[0])))];
  },

  /* A district in a sentence; the page puts the word for it before a bare code. */
  called(name) {
    return name;
  },

  dayText(day) {
    return this.days.format(new Date(day + "T00:00:00Z")).replace(/ /g, "\u00a0");
  },

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
  },
});

/* A day by the reader's clock, written 2016-12-31. */
function isoDay(date) {
  const two = (number) => String(number).padStart(2, "0");
  return date.getFullYear() + "-" + two(date.getMonth() + 1) + "-" + two(date.getDate());
}

apkgeo.isoDay = isoDay;
})();
