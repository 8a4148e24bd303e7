/* Layers that change with time, and the slider beneath the map that they follow. */

ControlledMap.prototype.follow = function follow(slider, change) {
  this.followers = this.followers || [];
  this.followers.push({ slider, change });
};

GROUPS.timed = (page, item, settings) => {
  const group = L.featureGroup();
  const parts = [];
  settings.timed = (layer, part) => {
    parts.push({ layer, part });
    if (!part.w) group.addLayer(layer);
  };
  page.follow(item.slider, (step) => {
    for (const { layer, part } of parts) {
      if (part.w) {
        const seen = part.w[0] <= step && step <= part.w[1];
        if (seen !== group.hasLayer(layer)) group[seen ? "addLayer" : "removeLayer"](layer);
      } else layer.setStyle(page.spec.styles[part.ws[step]]);
    }
  });
  return group;
};

function timeSlider(page, slider, number) {
  const { words } = page;
  const { labels } = slider;
  const row = make("div", "apk-time");
  const id = `${page.box.id}-time-${number}`;
  const play = make("button", "", row);
  const label = make("label", "", row, words.time);
  const range = make("input", "", row);
  const told = make("output", "", row);
  play.type = "button";
  label.htmlFor = id;
  Object.assign(range, { type: "range", id, min: "0", max: String(labels.length - 1), step: "1", value: String(slider.at) });
  told.htmlFor = id;
  let clock = 0;
  const show = () => {
    const step = Number(range.value);
    told.textContent = labels[step];
    range.setAttribute("aria-valuetext", labels[step]);
    for (const one of page.followers) if (one.slider === number) one.change(step);
    page.rove();
  };
  const run = (yes) => {
    window.clearInterval(clock);
    clock = yes ? window.setInterval(() => {
      if (Number(range.value) >= labels.length - 1) run(false);
      else {
        range.value = String(Number(range.value) + 1);
        show();
      }
    }, 900) : 0;
    play.textContent = yes ? words.pause : words.play;
  };
  play.addEventListener("click", () => {
    if (!clock && Number(range.value) >= labels.length - 1) {
      range.value = "0";
      show();
    }
    run(!clock);
  });
  range.addEventListener("input", () => {
    run(false);
    show();
  });
  page.box.closest(".apk-map").insertBefore(row, page.box.nextSibling);
  show();
  run(Boolean(slider.play) && !calm);
}

STARTERS.push((page) => {
  page.followers = page.followers || [];
  (page.spec.sliders || []).forEach((slider, number) => timeSlider(page, slider, number));
});
