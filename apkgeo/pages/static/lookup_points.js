/* Coordinates as people write them, and the ground they fall on: the steps of
   apkgeo/places/typed_points.py, ground.py and outlines.py. */
(function () {
"use strict";

const { AddressLookup } = window.apkgeo;

Object.assign(AddressLookup.prototype, {
  /* The point whose coordinates a text is; null where it is something else. */
  typedPoint(text) {
    const ground = this.packed.ground, rules = this.rules.points;
    const clean = text.normalize("NFC").replace(this.typed.gap, " ").replace(/^ +| +$/g, "");
    if (!ground || [...clean].length > rules.longest) return null;
    const pair = this.pairOf(clean.toLowerCase());
    if (!pair) return null;
    let first = null;
    for (const reading of readings(pair[0], pair[1], ground, rules)) {
      first = first || reading;
      const [x, y] = placed(reading, ground), [west, south, east, north] = ground.box;
      if (west <= x && x <= east && south <= y && y <= north) {
        return { x: Math.floor(x * 10 + 0.5), y: Math.floor(y * 10 + 0.5), name: nameOf(reading), assumed: assumedOf(reading) };
      }
    }
    if (!first || first.system === "own") return null;
    return { x: null, y: null, name: nameOf(first), assumed: [...assumedOf(first), ["far", ""]] };
  },

  /* The two coordinates that a text is, as they stand. */
  pairOf(text) {
    const numbers = [], marks = [], axes = [];
    const joined = this.points.joined.exec(text);
    if (joined) text = joined[1] + " " + joined[2];
    const piece = this.points.piece;
    piece.lastIndex = 0;
    for (let at = 0; at < text.length; at = piece.lastIndex) {
      piece.lastIndex = at;
      const found = piece.exec(text);
      if (!found) return null;
      const [all, sign, number, degree, second, minute, lat, east, s, south, west] = found;
      if (number) {
        const plain = number.replace(/ /g, "").replace(",", ".");
        numbers.push({ value: Number(plain), sign, fraction: plain.includes(".") });
      } else if (degree || minute || second) {
        marks.push([numbers.length - 1, degree ? 0 : minute ? 1 : 2]);
      } else if (lat || east || s || south || west) {
        axes.push([numbers.length, lat ? "lat" : east ? "lon" : s ? "s" : south ? "south" : "west", all[0]]);
      }
    }
    const angles = anglesOf(numbers, marks, axes.length > 0);
    if (!angles || axes.length > 2) return null;
    const named = ["", ""], czech = axes.some(([, , letter]) => "vzj".includes(letter));
    const before = axes.length > 0 && axes[0][0] === 0;
    for (const [count, axis] of axes) {
      const which = (before ? count >= angles.cut : count > angles.cut) ? 1 : 0;
      if (named[which]) return null;
      named[which] = axis !== "s" ? axis : czech ? "lat" : "south";
    }
    const degrees = marks.length > 0 || axes.length > 0;
    return angles.told.map((one, i) => ({ ...one, axis: named[i], degrees }));
  },

  /* The row nearest a point in decimetres, the first of several, and how many metres away it is. */
  nearestRow(x, y) {
    let best = -1, least = Infinity;
    for (let row = 0; row < this.size; row++) {
      if (!this.hasPoint(row)) continue;
      const dx = this.x[row] * 10 - x, dy = this.y[row] * 10 - y, square = dx * dx + dy * dy;
      if (square < least) {
        least = square;
        best = row;
      }
    }
    return [best, best < 0 ? 0 : Math.floor(Math.sqrt(least) / 10 + 0.5)];
  },

  /* Whether a district holds a point, its border included. */
  holds(x, y, district) {
    let inside = false;
    for (const ring of this.outlines[district]) {
      for (let i = 2; i < ring.length; i += 2) {
        const x1 = ring[i - 2], y1 = ring[i - 1], x2 = ring[i], y2 = ring[i + 1];
        const cross = (x2 - x1) * (y - y1) - (x - x1) * (y2 - y1);
        if (cross === 0 && Math.min(x1, x2) <= x && x <= Math.max(x1, x2) &&
            Math.min(y1, y2) <= y && y <= Math.max(y1, y2)) return true;
        if ((y1 > y) !== (y2 > y) && (y2 > y1 ? cross < 0 : cross > 0)) inside = !inside;
      }
    }
    return inside;
  },

  /* The distance of a point to a district's border, to a tenth of a metre. */
  metresTo(x, y, district) {
    let least = Infinity;
    for (const ring of this.outlines[district]) {
      for (let i = 2; i < ring.length; i += 2) {
        const x1 = ring[i - 2], y1 = ring[i - 1], dx = ring[i] - x1, dy = ring[i + 1] - y1;
        const along = (x - x1) * dx + (y - y1) * dy, part = Math.min(Math.max(along / Math.max(dx * dx + dy * dy, 1), 0), 1);
        const a = x1 + part * dx - x, b = y1 + part * dy - y;
        if (a * a + b * b < least) least = a * a + b * b;
      }
    }
    return Math.floor(Math.sqrt(least) + 0.5) / 10;
  },
});

/* Join degrees, minutes and seconds; `cut` is where the second coordinate begins. */
function anglesOf(numbers, marks, lettered) {
  if (numbers.length > 2 && !marks.length && !lettered) return null;
  const starts = marks.filter(([, mark]) => mark === 0).map(([number]) => number);
  let cut;
  if (starts.length === 2 && starts[0] === 0) cut = starts[1];
  else if (numbers.length % 2 === 0) cut = numbers.length / 2;
  else return null;
  if (!(cut > 0 && cut <= 3 && numbers.length - cut > 0 && numbers.length - cut <= 3)) return null;
  for (const [number, mark] of marks) {
    if (number < 0 || (number < cut ? number : number - cut) !== mark) return null;
  }
  const told = [];
  for (const piece of [numbers.slice(0, cut), numbers.slice(cut)]) {
    let value = piece[0].value;
    for (const [place, one] of piece.entries()) {
      if ((one.fraction && place < piece.length - 1) || (place && (one.sign || one.value >= 60))) return null;
      if (place) value += one.value / (place === 1 ? 60 : 3600);
    }
    const negative = piece[0].sign !== "" && piece[0].sign !== "+";
    told.push({ value: negative ? -value : value, exact: piece[piece.length - 1].fraction || piece.length > 1 });
  }
  return { told, cut };
}

/* What two coordinates can mean, the likeliest first. */
function* readings(first, second, ground, rules) {
  const a = first.value, b = second.value;
  if (first.axis || second.axis) {
    const turned = ["lon", "west"].includes(first.axis) || ["lat", "south"].includes(second.axis);
    const [north, east] = turned ? [second, first] : [first, second];
    if (!["", "lat", "south"].includes(north.axis) || !["", "lon", "west"].includes(east.axis)) return;
    const latitude = north.axis === "south" ? -north.value : north.value;
    const longitude = east.axis === "west" ? -east.value : east.value;
    if (Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180) yield { system: "wgs84", a: longitude, b: latitude, turned: false };
  } else if (Math.abs(a) <= 180 && Math.abs(b) <= 180) {
    if (!(first.degrees || (first.exact && second.exact))) return;
    if (Math.abs(a) <= 90) yield { system: "wgs84", a: b, b: a, turned: false };
    if (Math.abs(b) <= 90) yield { system: "wgs84", a, b, turned: true };
  } else {
    const low = Math.min(Math.abs(a), Math.abs(b)), high = Math.max(Math.abs(a), Math.abs(b));
    const within = (value, [least, most]) => least <= value && value <= most;
    if (within(low, rules.easting) && within(high, rules.northing) && (ground.own || ground.s_jtsk)) {
      yield { system: "s-jtsk", a: -low, b: -high, turned: false };
    }
    if (!ground.own) {
      yield { system: "own", a, b, turned: false };
      yield { system: "own", a: b, b: a, turned: true };
    }
  }
}

function placed(reading, ground) {
  if (reading.system === "wgs84") return polynomialAt(ground.degrees, reading.a, reading.b);
  if (reading.system === "s-jtsk" && ground.s_jtsk) return polynomialAt(ground.s_jtsk, reading.a, reading.b);
  return [reading.a, reading.b];
}

function polynomialAt([middle, scale, forX, forY], a, b) {
  const u = (a - middle[0]) / scale, v = (b - middle[1]) / scale;
  const value = (rows) => rows.reduceRight((total, row) =>
    total * u + row.reduceRight((inner, coefficient) => inner * v + coefficient, 0), 0);
  return [value(forX), value(forY)];
}

function nameOf({ system, a, b }) {
  if (system === "wgs84") return `${fixed(b, 5)}° ${b >= 0 ? "N" : "S"}, ${fixed(a, 5)}° ${a >= 0 ? "E" : "W"}`;
  return system === "s-jtsk" ? `S-JTSK Y ${fixed(a, 2)}, X ${fixed(b, 2)}` : `${fixed(a, 2)}, ${fixed(b, 2)}`;
}

function assumedOf(reading) {
  const code = { "wgs84": "degrees", "s-jtsk": "s_jtsk", "own": "own_coordinates" }[reading.system];
  return [[code, nameOf(reading)], ...(reading.turned ? [["turned", ""]] : [])];
}

/* The absolute value with so many decimal places, halves rounded up. */
function fixed(value, digits) {
  const whole = Math.floor(Math.abs(value) * 10 ** digits + 0.5), unit = 10 ** digits;
  return Math.floor(whole / unit) + "." + String(whole % unit).padStart(digits, "0");
}
})();
