-- How far points are from what a layer's features are drawn by: their points, lines and outlines. @x and @y of the
-- points, degrees of the layer's system @srid; @reach in degrees: what is farther is not told.
-- Columns: place of the point from 1, distance in degrees. Leans on the layer's spatial index and its key.
with point as materialized (
	select p.n, st_setsrid(st_makepoint(p.x, p.y), @srid) as g
	from unnest(@x::float8[], @y::float8[]) with ordinality as p(x, y, n)
), near as materialized ( -- an outline is made once, however many points are near it
	select l./* key */ as key, array_agg(p.n) as ns, array_agg(p.g) as points
	from point p join /* table */ l on l./* geom */ && st_expand(p.g, @reach) group by l./* key */
)
select p.n, min(st_distance(o.g, p.g))
from near join /* table */ l on l./* key */ = near.key
cross join lateral (select case when st_geometrytype(l./* geom */) in ('ST_Polygon', 'ST_MultiPolygon')
	then st_boundary(l./* geom */) else l./* geom */ end as g offset 0) o
cross join lateral unnest(near.ns, near.points) as p(n, g)
where st_expand(p.g, @reach) && o.g
group by p.n having min(st_distance(o.g, p.g)) <= @reach
