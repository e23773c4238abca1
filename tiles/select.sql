-- The rows of one layer in one tile, in a stable order: @bminx … bounds of the tile with its buffer, metres of EPSG:3857.
-- The rule's parameters besides. Columns: id (bigint, null where the key is no number), geometry in EPSG:3857 as EWKB,
-- then the properties.
-- Index: the spatial index of the column the envelope is compared with; the constant is transformed, never the column.
select /* id */, /* mercator */ /* columns */
from /* table */
where /* geometry */ && /* envelope */ /* rule */
order by /* order */
