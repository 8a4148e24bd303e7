/* The districts of what was found, with everything that is told about them: the steps of
   apkgeo/places/districts.py. */
(function () {
"use strict";

const apkgeo = window.apkgeo;

Object.assign(apkgeo.AddressLookup.prototype, {
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
    this.packed.districts.forEach(([code, title, , , , , name], i) => {
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
      certain, numbers: [], rows: [], cityDistrict: "", distance: null,
    };
  },

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
})();
