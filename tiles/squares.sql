-- Polygons that are too small to be told apart, as squares: those whose box has its middle in one square of a grid are one of its
-- size, or, where they do not fill it, of theirs, so that as much is drawn as there is; of the class that has most of it. The
-- large ones are themselves. The grid is the same for all tiles of a zoom; both kinds of rows are select.sql's. @cell: a
-- square's side, in the coordinates of the set. Columns as those of select.sql, the class in place of its property.
select " id", " shape" /* names */ from (/* large */) as large
union all
(select null, st_expand(st_makepoint((x + 0.5) * @cell::float8, (y + 0.5) * @cell::float8),
    @cell::float8 / 2 * case when filled >= 0.75 then 1 else greatest(sqrt(filled), 0.25) end) /* class */
from (
    select x, y, row_number() over (partition by x, y order by sum(area) desc /* by */) as place,
        sum(sum(area)) over (partition by x, y) / (@cell::float8 * @cell::float8) as filled /* by */
    from (
        select floor((st_xmin(" shape") + st_xmax(" shape")) / 2 / @cell::float8) as x,
            floor((st_ymin(" shape") + st_ymax(" shape")) / 2 / @cell::float8) as y, st_area(" shape") as area /* by */
        from (/* small */) as small
    ) as measured
    group by x, y /* by */
) as squares
where place = 1
order by y desc, x)
