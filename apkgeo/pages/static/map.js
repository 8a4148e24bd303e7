/* Draws the maps of a page from their plain descriptions (apkgeo/pages/map_parts.py).
 *
 * No text is parsed here as HTML, as a template or as a script: elements are made one by one and
 * texts enter as text nodes. Nothing is asked of any server, except tiles when the page's policy
 * names one.
 *
 * For the scripts of a page: the element of a map ("#map") gets the events "apk:ready",
 * "apk:open" and "apk:close"; the detail of the last two is {key, card, label}. A shape drawn from
 * a feature with the property _key carries it as data-key. Dispatching
 * new CustomEvent("apk:show", {detail: {key}}) on the map brings that area into view and focuses it.
 */

const SVG = "http://www.w3.org/2000/svg";
const REFUSED = /^(?:script|style|link|meta|base|iframe|frame|object|embed|form|input|button|svg|math)$/;
const INLINE = /^(?:a|abbr|b|code|em|font|i|mark|s|small|span|strong|sub|sup|u)$/;
const MANY_POINTS = 2000;
/* What the parts of this script that only some maps need add to it: kinds of layers, kinds of
 * groups, controls. A page holds the parts that its maps need (apkgeo/pages/export.py). */
const KINDS = {};
const GROUPS = {};
const CONTROLS = {};
const DRESSERS = []; // called with the map, a layer and its item when the layer is made
const STARTERS = []; // called with the map when all its layers are there
const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;

/* ---- elements ---------------------------------------------------------------------------- */

function append(nodes, parent) {
  for (const node of nodes) {
    if (typeof node === "string") {
      parent.append(node);
      continue;
    }
    const [tag, attributes, ...children] = node;
    if (REFUSED.test(tag)) continue;
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name === "style") restyle(element, value);
      else if (!name.startsWith("on")) element.setAttribute(name, value);
    }
    if (tag === "a" && !(attributes.href || "").startsWith("#")) element.target = "_blank";
    append(children, element);
    parent.append(element);
  }
  return parent;
}

function textOf(nodes) {
  return nodes.map((node) => {
    if (typeof node === "string") return node;
    const text = textOf(node.slice(2));
    return INLINE.test(node[0]) ? text : ` ${text} `;
  }).join("");
}

function restyle(element, declarations) {
  for (const [name, value] of Object.entries(declarations)) element.style.setProperty(name, value);
}

function make(tag, className, parent, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  if (parent) parent.append(element);
  return element;
}

function drawn(tag, attributes, parent) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (parent) parent.append(element);
  return element;
}

function middleOf(layer) {
  return layer.getBounds ? (layer.getCenter ? layer.getCenter() : layer.getBounds().getCenter()) : layer.getLatLng();
}

function toFront(layer) {
  if (layer && layer.bringToFront && layer._map) layer.bringToFront();
}

function icon(description) {
  const { k, size, anchor, popup } = description;
  if (k === "image") {
    return L.icon({
      iconUrl: description.url, iconSize: size, iconAnchor: anchor,
      ...(popup ? { popupAnchor: popup } : {}),
    });
  }
  if (k === "div") {
    return L.divIcon({
      className: "apk-icon", html: append(description.n, make("div")),
      ...(size ? { iconSize: size } : {}), ...(anchor ? { iconAnchor: anchor } : {}),
      ...(popup ? { popupAnchor: popup } : {}),
    });
  }
  if (k === "path") {
    const { d, reach, turn, style } = description;
    const far = reach + 2;
    const mark = drawn("svg", { viewBox: `${-far} ${-far} ${2 * far} ${2 * far}`, width: 2 * far, height: 2 * far, "aria-hidden": "true", focusable: "false" });
    drawn("path", {
      d, transform: `rotate(${turn})`, fill: style.fill === false ? "none" : style.fillColor || style.color || "#3388ff",
      "fill-opacity": style.fillOpacity === undefined ? 0.2 : style.fillOpacity,
      stroke: style.stroke === false ? "none" : style.color || "#3388ff",
      "stroke-width": style.weight === undefined ? 3 : style.weight,
      "stroke-opacity": style.opacity === undefined ? 1 : style.opacity,
    }, mark);
    return L.divIcon({ className: "apk-icon apk-mark", html: mark, iconSize: [2 * far, 2 * far], iconAnchor: [far, far] });
  }
  const picture = drawn("svg", { viewBox: "0 0 26 38", width: 26, height: 38, "aria-hidden": "true", focusable: "false" });
  drawn("path", {
    d: "M13 37C12 30 1.5 23 1.5 13a11.5 11.5 0 0 1 23 0C24.5 23 14 30 13 37z",
    fill: description.color, stroke: "#fff", "stroke-width": 1.5,
  }, picture);
  drawn("circle", { cx: 13, cy: 13, r: description.text ? 9 : 4.5, fill: description.spot }, picture);
  if (description.text) {
    drawn("text", { x: 13, y: 17, "text-anchor": "middle", "font-size": 11, "font-weight": 600, fill: description.ink }, picture).textContent = description.text;
  }
  return L.divIcon({
    className: "apk-icon apk-pin", html: picture, iconSize: [26, 38], iconAnchor: [13, 37],
    popupAnchor: [0, -32], tooltipAnchor: [13, -24],
  });
}

function layersPicture(parent) {
  const picture = drawn("svg", { viewBox: "0 0 24 24", width: 24, height: 24, "aria-hidden": "true", focusable: "false" }, parent);
  for (const d of ["M12 3 2 9l10 6 10-6z", "M4 12.5 2 14l10 6 10-6-2-1.5"]) {
    drawn("path", { d, fill: "none", stroke: "currentColor", "stroke-width": 1.8, "stroke-linejoin": "round" }, picture);
  }
}

/* ---- one map ---- */

class DrawnMap {
  constructor(box, specification) {
    this.box = box;
    this.spec = specification;
    this.words = specification.words;
    this.unit = 10 ** specification.digits;
    this.areas = new Map(); // element on the map -> {layer, item, label}
    this.opener = null; // what was activated to open the popup or the card
    this.card = null;
    this.shown = []; // popups that are open from the start
    this.hatches = new Set();
  }

  start() {
    const { box, spec } = this;
    const options = spec.options;
    if (options.height) box.style.height = options.height + "px";
    this.map = L.map(box, {
      crs: L.CRS[options.crs || "EPSG3857"],
      zoomControl: false,
      attributionControl: false,
      maxZoom: 20,
      zoomSnap: this.hasTiles() ? 1 : 0.25,
      zoomAnimation: !calm,
      fadeAnimation: !calm,
      markerZoomAnimation: !calm,
      inertia: !calm,
      ...this.given(),
      scrollWheelZoom: Boolean(options.wheel) && options.scrollWheelZoom !== false,
    });
    for (const pane of spec.panes) this.addPane(pane);
    this.prepareCompare();
    this.showStart();
    this.prepareCanvas();
    this.layers = [];
    if ((spec.parts || []).includes("search")) this.records = [];
    for (const item of spec.layers) this.layers.push(this.draw(item, this.map, {}));
    this.addControls();
    this.listen();
    this.layers.forEach((layer, place) => spec.layers[place].front && toFront(layer));
    for (const layer of this.shown) if (this.map.hasLayer(layer)) layer.openPopup();
    this.startCompare();
    for (const begin of STARTERS) begin(this);
    box.dispatchEvent(new CustomEvent("apk:ready", { bubbles: true }));
  }

  given() {
    const names = ["minZoom", "maxZoom", "zoomSnap", "zoomDelta", "dragging", "doubleClickZoom",
      "boxZoom", "maxBounds"];
    const options = this.spec.options;
    return Object.fromEntries(names.filter((n) => n in options).map((n) => [n, options[n]]));
  }

  hasTiles() {
    return this.spec.layers.some((item) => item.k === "tiles");
  }

  showStart() {
    const { view, box } = this.spec;
    const margin = { padding: [12, 12], maxZoom: 17, animate: false };
    if (view.bounds) this.map.fitBounds(view.bounds, { ...margin, ...view });
    else if (view.center) this.map.setView(view.center, view.zoom, { animate: false });
    else if (box.length) this.map.fitBounds([box.slice(0, 2), box.slice(2)], margin);
    else this.map.setView([0, 0], 1);
  }

  addPane({ name, z, pointer }) {
    const pane = this.map.createPane(name);
    pane.style.zIndex = z;
    if (!pointer) pane.style.pointerEvents = "none";
    return pane;
  }

  /* ---- layers ---- */

  draw(item, parent, inherited) {
    const settings = { ...inherited };
    if (item.pane) settings.pane = item.pane;
    let layer;
    if (item.items) {
      if (item.keep) settings.keep = true;
      layer = GROUPS[item.k] ? GROUPS[item.k](this, item, settings) : L.featureGroup();
      const holder = item.within === undefined ? layer : L.featureGroup();
      for (const child of item.items) this.draw(child, holder, settings);
      if (holder !== layer) layer = this.members(item, holder);
    } else if (item.k === "run") {
      for (const point of this.expand(item)) this.draw(point, parent, inherited);
      return null;
    } else {
      layer = this.shape(item, settings);
      this.bind(layer, item, settings);
    }
    if (this.records) this.records.push({ layer, item, top: this.layers.length });
    if (settings.timed && (item.w || item.ws)) settings.timed(layer, item);
    else if (item.show !== 0) parent.addLayer(layer);
    return layer;
  }

  /* A group whose members stand in another group (of clustered markers, for one). */
  members(item, members) {
    const whole = () => this.layers[item.within];
    return new (L.Layer.extend({
      onAdd() { members.eachLayer((one) => whole().addLayer(one)); },
      onRemove() { members.eachLayer((one) => whole().removeLayer(one)); },
      getBounds: () => members.getBounds(),
    }))();
  }

  expand(run) {
    const { k, of, at, ...columns } = run;
    const points = [];
    let latitude = 0;
    let longitude = 0;
    for (let i = 0; i < at.length; i += 2) {
      latitude += at[i];
      longitude += at[i + 1];
      const point = { k: of, at: [latitude, longitude] };
      for (const [name, values] of Object.entries(columns)) {
        point[name] = Array.isArray(values) ? values[i / 2] : values;
      }
      points.push(point);
    }
    return points;
  }

  positions(steps) {
    const positions = [];
    let latitude = 0;
    let longitude = 0;
    for (let i = 0; i < steps.length; i += 2) {
      latitude += steps[i];
      longitude += steps[i + 1];
      positions.push([latitude / this.unit, longitude / this.unit]);
    }
    return positions;
  }

  shape(item, settings) {
    const options = { ...(item.s === undefined ? {} : this.spec.styles[item.s]) };
    if (settings.pane) options.pane = settings.pane;
    if (item.cls) options.className = [options.className, item.cls].filter(Boolean).join(" ");
    switch (item.k) {
      case "polygon":
        return L.polygon(this.spec.shapes[item.g].map((rings) => rings.map((ring) => this.positions(ring))), options);
      case "line":
        return L.polyline(this.spec.shapes[item.g].map((line) => this.positions(line)), options);
      case "circle":
        return L.circle(this.positions(item.at)[0], { ...options, radius: item.r });
      case "dot":
        if (this.canvas) options.renderer = this.canvas;
        return L.circleMarker(this.positions(item.at)[0], { ...options, radius: item.r });
      case "tiles":
        return L.tileLayer(item.url, { ...item.o, ...(settings.pane ? { pane: settings.pane } : {}) });
      case "points":
        return new PointsOnCanvas(item, { pane: settings.pane || this.pointsPane() });
      case "image":
        return L.imageOverlay(item.url, item.bounds,
          { ...item.o, ...options, className: item.sharp ? "apk-sharp" : "" });
      default:
        if (KINDS[item.k]) return KINDS[item.k](this, item, options, settings);
        return L.marker(this.positions(item.at)[0], {
          icon: icon(this.spec.icons[item.i]),
          title: item.title || "",
          keyboard: false,
          ...(settings.pane ? { pane: settings.pane } : {}),
        });
    }
  }

  prepareCanvas() {
    let count = 0;
    let silent = true;
    const look = (item) => {
      if (item.items) item.items.forEach(look);
      if (item.k !== "dot" && item.of !== "dot") return;
      count += item.k === "run" ? item.at.length / 2 : 1;
      if (item.p !== undefined || item.t !== undefined) silent = false;
    };
    this.spec.layers.forEach(look);
    if (count > MANY_POINTS || (count && this.spec.options.canvas)) {
      this.canvas = L.canvas({ pane: this.pointsPane() });
      if (!silent) this.map.getPane("apk-points").style.pointerEvents = "";
    }
  }

  pointsPane() {
    const name = "apk-points";
    if (!this.map.getPane(name)) this.addPane({ name, z: 450, pointer: false });
    return name;
  }

  /* ---- what belongs to a layer ---- */

  bind(layer, item, settings) {
    const { contents, heads } = this.spec;
    const popup = contents[item.p];
    if (popup) {
      const { maxWidth, minWidth, maxHeight, show, sticky } = heads[popup.h];
      const room = Math.max(160, this.box.clientWidth - 60);
      layer.bindPopup(() => this.content(popup), {
        maxWidth: Math.min(maxWidth || 300, room),
        minWidth: Math.min(minWidth || 50, room),
        maxHeight: maxHeight || Math.max(120, this.box.clientHeight - 60),
        autoClose: !(show || sticky),
        closeOnClick: !sticky,
      });
      if (show) this.shown.push(layer);
    }
    const tooltip = contents[item.t];
    if (tooltip) {
      const { sticky, permanent, direction } = heads[tooltip.h];
      layer.bindTooltip(() => this.content(tooltip), {
        sticky: Boolean(sticky),
        permanent: Boolean(permanent),
        ...(direction ? { direction } : {}),
      });
    }
    if (item.h !== undefined) this.highlight(layer, item, settings);
    for (const dress of DRESSERS) dress(this, layer, item);
    layer.on("click", () => this.activate(layer, item, false));
    layer.on("add", () => this.dress(layer, item));
    layer.on("remove", () => this.undress(layer));
  }

  content(content) {
    const holder = make("div", "apk-content");
    const head = this.spec.heads[content.h];
    if (head.style) restyle(holder, head.style);
    if (!content.v) return append(content.n, holder);
    const table = make("tbody", "", make("table", "", holder));
    content.v.forEach((value, place) => {
      const row = make("tr", "", table);
      if (head.names) make("th", "", row, head.names[place]).scope = "row";
      make("td", "", row, value);
    });
    return holder;
  }

  label(item) {
    if (item.l || item.title) return item.l || item.title;
    for (const place of [item.t, item.p]) {
      const content = this.spec.contents[place];
      if (!content) continue;
      const names = content.v && this.spec.heads[content.h].names;
      const text = content.v
        ? content.v.map((v, i) => (names ? `${names[i].replace(/:\s*$/, "")}: ${v}` : v)).join(", ")
        : textOf(content.n);
      if (text.trim()) return text.replace(/\s+/g, " ").trim().slice(0, 200);
    }
    return "";
  }

  highlight(layer, item, settings) {
    const usual = { ...layer.options };
    const bright = this.spec.styles[item.h];
    const back = Object.fromEntries(Object.keys(bright).map((name) => [name, usual[name]]));
    layer.on("mouseover", () => this.repaint(layer, item, bright));
    layer.on("mouseout popupclose", () => {
      if (!(settings.keep && layer.isPopupOpen())) this.repaint(layer, item, back);
    });
  }

  repaint(layer, item, style) {
    if (!layer.setStyle) return;
    layer.setStyle(style);
    this.hatch(layer, item);
  }

  dress(layer, item) {
    const element = layer.getElement && layer.getElement();
    if (!element) return;
    this.hatch(layer, item);
    if (item.k === "marker" && item.cls) element.classList.add(...item.cls.split(" "));
    if (item.key) element.dataset.key = item.key;
    if (item.k === "image") element.alt = item.o.alt || "";
    const label = this.label(item);
    if (!label) {
      if (item.k === "marker") element.setAttribute("aria-hidden", "true");
      return;
    }
    const opens = item.p !== undefined || item.c || item.zoom;
    element.setAttribute("role", opens ? "button" : "img");
    element.setAttribute("aria-label", label);
    if (item.p !== undefined) element.setAttribute("aria-haspopup", "dialog");
    element.tabIndex = -1;
    this.areas.set(element, { layer, item, label });
    this.rove();
  }

  undress(layer) {
    for (const [element, area] of this.areas) if (area.layer === layer) this.areas.delete(element);
    this.rove();
  }

  /* Stripes, as a second cue beside the colour. */
  hatch(layer, item) {
    const stripes = (this.spec.styles[item.s] || {}).fillPattern;
    const element = layer.getElement && layer.getElement();
    if (!stripes || !element || !element.ownerSVGElement) return;
    const root = element.ownerSVGElement;
    const id = `${this.box.id}-hatch-${item.s}-${layer.options.pane}`;
    if (!root.querySelector("#" + CSS.escape(id))) {
      const defs = root.querySelector("defs") || drawn("defs", {}, root);
      if (stripes.radius !== undefined) {
        const dots = drawn("pattern", {
          id, width: stripes.width, height: stripes.height, patternUnits: "userSpaceOnUse",
        }, defs);
        drawn("circle", { cx: stripes.x, cy: stripes.y, r: stripes.radius, fill: stripes.fill_color,
          "fill-opacity": stripes.fill_opacity, stroke: stripes.color,
          "stroke-width": stripes.weight, "stroke-opacity": stripes.opacity }, dots);
        element.setAttribute("fill", `url(#${id})`);
        return;
      }
      const width = stripes.weight + stripes.space_weight;
      const pattern = drawn("pattern", {
        id, width: 8, height: width, patternUnits: "userSpaceOnUse",
        patternTransform: `rotate(${stripes.angle})`,
      }, defs);
      drawn("rect", { width: 8, height: stripes.weight, fill: stripes.color,
        "fill-opacity": stripes.opacity }, pattern);
      drawn("rect", { y: stripes.weight, width: 8, height: stripes.space_weight,
        fill: stripes.space_color, "fill-opacity": stripes.space_opacity }, pattern);
    }
    element.setAttribute("fill", `url(#${id})`);
  }
}
