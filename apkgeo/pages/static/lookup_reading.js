/* Read an address as people write it: the steps of apkgeo/places/addresses.py. */
(function () {
"use strict";

const apkgeo = window.apkgeo;

Object.assign(apkgeo.AddressLookup.prototype, {
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
  },

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
  },

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
        if (this.sets.street.has(token)) continue;
        const key = this.writtenOut(name);
        if (this.placeRanks.has(key) || this.sets.country.has(key)) spans.set(start, [end + 1, key]);
      }
    });
    return spans;
  },

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
  },

  ways(text) {
    if (typeof text !== "string" || text.includes("<") || text.includes(">")) return [[], 0];
    if (text.length > this.rules.longest && [...text].length > this.rules.longest) return [[], 0];
    const [found, postcode] = this.tokens(this.fold(text));
    if (found.every((token) => isNumber(token) || ",-×".includes(token))) return [[], 0];
    return [this.readings(found), postcode];
  },
});

const isNumber = (token) => typeof token === "object";
const isPlain = (number) => !(number.letter || number.other || number.mark);
const plainNumber = (value) => ({ value, letter: "", other: 0, otherLetter: "", mark: "", ordinal: false });
const whole = (digits) => !digits ? 0 : digits.length <= 9 ? Number(digits) : -1;

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

const marks = { p: "č.\u00a0p.\u00a0", e: "č.\u00a0ev.\u00a0" };

apkgeo.numberText = numberText;
apkgeo.markedNumber = (number) => (marks[number.mark] || "") + numberText(number);
})();
