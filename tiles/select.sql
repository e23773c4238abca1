-- The rows of one layer in one tile, in a stable order: @bminx … bounds of the tile with its buffer, in the coordinates of
-- its set. The parameters of the filter and the rule besides. Columns: id (bigint, null where the key is no number),
-- geometry in the coordinates of the set as EWKB, then the properties.
-- Index: the spatial index of the column the envelope is compared with; the constant is transformed, never the column.
select /* id */, /* coordinates */ /* columns */
from /* table */
where /* geometry */ && /* envelope */ and /* filter */ /* rule */
order by /* order */
