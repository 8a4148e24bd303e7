"""Results into Folium maps, pages and figures that work without a network."""
