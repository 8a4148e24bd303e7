/* Very many points on one canvas (apkgeo/pages/points.py). */

function decodePoints(code, unit) {
  const bytes = atob(code);
  const places = [];
  const at = [0, 0];
  let axis = 0;
  let value = 0;
  let scale = 1;
  for (let i = 0; i < bytes.length; i += 1) {
    const byte = bytes.charCodeAt(i);
    value += (byte & 127) * scale;
    scale *= 128;
    if (byte < 128) {
      at[axis] += value % 2 ? -(value + 1) / 2 : value / 2;
      if (axis) places.push(at[0] / unit, at[1] / unit);
      axis = 1 - axis;
      value = 0;
      scale = 1;
    }
  }
  return places;
}

const PointsOnCanvas = L.Layer.extend({
  initialize(item, options) {
    L.setOptions(this, options);
    this.item = item;
    const places = decodePoints(item.b, 10 ** item.digits);
    /* The square of the web's Mercator, of side 1. */
    this.x = new Float64Array(places.length / 2);
    this.y = new Float64Array(places.length / 2);
    for (let i = 0; i < this.x.length; i += 1) {
      const sine = Math.sin(places[2 * i] * Math.PI / 180);
      this.x[i] = places[2 * i + 1] / 360 + 0.5;
      this.y[i] = 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
    }
  },

  onAdd(map) {
    this.canvas = make("canvas", "apk-points leaflet-zoom-hide", this.getPane());
    this.canvas.setAttribute("aria-hidden", "true");
    this.dot = this.makeDot();
    this.redraw();
    return map;
  },

  onRemove() {
    this.canvas.remove();
  },

  getEvents() {
    return { moveend: this.redraw, zoomend: this.redraw, resize: this.redraw, viewreset: this.redraw };
  },

  makeDot() {
    const { r, color, opacity } = this.item;
    const ratio = window.devicePixelRatio || 1;
    const dot = document.createElement("canvas");
    dot.width = dot.height = Math.ceil(2 * r * ratio);
    const pen = dot.getContext("2d");
    pen.fillStyle = color;
    pen.globalAlpha = opacity;
    pen.arc(dot.width / 2, dot.width / 2, r * ratio, 0, 2 * Math.PI);
    pen.fill();
    return dot;
  },

  redraw() {
    const map = this._map;
    const size = map.getSize();
    const ratio = window.devicePixelRatio || 1;
    const { canvas, dot, x, y } = this;
    canvas.width = size.x * ratio;
    canvas.height = size.y * ratio;
    restyle(canvas, { width: size.x + "px", height: size.y + "px" });
    L.DomUtil.setPosition(canvas, map.containerPointToLayerPoint([0, 0]));
    const pen = canvas.getContext("2d");
    const earth = 256 * 2 ** map.getZoom() * ratio;
    const corner = map.getPixelBounds().min.multiplyBy(ratio);
    const half = dot.width / 2;
    for (let i = 0; i < x.length; i += 1) {
      const left = x[i] * earth - corner.x - half;
      const top = y[i] * earth - corner.y - half;
      if (left > -dot.width && top > -dot.width && left < canvas.width && top < canvas.height) {
        pen.drawImage(dot, left, top);
      }
    }
  },
});
