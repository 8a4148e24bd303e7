/* Heat on a canvas: soft spots that add up, coloured by how much of them lies over a place. */

/* Which colour each of 256 degrees of heat has. */
function rampOf(gradient) {
  const strip = document.createElement("canvas");
  strip.width = 256;
  strip.height = 1;
  const pen = strip.getContext("2d", { willReadFrequently: true });
  const fill = pen.createLinearGradient(0, 0, 256, 0);
  for (const [share, color] of gradient) fill.addColorStop(Math.min(1, Math.max(0, share)), color);
  pen.fillStyle = fill;
  pen.fillRect(0, 0, 256, 1);
  return pen.getImageData(0, 0, 256, 1).data;
}

const HeatOnCanvas = PointsOnCanvas.extend({
  initialize(item, page, options) {
    L.setOptions(this, options);
    this.item = item;
    this.ramp = rampOf(item.gradient);
    this.frames = (item.frames || [item]).map((frame) => ({
      ...onSquare(decodePoints(frame.b, page.unit)),
      weights: frame.w ? Uint8Array.from(atob(frame.w), (c) => c.charCodeAt(0)) : null,
      top: frame.top || 1,
    }));
    this.frame0 = 0;
  },

  step(number) {
    this.frame0 = number;
    if (this._map) this.later();
  },

  /* A disc with a soft edge: 1 in the middle, a half at the radius. */
  kernel(ratio) {
    const radius = this.item.r * ratio;
    const soft = Math.max(0.5, this.item.blur * ratio / 3.4);
    const reach = Math.ceil(radius + 2 * soft);
    const spot = [];
    for (let down = -reach; down <= reach; down += 1) {
      for (let right = -reach; right <= reach; right += 1) {
        const cover = 1 / (1 + Math.exp((Math.hypot(right, down) - radius) / (soft / 1.7)));
        if (cover > 0.004) spot.push({ right, down, cover });
      }
    }
    return { reach, spot };
  },

  /* Neighbouring points are put together, so that many cost no more than a few. */
  gathered({ width, height, ratio, earth, corner }, reach) {
    const { x, y, weights, top } = this.frames[this.frame0];
    const cell = Math.max(1, this.item.r * ratio / 2);
    const zoom = this._map.getZoom();
    const most = this.item.maxZoom === undefined ? this._map.getMaxZoom() : this.item.maxZoom;
    const scale = this.item.frames ? 1 : 1 / 2 ** Math.max(0, Math.min(most - zoom, 12));
    const cells = new Map();
    for (let i = 0; i < x.length; i += 1) {
      const left = x[i] * earth - corner.x;
      const down = y[i] * earth - corner.y;
      if (left < -reach || down < -reach || left > width + reach || down > height + reach) continue;
      const value = (weights ? weights[i] / 255 * top : 1) * scale;
      const key = Math.floor(down / cell) * 100003 + Math.floor(left / cell);
      const found = cells.get(key);
      if (!found) cells.set(key, { left: left * value, down: down * value, value });
      else {
        found.left += left * value;
        found.down += down * value;
        found.value += value;
      }
    }
    return cells.values();
  },

  redraw() {
    if (!this._map) return;
    const view = this.fit();
    const { width, height, ratio } = view;
    const { reach, spot } = this.kernel(ratio);
    const row = width + 4 * reach;
    const through = new Float32Array(row * (height + 4 * reach));
    for (const { left, down, value } of this.gathered(view, reach)) {
      if (!value) continue;
      const x = Math.round(left / value) + 2 * reach;
      const y = Math.round(down / value) + 2 * reach;
      const strength = Math.min(this.item.most, Math.max(this.item.least, Math.min(value, 1)));
      if (x < reach || y < reach || x >= width + 3 * reach || y >= height + 3 * reach) continue;
      for (let k = 0; k < spot.length; k += 1) {
        const { right, down: below, cover } = spot[k];
        through[(y + below) * row + x + right] += Math.log(1 - Math.min(0.996, strength * cover));
      }
    }
    const picture = this.canvas.getContext("2d").createImageData(width, height);
    for (let down = 0; down < height; down += 1) {
      for (let right = 0; right < width; right += 1) {
        const dark = through[(down + 2 * reach) * row + right + 2 * reach];
        if (!dark) continue;
        const heat = Math.round(255 * (1 - Math.exp(dark)));
        const at = 4 * (down * width + right);
        picture.data.set(this.ramp.subarray(4 * heat, 4 * heat + 3), at);
        picture.data[at + 3] = heat;
      }
    }
    this.canvas.getContext("2d").putImageData(picture, 0, 0);
  },
});

KINDS.heat = (page, item, _options, settings) => {
  if (!page.map.getPane("apk-heat")) page.addPane({ name: "apk-heat", z: 399, pointer: false });
  const layer = new HeatOnCanvas(item, page, { pane: settings.pane || "apk-heat" });
  if (item.slider !== undefined) page.follow(item.slider, (step) => layer.step(step));
  return layer;
};
