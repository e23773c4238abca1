-- For each layer the last change that concerned all of it (how it is described, truncated, dropped) and all changes after
-- that, up to position @upto, in order: who replays them knows the last change of every place.
-- Columns: as scanned by scanChange. Index: none; a sequential scan of the log, once in the life of a node.
with begun as (
    select c.layer, max(f.pos) as pos
    from onemap.change c join onemap.feed f on f.seq = c.seq
    where c.op in ('schema', 'truncate', 'drop') and c.layer <> '' and f.pos <= @upto
    group by c.layer
)
select f.pos, c.seq, c.layer, c.fid, c.op, c.at, c.actor, c.role, c.request, c.reason,
       c.old_bounds, c.new_bounds, c.columns, c.count, c.delta
from onemap.change c join onemap.feed f on f.seq = c.seq
left join begun b on b.layer = c.layer
where c.layer <> '' and f.pos <= @upto and f.pos >= coalesce(b.pos, 0)
order by f.pos
