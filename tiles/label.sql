-- One point inside each feature of a polygon layer, as the bytes of a Mapbox Vector Tile: where its label stands. A
-- point is in the one tile that contains it (west and north edges included), so that no label is drawn twice.
-- @layer: its name in the tile. @minx, @miny, @maxx, @maxy: bounds of the tile, metres of EPSG:3857. @extent: its grid.
-- Index: as select.sql.
select coalesce(st_asmvt(drawn, @layer::text, @extent::int, 'onemap geometry' /* id name */), ''::bytea)
from (
    select /* names */ st_asmvtgeom("onemap point", st_makeenvelope(@minx, @miny, @maxx, @maxy, 3857), @extent::int, 0, false) as "onemap geometry"
    from (
        select /* columns */
               st_pointonsurface(/* mercator */) as "onemap point"
        from /* table */
        where /* geometry */ && /* envelope */ and not st_isempty(/* geometry */) /* rule */ and /* label */
        order by /* order */
    ) as inside
    where st_x("onemap point") >= @minx and st_x("onemap point") < @maxx
      and st_y("onemap point") > @miny and st_y("onemap point") <= @maxy
) as drawn
