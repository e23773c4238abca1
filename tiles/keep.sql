-- The first points of each square by rank: squares as those of cluster.sql. @cell: their side; @keep: how many of each.
-- Columns as those of select.sql.
select " id", " shape" /* names */
from (
    select *, row_number() over (
        partition by floor(st_x(st_centroid(" shape")) / @cell::float8), floor(st_y(st_centroid(" shape")) / @cell::float8)
        order by " rank" nulls last, " id", " shape"
    ) as " place"
    from (/* rows */) as drawn
    where not st_isempty(" shape")
) as ranked
where " place" <= @keep::bigint
