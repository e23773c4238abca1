-- What a mosaic is sampled from: the rows of a layer that meet a rectangle of EPSG:3857, later ones over earlier ones.
-- @minx … @maxy: the rectangle. Columns: the class as text, null where it has none; the geometry in EPSG:3857 as WKB.
-- Index: the spatial index of the stored Mercator column.
select /* class */, st_asbinary(/* geometry */)
from /* table */ as source
where /* geometry */ && st_makeenvelope(@minx, @miny, @maxx, @maxy, 3857) and /* filter */
order by /* key */
