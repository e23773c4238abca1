-- One point inside each feature of a polygon layer: where its label stands. A point is in the one tile that contains it
-- (west and north edges included), so that no label is drawn twice.
-- @bminx, @bminy, @bmaxx, @bmaxy: bounds of the tile, in the coordinates of its set. Columns as those of select.sql.
-- Index: as select.sql.
select id, point /* names */
from (
    select /* id */ as id, st_pointonsurface(/* coordinates */) as point /* columns */
    from /* table */
    where /* geometry */ && /* envelope */ and not st_isempty(/* geometry */) and /* filter */ /* rule */ and /* label */
    /* order */
) as inside
where st_x(point) >= @bminx and st_x(point) < @bmaxx and st_y(point) > @bminy and st_y(point) <= @bmaxy
