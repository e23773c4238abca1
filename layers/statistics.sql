-- What the values of one property are like, among the features that match. In place of comments: value, the column; text, how a value is told; place, a
-- finite value of it as a float8 on a line, or null where it has none; sum, of values times rows; order, of values; table and
-- filter as everywhere. @bins of the histogram at most, @whole: bins begin at whole numbers; @numbers: what has no place is
-- neither least nor greatest; @values: the most frequent ones, at most.
-- Columns: as scanned by Statistics. One pass over the rows; what follows is over distinct values.
with value as materialized (
    select /* value */ as v, count(*) as n from /* table */ as source where /* filter */ group by 1
), placed as materialized (
    select v, n, /* place */ as x from value where v is not null
), span as (
    select min(x) as least, case when @whole::boolean then greatest(1, ceil((max(x) - min(x) + 1) / @bins::float8)) else nullif(max(x) - min(x), 0) / @bins::float8 end as step
    from placed
), bin as (
    select coalesce(least(floor((x - least) / step), @bins::float8 - 1), 0)::int as bin, sum(n)::bigint as n from placed, span where x is not null group by 1
), frequent as (
    select v, n from placed order by n desc, /* order */ limit @values::bigint
)
select coalesce((select sum(n) from value), 0)::bigint, coalesce((select n from value where v is null), 0)::bigint, (select count(*) from placed),
       (select /* text */ from placed where x is not null or not @numbers::boolean order by /* order */ limit 1),
       (select /* text */ from placed where x is not null or not @numbers::boolean order by /* order */ desc limit 1),
       (select /* sum */ from placed where x is not null),
       (select sum(n)::bigint from placed where x is not null),
       span.least, coalesce(span.step, 0),
       (select array_agg(bin order by bin) from bin), (select array_agg(n order by bin) from bin),
       (select array_agg(/* text */ order by n desc, /* order */) from frequent placed), (select array_agg(n order by n desc, /* order */) from frequent placed)
from span
