-- What one feature of a layer was and is, newest first: its rows in history and the live one. What was made and unmade within one
-- transaction was never to be seen and is left out. Names with a tilde are ours; properties may have any other. In place of
-- comments: the key's name, the filter, which holds of the feature's key; history and live, and what each has of the columns.
-- @layer; @before: only versions below, 0 = all; @limit.
-- Columns: those of the feature, the geometry as it is stored, then as Versions scans them.
-- Index: history's (fid, until_version), change_feature, change_xid, change_seq.
with source as materialized (
    select * from (
        select h.fid as /* key */, h.version, h.until_version as "~gone", h.until as "~until", h.change as "~change"/* columns then */
        from /* history */ h
    ) h where /* filter */ and version <> "~gone"
    union all
    select /* key */, version, null, null, null/* columns now */ from /* live */ where /* filter */
), own as materialized (
    select seq, xid, at, op, actor, reason from onemap.change
    where layer = @layer and fid = (select /* key */ from source limit 1)
), seen as not materialized ( -- since when as-of shows a change: not before it had been committed and had its position
    select seq, pos, (select b.at from onemap.batch b where b.pos >= feed.pos order by b.pos limit 1) as seen from onemap.feed
)
select /* columns */, /* geometry */,
       source."~gone", coalesce(begun.seen, begun.at), coalesce(f.seen, ended.at, source."~until"),
       coalesce(begun.pos, 0), coalesce(begun.op, ''), coalesce(begun.actor, ''), coalesce(begun.reason, ''),
       coalesce(f.pos, 0), coalesce(ended.op, ''), coalesce(ended.actor, ''), coalesce(ended.reason, '')
from source
left join lateral (
    select f.pos, f.seen, c.* from (
        select * from own where xid = source.version
        union all
        select seq, xid, at, op, actor, reason from onemap.change m where m.xid = source.version and m.layer = @layer and m.fid is null
    ) c left join seen f using (seq) order by c.seq desc limit 1
) begun on true
left join onemap.change ended on ended.seq = source."~change"
left join seen f on f.seq = ended.seq
where @before::bigint = 0 or source.version < @before::bigint
order by source.version desc
limit @limit
