-- What the log has beyond the index, at most @limit changes: whose row was changed, or a null where the change is of many.
-- Columns: layer, fid. Index: feed's primary key, then change_seq in the partition that "at" names.
select c.layer, c.fid
from (select seq, at from onemap.feed where pos > (select position from onemap.search_state) order by pos limit @limit) f
join onemap.change c on c.seq = f.seq and c.at = f.at
where c.op <> 'schema'
