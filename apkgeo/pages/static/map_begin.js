/* Every map of the page begins, when it is seen. */

function begin(box) {
  const specification = JSON.parse(document.getElementById(box.id + "-data").textContent);
  // A page may hold this script twice, with other parts: each map begins once, with all it needs.
  if (box.dataset.apkMap === "begun" || !(specification.parts || []).every((part) => PARTS.has(part))) return;
  box.dataset.apkMap = "begun";
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
