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
    if (spec.control) this.addLayerControl(spec.control, this.usualTree());
    for (const control of spec.controls || []) this.addControl(control);
    const credits = spec.layers.map((item) => item.credit).filter(Boolean);
    const credit = new L.Control({ position: "bottomright" });
    credit.onAdd = () => make("div", "leaflet-control-attribution", null,
      [...new Set(["Leaflet", ...credits])].join(" | "));
    credit.addTo(map);
  }

  addControl(control) {
    if (control.k === "layers") this.addLayerControl({ position: control.at, collapsed: control.collapsed }, control.tree);
    else CONTROLS[control.k](this, control);
  }

  /* The layers of the map as a flat tree: bases as radio buttons, overlays as boxes. */
  usualTree() {
    const { map, spec } = this;
    const kinds = ["group", "cluster", "timed", "heat", "tiles", "image", "points"];
    const entries = spec.layers.map((item, layer) => ({ item, layer }))
      .filter(({ item, layer }) => this.layers[layer] && kinds.includes(item.k) && item.control !== 0);
    const bases = entries.filter(({ item }) => item.overlay === 0);
    const last = bases.filter(({ layer }) => map.hasLayer(this.layers[layer])).pop();
    for (const { layer } of bases) if (last && layer !== last.layer) map.removeLayer(this.layers[layer]);
    let unnamed = 0;
    return entries.filter(({ item }) => item.overlay !== 0 || bases.length > 1).map(({ item, layer }) => ({
      layer,
      t: item.name || [this.words.layer.replace("{number}", String(++unnamed))],
      ...(item.overlay === 0 ? { radio: "base" } : {}),
    }));
  }

  addLayerControl({ position, collapsed }, tree) {
    const { map, words } = this;
    const control = new L.Control({ position });
    control.onAdd = () => {
      const holder = make("div", "leaflet-bar apk-layers");
      const button = make("button", "apk-layers__button", holder);
      const panel = make("fieldset", "apk-layers__panel", holder);
      button.type = "button";
      layersPicture(button);
      make("span", "apk-hidden", button, words.layers);
      button.title = words.layers;
      this.panels = (this.panels || 0) + 1;
      panel.id = `${this.box.id}-layers${this.panels > 1 ? this.panels : ""}`;
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
      this.addRows(tree, panel, `${panel.id}-`);
      L.DomEvent.disableClickPropagation(holder);
      L.DomEvent.disableScrollPropagation(holder);
      return holder;
    };
    control.addTo(map);
  }

  /* Rows of a tree of layers; of those that share a radio button only one is shown. */
  addRows(nodes, parent, prefix) {
    const { map } = this;
    for (const node of nodes) {
      if (node.layer === undefined) {
        this.addBranch(node, parent, prefix);
        continue;
      }
      const layer = this.layers[node.layer];
      const row = make("label", "", parent);
      const input = make("input", "", row);
      input.type = node.radio ? "radio" : "checkbox";
      if (node.radio) {
        input.name = prefix + node.radio;
        input.value = node.layer;
      }
      input.checked = map.hasLayer(layer);
      append(node.t, make("span", "", row));
      input.addEventListener("change", () => {
        if (node.radio) {
          for (const other of this.box.querySelectorAll(`input[name="${CSS.escape(input.name)}"]`)) {
            if (other !== input) map.removeLayer(this.layers[other.value]);
          }
        }
        if (input.checked) map.addLayer(layer);
        else map.removeLayer(layer);
        this.layers.forEach((one, place) => this.spec.layers[place].front && toFront(one));
      });
      if (node.c) this.addRows(node.c, make("div", "apk-layers__branch", parent), prefix);
    }
  }

  addBranch(node, parent, prefix) {
    const branch = make("details", "apk-layers__branch", parent);
    branch.open = !node.closed;
    append(node.t, make("summary", "", branch));
    const rows = make("div", "", branch);
    this.addRows(node.c || [], rows, prefix);
    if (!node.all) return;
    const row = make("label", "");
    const input = make("input", "", row);
    const boxes = () => Array.from(rows.querySelectorAll("input[type=checkbox]")).filter((one) => one !== input);
    const tell = () => {
      const ticked = boxes().filter((one) => one.checked).length;
      input.checked = ticked === boxes().length;
      input.indeterminate = ticked > 0 && !input.checked;
    };
    input.type = "checkbox";
    make("span", "", row, this.words.all);
    input.addEventListener("change", () => {
      for (const one of boxes()) if (one.checked !== input.checked) one.click();
    });
    rows.addEventListener("change", tell);
    rows.prepend(row);
    tell();
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
