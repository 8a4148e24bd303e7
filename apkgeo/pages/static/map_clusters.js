/* Markers gathered into clusters by Leaflet.markercluster; the clusters' own look and words. */

function clusterIcon(page, cluster) {
  const count = cluster.getChildCount();
  const size = count < 10 ? 34 : count < 100 ? 40 : count < 1000 ? 46 : 54;
  const badge = make("div", "apk-cluster__count", null, new Intl.NumberFormat(document.documentElement.lang).format(count));
  if (!cluster.apkListens) {
    cluster.apkListens = true;
    cluster.on("add", () => dressCluster(page, cluster));
    cluster.on("remove", () => page.undress(cluster));
  }
  return L.divIcon({ html: badge, className: "apk-icon apk-cluster", iconSize: [size, size] });
}

function dressCluster(page, cluster) {
  const element = cluster.getElement();
  if (!element) return;
  const label = page.words.cluster.replace("{count}", String(cluster.getChildCount()));
  const open = () => {
    page.map.once("moveend", () => window.setTimeout(() => page.focus(page.reachable()[0]), 60));
    cluster.fire("click", {}, true);
  };
  element.setAttribute("role", "button");
  element.setAttribute("aria-label", label);
  element.tabIndex = -1;
  page.areas.set(element, { layer: cluster, item: { open, l: label }, label });
  page.rove();
}

function clusterGroup(page, item) {
  const group = L.markerClusterGroup({
    ...item.o,
    animate: !calm,
    polygonOptions: { color: "#1a1a1a", weight: 1, fillOpacity: 0.1 },
    iconCreateFunction: (cluster) => clusterIcon(page, cluster),
  });
  return group;
}

GROUPS.cluster = clusterGroup;

KINDS.cluster = (page, item) => {
  const group = clusterGroup(page, item);
  const places = decodePoints(item.b, page.unit);
  const pin = icon(page.spec.icons[item.i]);
  const markers = [];
  for (let i = 0; i < places.length; i += 2) {
    const marker = L.marker([places[i], places[i + 1]], { icon: pin, keyboard: false, interactive: false });
    marker.on("add", () => marker.getElement().setAttribute("aria-hidden", "true"));
    markers.push(marker);
  }
  group.addLayers(markers);
  return group;
};
