/* Draw on the map: to measure, or to keep and save what was drawn. Works with a mouse, a finger, and
 * with the keyboard, which moves the map beneath a cross in its middle. */

class Sketch {
  constructor(page, holder) {
    this.page = page;
    this.panel = make("div", "apk-sketch", holder);
    this.panel.hidden = true;
    this.text = make("p", "", this.panel);
    this.text.setAttribute("role", "status");
    const { words } = page;
    this.button(words.addPoint, () => this.add(page.map.getCenter()));
    this.button(words.finish, () => this.finish());
    this.button(words.cancel, () => this.stop());
    this.onClick = ({ latlng }) => this.add(latlng);
    holder.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !this.panel.hidden) {
        event.stopPropagation();
        this.stop();
      }
    });
  }

  button(label, act) {
    const button = make("button", "", this.panel, label);
    button.type = "button";
    button.addEventListener("click", act);
  }

  /* `enough` points end the drawing by themselves; `done` is given the points. */
  start({ closed, enough, change, done }) {
    this.stop();
    Object.assign(this, { closed, enough, change, done, points: [] });
    const { map, box } = this.page;
    this.line = (closed ? L.polygon : L.polyline)([], { color: "#1a1a1a", weight: 2, dashArray: "6 4", interactive: false }).addTo(map);
    this.dots = L.layerGroup().addTo(map);
    this.panel.hidden = false;
    this.cross = make("div", "apk-cross", box);
    this.cross.setAttribute("aria-hidden", "true");
    this.zoomed = map.doubleClickZoom.enabled();
    map.doubleClickZoom.disable();
    map.on("click", this.onClick);
    map.on("dblclick", this.finish, this);
    box.classList.add("apk-sketching");
    this.tell();
  }

  add(at) {
    const last = this.points[this.points.length - 1];
    if (last && last.equals(at)) return;
    this.points.push(at);
    L.circleMarker(at, { radius: 4, color: "#1a1a1a", weight: 2, fillColor: "#fff", fillOpacity: 1, interactive: false }).addTo(this.dots);
    this.line.setLatLngs(this.points);
    this.tell();
    if (this.points.length === this.enough) this.finish();
  }

  tell() {
    this.text.textContent = (this.change && this.change(this.points)) || this.page.words.sketchHelp;
  }

  finish() {
    const { points, done } = this;
    if (!points || !points.length) return;
    this.stop();
    if (done) done(points);
  }

  stop() {
    if (!this.line) return;
    const { map, box } = this.page;
    map.off("click", this.onClick);
    map.off("dblclick", this.finish, this);
    if (this.zoomed) map.doubleClickZoom.enable();
    for (const layer of [this.line, this.dots]) layer.remove();
    this.cross.remove();
    box.classList.remove("apk-sketching");
    this.panel.hidden = true;
    this.line = null;
    this.points = null;
  }
}

const METRES = { m: 1, km: 1000, mi: 1609.344, ft: 0.3048, yd: 0.9144 };
const SQUARES = { "m²": 1, ha: 10000, "km²": 1e6, ac: 4046.8564224, "mi²": 2589988.110336, "ft²": 0.09290304 };

function lengthOf(points, closed) {
  const whole = closed ? [...points, points[0]] : points;
  let length = 0;
  for (let i = 1; i < whole.length; i += 1) length += L.CRS.Earth.distance(whole[i - 1], whole[i]);
  return length;
}

/* On a sphere of the earth's mean radius, from the sides' spherical excess. */
function surfaceOf(points) {
  const rad = Math.PI / 180;
  let sum = 0;
  points.forEach((one, place) => {
    const next = points[(place + 1) % points.length];
    sum += 2 * Math.atan2(
      Math.tan((next.lng - one.lng) * rad / 2) * (Math.tan(one.lat * rad / 2) + Math.tan(next.lat * rad / 2)),
      1 + Math.tan(one.lat * rad / 2) * Math.tan(next.lat * rad / 2));
  });
  return Math.abs(sum) * 6371008.8 ** 2;
}

function inUnits(value, units, sizes, language) {
  return units.map((unit) => {
    const amount = value / sizes[unit];
    const digits = amount >= 100 ? 0 : amount >= 1 ? 1 : 3;
    return `${new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(amount)}\u00a0${unit}`;
  }).join(" / ");
}

CONTROLS.measure = (page, { at, lengths, surfaces, language }) => {
  const { words } = page;
  const button = buttonControl(page, at, words.measure, ["M3 16 16 3l5 5L8 21z", "M7 12l2 2M10 9l2 2M13 6l2 2"]);
  const sketch = new Sketch(page, button.parentNode);
  const measured = make("p", "apk-measured", button.parentNode);
  measured.setAttribute("role", "status");
  measured.hidden = true;
  const kept = L.layerGroup().addTo(page.map);
  const tell = (points) => {
    if (points.length < 2) return "";
    const parts = [`${words.length}: ${inUnits(lengthOf(points), lengths, METRES, language)}`];
    if (points.length > 2) {
      parts.push(`${words.surface}: ${inUnits(surfaceOf(points), surfaces, SQUARES, language)}`);
    }
    return parts.join("; ");
  };
  button.addEventListener("click", () => {
    kept.clearLayers();
    measured.hidden = true;
    sketch.start({
      closed: false,
      change: tell,
      done: (points) => {
        L.polyline(points, { color: "#1a1a1a", weight: 3, interactive: false }).addTo(kept);
        measured.textContent = tell(points);
        measured.hidden = points.length < 2;
      },
    });
  });
};

const DRAWN = {
  polyline: { d: ["M4 18 10 8l5 6 5-9"], make: (points) => L.polyline(points) },
  polygon: { d: ["M5 9l8-5 7 7-4 9H7z"], closed: true, make: (points) => L.polygon(points) },
  rectangle: { d: ["M4 6h16v12H4z"], enough: 2, make: (points) => L.rectangle(L.latLngBounds(points)) },
  circle: {
    d: ["M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16z"], enough: 2,
    make: ([middle, edge]) => {
      const radius = Math.round(L.CRS.Earth.distance(middle, edge || middle));
      const circle = L.circle(middle, { radius });
      circle.feature = { type: "Feature", properties: { radius } };
      return circle;
    },
  },
  marker: { d: ["M12 21c-1-4-6-7-6-12a6 6 0 0 1 12 0c0 5-5 8-6 12z"], enough: 1, make: ([at]) => L.marker(at, { icon: icon({ k: "pin", color: "#2e7fb8", spot: "#ffffff" }) }) },
  circlemarker: { d: ["M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6z"], enough: 1, make: ([at]) => L.circleMarker(at) },
};

CONTROLS.draw = (page, { at, kinds, into, file, delete: removes }) => {
  const { words, map } = page;
  const group = into === undefined ? L.featureGroup().addTo(map) : page.layers[into];
  const holder = make("div", "apk-draw");
  const sketch = new Sketch(page, holder);
  let removing = false;
  const keep = (layer) => {
    layer.options.interactive = true;
    layer.addTo(group);
    layer.on("click", (event) => {
      if (!removing) return;
      L.DomEvent.stop(event);
      group.removeLayer(layer);
    });
  };
  for (const kind of kinds) {
    const { d, closed, enough, make: shape } = DRAWN[kind];
    const button = buttonControl(page, at, words[kind], d);
    button.addEventListener("click", () => sketch.start({ closed, enough, done: (points) => keep(shape(points)) }));
  }
  if (into !== undefined) group.eachLayer((layer) => keep(layer));
  if (removes) {
    const button = buttonControl(page, at, words.remove, ["M5 7h14M9 7V4h6v3M7 7l1 13h8l1-13"]);
    button.setAttribute("aria-pressed", "false");
    button.addEventListener("click", () => {
      removing = !removing;
      button.setAttribute("aria-pressed", String(removing));
    });
  }
  if (file) {
    const button = buttonControl(page, at, words.save, ["M12 4v11M7 10l5 5 5-5M4 20h16"]);
    button.addEventListener("click", () => {
      const link = make("a", "");
      const text = new Blob([JSON.stringify(group.toGeoJSON())], { type: "application/geo+json" });
      link.href = URL.createObjectURL(text);
      link.download = file;
      link.click();
      window.setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    });
  }
  place(page, at, holder);
};
