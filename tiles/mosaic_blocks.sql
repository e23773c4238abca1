-- Which of some squares of EPSG:3857 rows of a mosaic lie in, by their bounds.
-- @x, @y: columns and rows of the squares; @side: how long they are. Columns: those of x and y with rows.
-- Index: the spatial index of the stored Mercator column, once for each square.
select x, y
from unnest(@x::integer[], @y::integer[]) as square (x, y)
where exists (select from /* table */ as source
	where /* geometry */ && (select st_makeenvelope(@side::float8 * x - @half, @half - @side::float8 * (y + 1), @side::float8 * (x + 1) - @half, @half - @side::float8 * y, 3857))
		and /* filter */)
order by y, x
