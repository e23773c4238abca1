-- The changes that can be seen but have no position yet: as onemap.sequence() finds them, in one snapshot with what it has done.
-- Columns: as scanned by scanChange. Index: change_xid.
with was as (select snap_max, snap_in from onemap.cursor),
seen as (
    select c.* from was, onemap.change c where c.xid >= was.snap_max
    union all
    select c.* from was, unnest(was.snap_in) x join onemap.change c on c.xid = x
)
select 0::bigint, c.seq, c.layer, c.fid, c.op, c.at, c.actor, c.role, c.request, c.reason,
       c.old_bounds, c.new_bounds, c.columns, c.count, c.delta
from seen c
