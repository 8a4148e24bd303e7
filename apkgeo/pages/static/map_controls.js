/* Zoom, layers, credits, the wheel, and the slider between two layers. */

class ControlledMap extends ReachableMap {
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
      .filter(({ item, layer }) => layer && ["group", "tiles", "image", "points"].includes(item.k) && item.control !== 0);
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
    this.line.setAttribute("aria-hidden", "true");
    make("span", "", this.line, slider.dataset.before);
    make("span", "", this.line, slider.dataset.after);
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

function begin(box) {
  const specification = JSON.parse(document.getElementById(box.id + "-data").textContent);
  const page = new ControlledMap(box, specification);
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
