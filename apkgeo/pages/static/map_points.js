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

/* Latitudes and longitudes in turn, on the square of the web's Mercator, of side 1. */
function onSquare(places) {
  const x = new Float64Array(places.length / 2);
  const y = new Float64Array(places.length / 2);
  for (let i = 0; i < x.length; i += 1) {
    const sine = Math.sin(places[2 * i] * Math.PI / 180);
    x[i] = places[2 * i + 1] / 360 + 0.5;
    y[i] = 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
  }
  return { x, y };
}

function inkOf(color) {
  const pen = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  pen.fillStyle = color;
  pen.fillRect(0, 0, 1, 1);
  return pen.getImageData(0, 0, 1, 1).data;
}

const PointsOnCanvas = L.Layer.extend({
  initialize(item, options) {
    L.setOptions(this, options);
    this.item = item;
    this.ink = inkOf(item.color);
    Object.assign(this, onSquare(decodePoints(item.b, 10 ** item.digits)));
  },

  onAdd() {
    this.canvas = make("canvas", "apk-points leaflet-zoom-hide", this.getPane());
    this.canvas.setAttribute("aria-hidden", "true");
    this.later();
  },

  onRemove() {
    L.Util.cancelAnimFrame(this.frame);
    this.canvas.remove();
  },

  getEvents() {
    return { moveend: this.later, zoomend: this.later, resize: this.later, viewreset: this.later };
  },

  /* Several events of one move are one drawing. */
  later() {
    L.Util.cancelAnimFrame(this.frame);
    this.frame = L.Util.requestAnimFrame(this.redraw, this);
  },

  /* How much of each pixel a dot covers, as the logarithm of what shines through it. */
  mask(ratio) {
    const radius = this.item.r * ratio;
    const reach = Math.ceil(radius);
    const mask = [];
    for (let down = -reach; down <= reach; down += 1) {
      for (let right = -reach; right <= reach; right += 1) {
        const cover = Math.min(1, Math.max(0, radius + 0.5 - Math.hypot(right, down)));
        const through = 1 - Math.min(0.996, this.item.opacity * cover);
        if (cover) mask.push({ right, down, weight: Math.log(through) });
      }
    }
    return { reach, mask };
  },

  /* Lay the canvas over the view; return what a position must be multiplied by and moved. */
  fit() {
    const { _map: map, canvas } = this;
    const size = map.getSize();
    const ratio = window.devicePixelRatio || 1;
    canvas.width = Math.round(size.x * ratio);
    canvas.height = Math.round(size.y * ratio);
    restyle(canvas, { width: size.x + "px", height: size.y + "px" });
    L.DomUtil.setPosition(canvas, map.containerPointToLayerPoint([0, 0]));
    return {
      width: canvas.width, height: canvas.height, ratio,
      earth: 256 * 2 ** map.getZoom() * ratio,
      corner: map.getPixelBounds().min.multiplyBy(ratio),
    };
  },

  redraw() {
    const { x, y } = this;
    const { width, height, ratio, earth, corner } = this.fit();
    const { reach, mask } = this.mask(ratio);
    const row = width + 2 * reach;
    const through = new Float32Array(row * (height + 2 * reach));
    const steps = mask.map(({ right, down }) => down * row + right);
    for (let i = 0; i < x.length; i += 1) {
      const left = Math.floor(x[i] * earth - corner.x);
      const top = Math.floor(y[i] * earth - corner.y);
      if (left < 0 || top < 0 || left >= width || top >= height) continue;
      const middle = (top + reach) * row + left + reach;
      for (let k = 0; k < steps.length; k += 1) through[middle + steps[k]] += mask[k].weight;
    }
    this.paint(through, row, reach, width, height);
  },

  paint(through, row, reach, width, height) {
    const pen = this.canvas.getContext("2d");
    const [red, green, blue] = this.ink;
    const picture = pen.createImageData(width, height);
    for (let down = 0; down < height; down += 1) {
      for (let right = 0; right < width; right += 1) {
        const dark = through[(down + reach) * row + right + reach];
        if (!dark) continue;
        picture.data.set([red, green, blue, 255 * (1 - Math.exp(dark))], 4 * (down * width + right));
      }
    }
    pen.putImageData(picture, 0, 0);
  },
});
