-- What the log says of each layer, for who has read the catalogue at position @since: where the log is now, and whether
-- anything but rows has changed since then, so that descriptions have to be read, too.
-- Columns: as scanned by recount. Index: feed's primary key, then change_seq in the partition that "at" names; offset 0 has
-- each change looked up, where the planner, who expects more of them, would read them all.
select (select coalesce(max(pos), 0) from onemap.feed),
       exists (select from onemap.feed f, lateral (select op from onemap.change where seq = f.seq and at = f.at offset 0) c
               where f.pos > @since and c.op not in ('insert', 'update', 'delete', 'bulk')),
       s.layer, s.count, s.bounds, s.revision
from (select) one left join onemap.layer_stat s on true
