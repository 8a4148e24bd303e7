/* Find what the map names; show only markers with chosen tags. */

function folded(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().trim();
}

const MOST_FOUND = 8;

CONTROLS.search = (page, { at, layer: top, hint, zoom }) => {
  const { words } = page;
  const holder = make("div", "leaflet-bar apk-search");
  const input = make("input", "", holder);
  const list = make("ul", "", holder);
  const said = make("div", "apk-hidden", holder);
  Object.assign(input, { type: "search", placeholder: hint || words.search, autocomplete: "off" });
  input.setAttribute("aria-label", hint || words.search);
  said.setAttribute("role", "status");
  const entries = page.records.filter((record) => record.top === top)
    .map((record) => ({ ...record, name: record.item.q || page.label(record.item) }))
    .filter((record) => record.name);
  const open = (record) => {
    list.textContent = "";
    input.value = record.name;
    if (!page.map.hasLayer(page.layers[top])) page.map.addLayer(page.layers[top]);
    const reach = () => {
      const { layer } = record;
      page.focus(layer.getElement && layer.getElement());
      if (layer.getPopup()) layer.openPopup(middleOf(layer));
    };
    if (page.layers[top].zoomToShowLayer) page.layers[top].zoomToShowLayer(record.layer, reach);
    else {
      if (record.layer.getBounds) page.map.fitBounds(record.layer.getBounds(), { maxZoom: zoom || 16, padding: [40, 40], animate: false });
      else page.map.setView(record.layer.getLatLng(), zoom || Math.max(16, page.map.getZoom()), { animate: false });
      reach();
    }
  };
  const find = () => {
    const wanted = folded(input.value);
    list.textContent = "";
    const fits = wanted ? entries.filter(({ name }) => folded(name).includes(wanted)) : [];
    fits.sort((one, other) => folded(other.name).startsWith(wanted) - folded(one.name).startsWith(wanted)
      || one.name.localeCompare(other.name, document.documentElement.lang));
    for (const record of fits.slice(0, MOST_FOUND)) {
      const button = make("button", "", make("li", "", list), record.name);
      button.type = "button";
      button.addEventListener("click", () => open(record));
    }
    said.textContent = wanted ? words.found.replace("{count}", String(fits.length)) : "";
    return fits;
  };
  input.addEventListener("input", find);
  holder.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Escape") {
      list.textContent = "";
      input.focus();
    } else if (event.key === "Enter" && event.target === input) {
      const [first] = find();
      if (first) open(first);
    }
  });
  place(page, at, holder);
};

CONTROLS.tags = (page, { at, tags }) => {
  const holder = make("details", "leaflet-bar apk-tags");
  make("summary", "", holder, page.words.tags);
  const tagged = page.records.filter(({ item }) => item.tags);
  const boxes = tags.map((tag) => {
    const row = make("label", "", holder);
    const input = make("input", "", row);
    input.type = "checkbox";
    make("span", "", row, tag);
    input.addEventListener("change", () => {
      const chosen = boxes.filter((one) => one.input.checked).map((one) => one.tag);
      for (const { layer, item, top } of tagged) {
        const whole = page.layers[top] === layer ? page.map : page.layers[top];
        const wanted = !chosen.length || item.tags.some((one) => chosen.includes(one));
        if (wanted !== whole.hasLayer(layer)) whole[wanted ? "addLayer" : "removeLayer"](layer);
      }
    });
    return { input, tag };
  });
  place(page, at, holder);
};
