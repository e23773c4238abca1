-- One layer of one tile, as the bytes of a Mapbox Vector Tile; empty when nothing of the layer is in the tile.
-- @layer: its name in the tile. @minx, @miny, @maxx, @maxy: bounds of the tile, and @bminx … with its buffer, metres of
-- EPSG:3857. @extent, @buffer: grid of the tile. The rule's parameters besides.
-- Index: the spatial index of the column the envelope is compared with; the constant is transformed, never the column.
select coalesce(st_asmvt(drawn, @layer::text, @extent::int, 'onemap geometry' /* id name */), ''::bytea)
from (
    select * from (
        select /* columns */
               st_asmvtgeom(/* mercator */, st_makeenvelope(@minx, @miny, @maxx, @maxy, 3857), @extent::int, @buffer::int, true) as "onemap geometry"
        from /* table */
        where /* geometry */ && /* envelope */ /* rule */
        order by /* order */
    ) as gridded
    where "onemap geometry" is not null
) as drawn
