/* Shows those names of a map for which there is room: localities first, then districts and waters,
 * then streets, the longest first and more of them the closer one looks. A name is the only element
 * of its marker: b for a locality, span for a district, i for a water, small for a street. What
 * stands in an em is a sign: it stays, and names keep off it. */

(function () {
"use strict";

const RANKS = { B: 0, SPAN: 1, I: 1, SMALL: 2 };
const GAP = 3;
const ROOM = 45000; // pixels of the map for each name of a street, at the first view
// Where else a name may stand, by its rank, in its own widths and heights.
const SHIFTS = [
  [[0, 0], [0.5, 0], [-0.5, 0], [0, 0.9], [0.5, 0.9], [-0.5, 0.9]],
  [[0, 0], [0, 1.1], [0, -1.1], [0.4, 0], [-0.4, 0], [0, 2.4], [0, -2.4], [0.9, 0], [-0.9, 0]],
  [[0, 0]],
];

function touch(one, other) {
  return one.left < other.right + GAP && other.left < one.right + GAP &&
    one.top < other.bottom + GAP && other.top < one.bottom + GAP;
}

function names(box) {
  const found = [...box.querySelectorAll(".leaflet-marker-icon")]
    .map((icon) => icon.querySelector("b, span, i, small")).filter(Boolean);
  const ranked = found.map((element, place) => ({ element, rank: RANKS[element.tagName], place }));
  return ranked.sort((a, b) => a.rank - b.rank || a.place - b.place);
}

/* How far two markers lie apart tells how closely the map is looked at. */
function spread(all) {
  const icons = all.map(({ element }) => element.closest(".leaflet-marker-icon"));
  const boxes = [icons[0], icons[icons.length - 1]].map((icon) => icon.getBoundingClientRect());
  return Math.hypot(boxes[0].left - boxes[1].left, boxes[0].top - boxes[1].top) || 1;
}

function begin(box) {
  let first = 0;
  let waiting = false;

  function arrange() {
    waiting = false;
    const all = names(box);
    if (!all.length || !box.clientWidth) return;
    const fixed = all.filter(({ rank }) => rank > 0);
    const now = fixed.length > 1 ? spread(fixed) : 1;
    first = first || now;
    let streets = Math.round((box.clientWidth * box.clientHeight / ROOM) * (now / first) ** 2);
    const sheet = box.getBoundingClientRect();
    const taken = [...box.querySelectorAll(".leaflet-control, .leaflet-marker-icon em")]
      .map((one) => one.getBoundingClientRect()).filter(({ width }) => width);
    // Where localities are named, other names keep off their shapes.
    const shapes = all[0].rank ? [] : [...box.querySelectorAll("path[role=button]")]
      .map((one) => one.getBoundingClientRect())
      .filter(({ width, height }) => width * height < sheet.width * sheet.height / 20);
    const free = (place, rank) => place.width && !taken.some((one) => touch(one, place)) &&
      !(rank && shapes.some((one) => touch(one, place)));
    for (const { element, rank } of all) {
      let place = null;
      for (const [across, down] of SHIFTS[rank]) {
        element.style.transform = "";
        const usual = element.getBoundingClientRect();
        const moved = new DOMRect(usual.left + across * usual.width, usual.top + down * usual.height,
          usual.width, usual.height);
        const within = moved.left >= sheet.left && moved.right <= sheet.right &&
          moved.top >= sheet.top && moved.bottom <= sheet.bottom;
        if ((rank && !within) || !free(moved, rank) || (rank === 2 && streets < 1)) continue;
        if (across || down) element.style.transform = `translate(${across * 100}%, ${down * 100}%)`;
        place = moved;
        break;
      }
      element.style.visibility = place ? "visible" : "hidden";
      if (!place) continue;
      taken.push(place);
      if (rank === 2) streets -= 1;
    }
  }

  function later() {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(arrange);
  }

  const panes = box.querySelector(".leaflet-map-pane");
  const watched = { subtree: true, childList: true, attributes: true, attributeFilter: ["style"] };
  new MutationObserver((changes) => {
    if (changes.some(({ target, addedNodes, removedNodes }) =>
      (target.classList && target.classList.contains("leaflet-marker-icon")) ||
      [...addedNodes, ...removedNodes].some((node) => node.classList &&
        node.classList.contains("leaflet-marker-icon")))) later();
  }).observe(panes, watched);
  window.addEventListener("resize", later);
  arrange();
}

for (const box of document.querySelectorAll("[data-apk-map]")) {
  if (box.querySelector(".leaflet-map-pane")) begin(box);
  else box.addEventListener("apk:ready", () => begin(box), { once: true });
}
})();
