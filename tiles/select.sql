-- The rows of one layer in one tile: @bminx … bounds of the tile with its buffer, in the coordinates of its set. The
-- parameters of the filter and the rule besides. Columns: id (bigint, null where the key is no number), geometry in the
-- coordinates of the set as EWKB, then the properties. Rows with an id come in any order: sorting them here would cost a
-- third of the query, and hold the first back until the last is found.
-- Index: the spatial index of the column the envelope is compared with; the constant is transformed, never the column. It
-- stands in a query of its own, so that PostgreSQL can not plan by its size: one plan, by that index, serves tiles of all
-- zooms. Small tiles would else be planned each anew, because their own plan looks cheaper, and planning takes as long as they do.
select /* id */ as " id", /* coordinates */ as " shape" /* columns */
from /* table */
where /* geometry */ && /* envelope */ and /* filter */ /* rule */
/* order */
