/* Which houses a number can mean, and numbers told in words: the steps of
   apkgeo/places/house_numbers.py. */
(function () {
"use strict";

const apkgeo = window.apkgeo;

Object.assign(apkgeo.AddressLookup.prototype, {
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
      const other = inStreet ? costs.kind_cost : costs.other_house_cost;
      return first(() => where(right), () => where(house, other, "kind"));
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
  },

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
  },

  letterCode(number, house) {
    if (!(number.other ? number.otherLetter : number.letter)) return "letter_added";
    const kept = !house.assumed.includes("cp") && this.letter(house.row);
    return kept ? "letter_differs" : "letter_left_out";
  },

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
  },

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
  },
});
})();
