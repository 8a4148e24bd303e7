/* The small map: the districts of a day, those of the answer marked, and the answer's place. */
(function () {
"use strict";

const { page } = window.apkgeo;
const { engine, words, byId, put, told } = page;
const MOST_DOTS = 400, SVG = "http://www.w3.org/2000/svg";
const map = byId("lookup-map"), dots = byId("lookup-dots");

/* Where a point of the ground stands on the map. */
const onMap = (x, y) => {
  const [a, b, c, d, e, f] = told.ground;
  return [a * x + b * y + c, d * x + e * y + f];
};

page.drawMap = (matches) => {
  const here = new Set(matches.filter((one) => one.area >= 0).map((one) => one.area));
  let outline = "";
  engine.packed.districts.forEach((district, i) => {
    const shape = byId("lookup-district-" + i), label = byId("lookup-label-" + i);
    shape.classList.toggle("lookup-is-here", here.has(i));
    label.classList.toggle("lookup-is-here", here.has(i));
    if (here.has(i)) outline += shape.getAttribute("d");
  });
  byId("lookup-here").setAttribute("d", outline);
  const points = matches[0] && matches[0].found.point ? [matches[0].found.point.map((one) => one / 10)]
    : matches.flatMap((one) => one.precision === "part" || one.precision === "point" ? [] : one.rows)
      .filter((row) => engine.hasPoint(row)).slice(0, MOST_DOTS).map((row) => [engine.x[row], engine.y[row]]);
  const single = matches.every((one) => one.precision !== "street");
  dots.classList.toggle("lookup-many", !single);
  dots.replaceChildren(...points.map(([x, y]) => {
    const dot = document.createElementNS(SVG, "circle"), [cx, cy] = onMap(x, y);
    dot.setAttribute("cx", cx.toFixed(1));
    dot.setAttribute("cy", cy.toFixed(1));
    dot.setAttribute("r", Number(dots.dataset.radius) * (single ? 1.6 : 0.6));
    return dot;
  }));
  const named = [...here].map((i) => engine.packed.districts[i][1]).join(", ");
  map.setAttribute("aria-label", named ? put(words.map, { value: named }) : words.map_none);
};

/* Show the districts of a span of time, on the map and in the table. */
page.showEpoch = (epoch) => {
  const members = new Set(epoch ? epoch.members : []);
  engine.packed.districts.forEach((district, i) => {
    for (const id of ["lookup-district-", "lookup-label-"]) {
      byId(id + i).classList.toggle("lookup-other-time", !members.has(i));
    }
    byId("lookup-row-" + i).hidden = !members.has(i);
  });
};
})();
