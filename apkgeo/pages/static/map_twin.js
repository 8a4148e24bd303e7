/* Two maps that show the same place: what moves one moves the other. */

const TWINS = new Map();

STARTERS.push((page) => {
  const { map, spec, box } = page;
  if (!spec.twin) return;
  TWINS.set(box.id, map);
  map.on("move", () => {
    const other = TWINS.get(spec.twin);
    if (!other || other.apkFollows) return;
    map.apkFollows = true;
    other.setView(map.getCenter(), map.getZoom(), { animate: false });
    map.apkFollows = false;
  });
});
