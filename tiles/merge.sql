-- Lines of one class as one feature, joined where they meet. Columns as those of select.sql, whose rows they are; without ids.
select null::bigint, st_linemerge(st_collectionextract(st_collect(" shape"), 2)) /* names */
from (/* rows */) as drawn
/* group */
