/* Lines that bear a text, and lines beside their place. (Moving dashes are a matter of style.) */

DRESSERS.push((page, layer, item) => {
  if (item.off) shift(layer, item.off);
  if (!item.text) return;
  const { text } = item;
  let written = null;
  const write = () => {
    const path = layer.getElement && layer.getElement();
    if (written) written.remove();
    if (!path || !path.parentNode || !layer._map) return;
    page.lines = (page.lines || 0) + 1;
    path.id = path.id || `${page.box.id}-line-${page.lines}`;
    written = drawn("text", {
      "font-size": text.size, "font-weight": text.bold ? 700 : 400, fill: text.fill, dy: text.offset,
      "pointer-events": "none", "aria-hidden": "true",
    });
    const along = drawn("textPath", { href: "#" + path.id }, written);
    along.textContent = text.text;
    path.parentNode.insertBefore(written, text.below ? path : path.nextSibling);
    if (text.center) {
      along.setAttribute("startOffset", "50%");
      along.setAttribute("text-anchor", "middle");
    }
    const length = along.getComputedTextLength();
    if (text.repeat && length > 1) {
      along.textContent = text.text.repeat(Math.max(1, Math.min(500, Math.floor(path.getTotalLength() / length))));
    }
  };
  layer.on("add", () => {
    write();
    page.map.on("zoomend", write);
  });
  layer.on("remove", () => {
    page.map.off("zoomend", write);
    if (written) written.remove();
    written = null;
  });
});

/* Draw a line so many pixels to the right of where it runs. */
function shift(layer, pixels) {
  const project = layer._projectLatlngs;
  layer._projectLatlngs = function projected(places, rings, bounds) {
    project.call(this, places, rings, bounds);
    if (!(places[0] instanceof L.LatLng)) return;
    const line = rings[rings.length - 1];
    rings[rings.length - 1] = line.map((point, place) => {
      const before = line[Math.max(0, place - 1)];
      const after = line[Math.min(line.length - 1, place + 1)];
      const along = after.subtract(before);
      const length = Math.hypot(along.x, along.y) || 1;
      return L.point(point.x - along.y / length * pixels, point.y + along.x / length * pixels);
    });
  };
}
