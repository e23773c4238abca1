-- Points of one square as one: in their middle, with how many they are (null = it is one, with its id and properties), and
-- of other properties the most frequent value. Squares are the same for all tiles of a zoom; the rows are select.sql's for a
-- rectangle that has all of them whole. @cell: a square's side, in the coordinates of the set. Columns as those of select.sql,
-- then the count.
select case when count(*) = 1 then min(" id") end,
    st_makepoint(avg(st_x(st_centroid(" shape"))), avg(st_y(st_centroid(" shape")))) /* most */, nullif(count(*), 1)
from (/* rows */) as drawn
where not st_isempty(" shape")
group by floor(st_x(st_centroid(" shape")) / @cell::float8), floor(st_y(st_centroid(" shape")) / @cell::float8)
order by floor(st_x(st_centroid(" shape")) / @cell::float8), floor(st_y(st_centroid(" shape")) / @cell::float8)
