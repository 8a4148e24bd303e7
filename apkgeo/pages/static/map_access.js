/* The map without a mouse: one Tab stop, arrow keys from area to area, popups and cards. */

class ReachableMap extends DrawnMap {
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
    let known = map.getSize();
    new ResizeObserver(() => {
      const size = L.point(box.clientWidth, box.clientHeight);
      if (size.equals(known)) return;
      known = size;
      map.invalidateSize({ pan: false, animate: false });
      if (!this.touched && box.clientWidth) this.showStart();
    }).observe(box);
    if (!this.spec.options.wheel && this.spec.options.scrollWheelZoom !== false) this.tameWheel();
  }

  onKey(event) {
    if (event.key === "Escape") {
      if (this.map._popup && this.map._popup.isOpen()) this.map.closePopup();
      else if (this.card) this.closeCard();
      for (const { layer } of this.areas.values()) {
        if (layer.getTooltip() && !layer.getTooltip().options.permanent) layer.closeTooltip();
      }
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
    if (byKeyboard && item.open) item.open();
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
}
