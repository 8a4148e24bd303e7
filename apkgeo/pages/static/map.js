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
(function () {
  "use strict";

  const SVG = "http://www.w3.org/2000/svg";
  const REFUSED = /^(?:script|style|link|meta|base|iframe|frame|object|embed|form|input|button|svg|math)$/;
  const MANY_POINTS = 2000;
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

  /* ---- one map ----------------------------------------------------------------------------- */

  class Page {
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
      this.layers = spec.layers.map((item) => this.draw(item, this.map, {}));
      this.addControls();
      this.listen();
      this.layers.forEach((layer, place) => spec.layers[place].front && toFront(layer));
      for (const layer of this.shown) if (this.map.hasLayer(layer)) layer.openPopup();
      this.startCompare();
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
      if (item.k === "group") {
        if (item.keep) settings.keep = true;
        layer = L.featureGroup();
        for (const child of item.items) this.draw(child, layer, settings);
      } else if (item.k === "run") {
        for (const point of this.expand(item)) this.draw(point, parent, inherited);
        return null;
      } else {
        layer = this.shape(item, settings);
        this.bind(layer, item, settings);
      }
      if (item.show !== 0) parent.addLayer(layer);
      return layer;
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
          return L.polygon(item.at.map((rings) => rings.map((ring) => this.positions(ring))), options);
        case "line":
          return L.polyline(item.at.map((line) => this.positions(line)), options);
        case "circle":
          return L.circle(this.positions(item.at)[0], { ...options, radius: item.r });
        case "dot":
          if (this.canvas) options.renderer = this.canvas;
          return L.circleMarker(this.positions(item.at)[0], { ...options, radius: item.r });
        case "tiles":
          return L.tileLayer(item.url, item.o);
        case "image":
          return L.imageOverlay(item.url, item.bounds, { ...item.o, ...options });
        default:
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
        this.addPane({ name: "apk-points", z: 450, pointer: !silent });
        this.canvas = L.canvas({ pane: "apk-points" });
      }
    }

    /* ---- what belongs to a layer ---- */

    bind(layer, item, settings) {
      const { contents, heads } = this.spec;
      const popup = contents[item.p];
      if (popup) {
        const head = { ...heads[popup.h], ...popup };
        const room = Math.max(160, this.box.clientWidth - 60);
        layer.bindPopup(() => this.content(popup), {
          maxWidth: Math.min(head.maxWidth || 300, room),
          minWidth: Math.min(head.minWidth || 50, room),
          maxHeight: head.maxHeight || Math.max(120, this.box.clientHeight - 60),
          autoClose: !(popup.show || popup.sticky),
          closeOnClick: !popup.sticky,
        });
        if (popup.show) this.shown.push(layer);
      }
      const tooltip = contents[item.t];
      if (tooltip) {
        const { sticky, permanent, direction } = { ...heads[tooltip.h], ...tooltip };
        layer.bindTooltip(() => this.content(tooltip), {
          sticky: Boolean(sticky),
          permanent: Boolean(permanent),
          ...(direction ? { direction } : {}),
        });
      }
      if (item.h !== undefined) this.highlight(layer, item, settings);
      layer.on("click", () => this.activate(layer, item, false));
      layer.on("add", () => this.dress(layer, item));
      layer.on("remove", () => this.undress(layer));
    }

    content(content) {
      const holder = make("div", "apk-content");
      if (!content.v) {
        if (content.style) restyle(holder, content.style);
        return append(content.n, holder);
      }
      const head = this.spec.heads[content.h];
      if (head.style) restyle(holder, head.style);
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
          : this.content(content).textContent;
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

    /* ---- keyboard and focus: one Tab stop, arrow keys inside ---- */

    reachable() {
      const hidden = this.hiddenPane;
      return Array.from(this.box.querySelectorAll("[aria-label]")).filter(
        (element) => this.areas.has(element) && !(hidden && hidden.contains(element)));
    }

    rove(chosen) {
      if (chosen) {
        for (const element of this.areas.keys()) element.tabIndex = element === chosen ? 0 : -1;
        return;
      }
      window.clearTimeout(this.roving);
      this.roving = window.setTimeout(() => {
        const reachable = this.reachable();
        const kept = reachable.find((element) => element.tabIndex === 0) || reachable[0];
        for (const element of this.areas.keys()) element.tabIndex = element === kept ? 0 : -1;
      });
    }

    listen() {
      const { box, map } = this;
      box.addEventListener("keydown", (event) => this.onKey(event));
      box.addEventListener("focusin", (event) => this.onFocus(event.target));
      box.addEventListener("focusout", () => this.removeRing());
      map.on("zoomstart", () => this.removeRing());
      map.on("moveend zoomend", () => this.drawRing(document.activeElement));
      map.on("popupopen", (event) => this.onPopup(event.popup));
      map.on("popupclose", (event) => this.onPopupClosed(event.popup));
      box.addEventListener("apk:show", (event) => this.show(String(event.detail.key)));
      for (const name of ["pointerdown", "keydown", "wheel"]) {
        box.addEventListener(name, () => { this.touched = true; }, { passive: true });
      }
      new ResizeObserver(() => {
        map.invalidateSize({ pan: false, animate: false });
        if (!this.touched && box.clientWidth) this.showStart();
      }).observe(box);
      if (!this.spec.options.wheel && this.spec.options.scrollWheelZoom !== false) this.tameWheel();
    }

    onKey(event) {
      if (event.key === "Escape") {
        if (this.map._popup && this.map._popup.isOpen()) this.map.closePopup();
        else if (this.card) this.closeCard();
        for (const { layer } of this.areas.values()) layer.closeTooltip();
        return;
      }
      const area = this.areas.get(event.target);
      if (!area || event.altKey || event.ctrlKey || event.metaKey) return;
      const target = event.target;
      if (event.key === "Enter" || event.key === " ") this.activate(area.layer, area.item, true);
      else if (event.key === "+" || event.key === "=") this.map.zoomIn();
      else if (event.key === "-") this.map.zoomOut();
      else if (event.key.startsWith("Arrow")) this.step(target, event.key);
      else if (event.key === "Home") this.focus(this.reachable()[0]);
      else if (event.key === "End") this.focus(this.reachable().pop());
      else return;
      event.preventDefault();
      event.stopPropagation();
    }

    focus(element) {
      if (element) element.focus({ preventScroll: true });
    }

    step(from, key) {
      const middle = (element) => {
        const box = element.getBoundingClientRect();
        return [box.left + box.width / 2, box.top + box.height / 2];
      };
      const [x, y] = middle(from);
      const [right, down] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key];
      let best = null;
      let least = Infinity;
      for (const element of this.reachable()) {
        const [dx, dy] = middle(element).map((value, axis) => value - [x, y][axis]);
        const along = dx * right + dy * down;
        const cost = along + 2 * Math.abs(dx * down) + 2 * Math.abs(dy * right);
        if (element !== from && along > 0.5 && cost < least) [best, least] = [element, cost];
      }
      this.focus(best);
    }

    onFocus(target) {
      if (!this.areas.has(target)) return;
      this.rove(target);
      const area = target.getBoundingClientRect();
      const box = this.box.getBoundingClientRect();
      const outside = area.right < box.left || area.left > box.right || area.bottom < box.top || area.top > box.bottom;
      if (outside) this.map.panTo(middleOf(this.areas.get(target).layer), { animate: false });
      this.drawRing(target);
    }

    drawRing(target) {
      this.removeRing();
      const shape = this.areas.has(target) && target.getAttribute("d");
      if (!shape || !target.matches(":focus-visible")) return;
      for (const name of ["apk-ring-outer", "apk-ring-inner"]) {
        drawn("path", { d: shape, class: name, "aria-hidden": "true" }, target.parentNode);
      }
    }

    removeRing() {
      for (const ring of this.box.querySelectorAll(".apk-ring-outer, .apk-ring-inner")) ring.remove();
    }

    show(key) {
      for (const [element, { layer, item }] of this.areas) {
        if (item.key !== key) continue;
        if (layer.getBounds) this.map.fitBounds(layer.getBounds(), { padding: [40, 40], maxZoom: 16, animate: !calm });
        else this.map.panTo(layer.getLatLng(), { animate: !calm });
        this.focus(element);
        return;
      }
    }

    /* ---- popups and cards ---- */

    activate(layer, item, byKeyboard) {
      const element = layer.getElement && layer.getElement();
      this.opener = element || null;
      this.byKeyboard = byKeyboard;
      if (item.zoom) this.map.fitBounds(layer.getBounds ? layer.getBounds() : layer.getLatLng().toBounds(800));
      if (byKeyboard && layer.getPopup()) layer.openPopup(middleOf(layer));
      if (item.c) this.openCard(item);
      if (item.c || item.key) this.tell("apk:open", item);
    }

    tell(name, item) {
      const detail = { key: item.key, card: item.c, label: this.label(item) };
      this.box.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));
    }

    onPopup(popup) {
      const element = popup.getElement();
      const area = popup._source && this.areas.get(popup._source.getElement && popup._source.getElement());
      element.setAttribute("role", "dialog");
      element.setAttribute("aria-label", area ? area.label : this.words.details);
      const button = element.querySelector(".leaflet-popup-close-button");
      if (button) {
        button.setAttribute("aria-label", this.words.close);
        button.title = this.words.close;
      }
      if (this.byKeyboard) {
        element.tabIndex = -1;
        element.focus({ preventScroll: true });
      }
    }

    onPopupClosed(popup) {
      const element = popup.getElement();
      if (this.byKeyboard || (element && element.contains(document.activeElement))) this.focus(this.opener);
      this.byKeyboard = false;
    }

    openCard(item) {
      const card = document.getElementById(item.c);
      if (!card) return;
      if (this.card) this.hideCard();
      this.card = { element: card, item, hidden: card.hidden };
      card.hidden = false;
      card.tabIndex = -1;
      if (!card.apkListens) {
        card.apkListens = true;
        card.addEventListener("keydown", (event) => {
          if (event.key === "Escape") this.closeCard();
        });
        card.addEventListener("click", (event) => {
          if (event.target.closest("[data-close]")) this.closeCard();
        });
      }
      card.focus({ preventScroll: true });
      card.scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" });
    }

    hideCard() {
      const { element, hidden, item } = this.card;
      element.hidden = hidden;
      this.card = null;
      this.tell("apk:close", item);
    }

    closeCard() {
      if (!this.card) return;
      this.hideCard();
      this.focus(this.opener);
    }

    /* ---- controls ---- */

    addControls() {
      const { map, spec, words } = this;
      if (spec.options.zoomControl) {
        L.control.zoom({
          position: spec.options.zoomControl, zoomInTitle: words.zoomIn, zoomOutTitle: words.zoomOut,
        }).addTo(map);
      }
      if (spec.options.scale) L.control.scale({ imperial: false }).addTo(map);
      if (spec.control) this.addLayerControl(spec.control);
      const credits = spec.layers.map((item) => item.credit).filter(Boolean);
      const credit = new L.Control({ position: "bottomright" });
      credit.onAdd = () => make("div", "leaflet-control-attribution", null,
        [...new Set(["Leaflet", ...credits])].join(" | "));
      credit.addTo(map);
    }

    addLayerControl({ position, collapsed }) {
      const { map, spec, words } = this;
      let unnamed = 0;
      const entries = spec.layers.map((item, place) => ({ item, layer: this.layers[place] }))
        .filter(({ item, layer }) => layer && ["group", "tiles", "image"].includes(item.k) && item.control !== 0);
      const bases = entries.filter(({ item }) => item.overlay === 0);
      const control = new L.Control({ position });
      control.onAdd = () => {
        const holder = make("div", "leaflet-bar apk-layers");
        const button = make("button", "apk-layers__button", holder);
        const panel = make("fieldset", "apk-layers__panel", holder);
        button.type = "button";
        layersPicture(button);
        make("span", "apk-hidden", button, words.layers);
        button.title = words.layers;
        panel.id = this.box.id + "-layers";
        button.setAttribute("aria-controls", panel.id);
        make("legend", "", panel, words.layers);
        const open = (yes) => {
          panel.hidden = !yes;
          button.setAttribute("aria-expanded", String(yes));
        };
        button.addEventListener("click", () => open(panel.hidden));
        holder.addEventListener("keydown", (event) => {
          if (event.key !== "Escape" || panel.hidden || !collapsed) return;
          event.stopPropagation();
          open(false);
          button.focus();
        });
        if (collapsed) map.on("click", () => open(false));
        open(!collapsed);
        button.hidden = !collapsed;
        for (const { item, layer } of entries) {
          const base = item.overlay === 0;
          if (base && bases.length < 2) continue;
          const row = make("label", "", panel);
          const input = make("input", "", row);
          input.type = base ? "radio" : "checkbox";
          if (base) input.name = this.box.id + "-base";
          input.checked = map.hasLayer(layer);
          append(item.name || [words.layer.replace("{number}", String(++unnamed))], make("span", "", row));
          input.addEventListener("change", () => {
            if (base) for (const other of bases) if (other.layer !== layer) map.removeLayer(other.layer);
            if (input.checked) map.addLayer(layer);
            else map.removeLayer(layer);
            this.layers.forEach((one, place) => spec.layers[place].front && toFront(one));
          });
        }
        L.DomEvent.disableClickPropagation(holder);
        L.DomEvent.disableScrollPropagation(holder);
        return holder;
      };
      const last = bases.filter(({ layer }) => map.hasLayer(layer)).pop();
      for (const { layer } of bases) if (last && layer !== last.layer) map.removeLayer(layer);
      control.addTo(map);
    }

    /* The wheel scrolls the page unless the map has the focus or Ctrl is held. */
    tameWheel() {
      const { box, map } = this;
      const hint = make("div", "apk-wheel", box, this.words.wheel);
      hint.setAttribute("aria-hidden", "true");
      box.addEventListener("focusin", () => map.scrollWheelZoom.enable());
      box.addEventListener("focusout", (event) => {
        if (!box.contains(event.relatedTarget)) map.scrollWheelZoom.disable();
      });
      let fading;
      box.addEventListener("wheel", (event) => {
        if (map.scrollWheelZoom.enabled()) return;
        if (event.ctrlKey) {
          event.preventDefault();
          const step = event.deltaY < 0 ? 0.5 : -0.5;
          map.setZoomAround(map.mouseEventToContainerPoint(event), map.getZoom() + step, { animate: false });
          return;
        }
        hint.classList.add("is-shown");
        window.clearTimeout(fading);
        fading = window.setTimeout(() => hint.classList.remove("is-shown"), 1200);
      }, { passive: false });
    }

    /* ---- two layers, one before and one after, parted by a slider ---- */

    prepareCompare() {
      const compare = this.spec.compare;
      if (!compare) return;
      this.sides = compare.map((place, side) => {
        const pane = this.addPane({ name: `apk-side-${side}`, z: 401 + side, pointer: true });
        this.spec.layers[place].pane = `apk-side-${side}`;
        return pane;
      });
    }

    startCompare() {
      if (!this.sides) return;
      const slider = document.getElementById(this.box.id + "-slider");
      slider.closest("[hidden]").hidden = false;
      this.line = make("div", "apk-line", this.box);
      const update = () => this.part(slider);
      slider.addEventListener("input", update);
      this.map.on("move zoom zoomend resize viewreset", update);
      update();
    }

    part(slider) {
      const share = slider.value / 100;
      const size = this.map.getSize();
      const corner = this.map.containerPointToLayerPoint([0, 0]);
      const far = this.map.containerPointToLayerPoint(size);
      const border = corner.x + size.x * share;
      const clip = (west, east) =>
        `polygon(${west}px ${corner.y}px, ${east}px ${corner.y}px, ${east}px ${far.y}px, ${west}px ${far.y}px)`;
      const [before, after] = this.sides;
      before.style.clipPath = clip(corner.x, border);
      after.style.clipPath = clip(border, far.x);
      before.style.visibility = share === 0 ? "hidden" : "";
      after.style.visibility = share === 1 ? "hidden" : "";
      this.line.style.left = size.x * share + "px";
      this.line.hidden = share === 0 || share === 1;
      const text = share === 1 ? "before" : share === 0 ? "after" : "both";
      slider.setAttribute("aria-valuetext", slider.dataset[text]
        .replace("{share}", slider.value).replace("{rest}", String(100 - slider.value)));
      const hidden = share < 0.5 ? before : after;
      if (hidden !== this.hiddenPane) {
        this.hiddenPane = hidden;
        this.rove();
      }
    }
  }

  /* ---- helpers without state ------------------------------------------------------------------ */

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
    const picture = drawn("svg", { viewBox: "0 0 26 38", width: 26, height: 38, "aria-hidden": "true", focusable: "false" });
    drawn("path", {
      d: "M13 37C12 30 1.5 23 1.5 13a11.5 11.5 0 0 1 23 0C24.5 23 14 30 13 37z",
      fill: description.color, stroke: "#fff", "stroke-width": 1.5,
    }, picture);
    drawn("circle", { cx: 13, cy: 13, r: 4.5, fill: description.spot }, picture);
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

  function begin(box) {
    const specification = JSON.parse(document.getElementById(box.id + "-data").textContent);
    const page = new Page(box, specification);
    box.closest(".apk-map").classList.add("is-live");
    if (box.clientWidth && box.clientHeight) {
      page.start();
      return;
    }
    const observer = new ResizeObserver(() => {
      if (!box.clientWidth || !box.clientHeight) return;
      observer.disconnect();
      page.start();
    });
    observer.observe(box);
  }

  document.querySelectorAll("[data-apk-map]").forEach(begin);
})();
