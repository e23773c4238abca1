-- The changes beyond position @after, at most @limit, in the one order of all.
-- Columns: as scanned by scanChange. Index: feed's primary key, then change_seq in the partition that "at" names.
select f.pos, c.seq, c.layer, c.fid, c.op, c.at, c.actor, c.role, c.request, c.reason,
       c.old_bounds, c.new_bounds, c.columns, c.count, c.delta
from (select * from onemap.feed where pos > @after order by pos limit @limit) f
join onemap.change c on c.seq = f.seq and c.at = f.at
order by f.pos
