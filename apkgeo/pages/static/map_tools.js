/* Small tools: full screen, the pointer's place, the wheel, an overview, a picture, clicks. */

/* A control with one button; the picture is drawn from the paths given. */
function buttonControl(page, corner, label, paths) {
  const holder = make("div", "leaflet-bar apk-tool");
  const button = make("button", "apk-tool__button", holder);
  button.type = "button";
  button.title = label;
  button.setAttribute("aria-label", label);
  const picture = drawn("svg", { viewBox: "0 0 24 24", width: 20, height: 20, "aria-hidden": "true", focusable: "false" }, button);
  for (const d of paths) {
    drawn("path", { d, fill: "none", stroke: "currentColor", "stroke-width": 2, "stroke-linejoin": "round", "stroke-linecap": "round" }, picture);
  }
  place(page, corner, holder);
  return button;
}

function place(page, corner, element) {
  const control = new L.Control({ position: corner });
  control.onAdd = () => {
    L.DomEvent.disableClickPropagation(element);
    L.DomEvent.disableScrollPropagation(element);
    return element;
  };
  control.addTo(page.map);
}

function written(value, digits, language) {
  return new Intl.NumberFormat(language, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
}

function placeText(page, at, digits, language) {
  return [[page.words.latitude, at.lat], [page.words.longitude, at.wrap().lng]]
    .map(([name, value]) => `${name}: ${written(value, digits, language)}`);
}

CONTROLS.fullscreen = (page, { at }) => {
  const { box, words } = page;
  const button = buttonControl(page, at, words.fullscreen, ["M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5"]);
  const isFull = () => document.fullscreenElement === box || box.classList.contains("apk-full");
  const tell = () => {
    const label = isFull() ? words.leaveFullscreen : words.fullscreen;
    button.title = label;
    button.setAttribute("aria-label", label);
  };
  const fill = () => box.classList.toggle("apk-full");
  button.addEventListener("click", () => {
    if (document.fullscreenElement) document.exitFullscreen();
    else if (document.fullscreenEnabled) box.requestFullscreen().catch(fill).then(tell);
    else fill();
    tell();
  });
  document.addEventListener("fullscreenchange", tell);
};

CONTROLS.position = (page, { at, digits, east, between, before, language }) => {
  const element = make("div", "apk-position");
  element.setAttribute("aria-hidden", "true");
  place(page, at, element);
  page.map.on("mousemove", ({ latlng }) => {
    const pair = [latlng.lat, latlng.wrap().lng].map((value) => written(value, digits, language));
    element.textContent = before + (east ? pair.reverse() : pair).join(between);
  });
};

CONTROLS.wheel = (page, { at }) => {
  const { map, words } = page;
  const button = buttonControl(page, at, words.wheelSwitch, ["M12 3a5 5 0 0 1 5 5v8a5 5 0 0 1-10 0V8a5 5 0 0 1 5-5z", "M12 7v4"]);
  const set = (yes) => {
    map.scrollWheelZoom[yes ? "enable" : "disable"]();
    button.setAttribute("aria-pressed", String(yes));
  };
  button.addEventListener("click", () => set(!map.scrollWheelZoom.enabled()));
  set(false);
};

/* The outlines of all shapes, and the part of them that is seen. */
CONTROLS.overview = (page, { at, width, height, folds, folded }) => {
  const { map, spec, words } = page;
  const holder = make("div", "leaflet-bar apk-overview");
  const picture = drawn("svg", { width, height, role: "img", "aria-label": words.overview });
  const box = spec.box.length ? spec.box : [-60, -180, 75, 180];
  const on = (lat, lng) => L.CRS.EPSG3857.latLngToPoint(L.latLng(lat, lng), 0);
  const low = on(box[0], box[1]);
  const high = on(box[2], box[3]);
  const across = Math.max(high.x - low.x, 1e-4);
  const down = Math.max(low.y - high.y, 1e-4);
  const scale = 0.86 * Math.min(width / across, height / down);
  const shown = (lat, lng) => {
    const point = on(lat, lng);
    return [width / 2 + (point.x - (low.x + high.x) / 2) * scale, height / 2 + (point.y - (low.y + high.y) / 2) * scale];
  };
  let d = "";
  for (const shape of spec.shapes) {
    for (const part of shape) {
      for (const steps of Array.isArray(part[0]) ? part : [part]) {
        let last = "";
        page.positions(steps).forEach(([lat, lng], place) => {
          const corner = shown(lat, lng).map((value) => value.toFixed(0)).join(" ");
          if (corner !== last && d.length < 200000) d += (place ? "L" : "M") + corner;
          last = corner;
        });
      }
    }
  }
  drawn("path", { d, fill: "none", stroke: "#555", "stroke-width": 0.8 }, picture);
  const view = drawn("rect", { fill: "#1a1a1a", "fill-opacity": 0.12, stroke: "#1a1a1a", "stroke-width": 1.5 }, picture);
  holder.append(picture);
  if (folds || folded) {
    const button = make("button", "apk-overview__fold", holder);
    button.type = "button";
    const fold = (yes) => {
      picture.style.display = yes ? "none" : "";
      button.textContent = yes ? "+" : "−";
      button.setAttribute("aria-label", words.overview);
      button.setAttribute("aria-expanded", String(!yes));
    };
    button.addEventListener("click", () => fold(picture.style.display !== "none"));
    fold(Boolean(folded));
  }
  place(page, at, holder);
  const update = () => {
    const bounds = map.getBounds();
    const [left, bottom] = shown(Math.max(-85, bounds.getSouth()), bounds.getWest());
    const [right, top] = shown(Math.min(85, bounds.getNorth()), bounds.getEast());
    const sides = { x: Math.max(0, left), y: Math.max(0, top) };
    sides.width = Math.max(2, Math.min(width, right) - sides.x);
    sides.height = Math.max(2, Math.min(height, bottom) - sides.y);
    for (const [name, value] of Object.entries(sides)) view.setAttribute(name, value);
  };
  picture.addEventListener("click", (event) => {
    const seen = picture.getBoundingClientRect();
    const x = (event.clientX - seen.left - width / 2) / scale + (low.x + high.x) / 2;
    const y = (event.clientY - seen.top - height / 2) / scale + (low.y + high.y) / 2;
    map.panTo(L.CRS.EPSG3857.pointToLatLng(L.point(x, y), 0), { animate: !calm });
  });
  map.on("move zoomend resize", update);
  update();
};

CONTROLS.picture = (page, { url, style }) => {
  const picture = make("img", "apk-float", page.box);
  picture.alt = "";
  picture.src = url;
  restyle(picture, style);
};

CONTROLS.where = (page, { language, copy }) => {
  page.map.on("click", ({ latlng }) => {
    const lines = copy ? [`${latlng.lat.toFixed(6)},${latlng.lng.toFixed(6)}`] : placeText(page, latlng, 4, language);
    const text = make("div", "apk-content");
    for (const line of lines) make("div", "", text, line);
    L.popup().setLatLng(latlng).setContent(text).openOn(page.map);
  });
};

function filled(nodes, at) {
  const put = (text) => text.replace(/\$\{\s*lat\s*\}/g, at.lat.toFixed(4)).replace(/\$\{\s*lng\s*\}/g, at.lng.toFixed(4));
  return nodes.map((node) => (typeof node === "string" ? put(node) : [node[0], node[1], ...filled(node.slice(2), at)]));
}

CONTROLS.pins = (page, { n, language }) => {
  page.map.on("click", ({ latlng }) => {
    const pin = L.marker(latlng, {
      draggable: true, icon: icon({ k: "pin", color: "#2e7fb8", spot: "#ffffff" }), alt: page.words.marker,
    });
    const lines = placeText(page, latlng, 4, language).map((line) => ["div", {}, line]);
    pin.bindPopup(append(n ? filled(n, latlng) : lines, make("div", "apk-content")));
    pin.on("dblclick", () => pin.remove());
    pin.addTo(page.map);
  });
};
