-- Merges the code lists of this onemap into the database, in one statement.
-- $1 jsonb {"schemes": [rows of onemap.scheme], "codes": [rows of onemap.code]}
-- A code is written when it is new to us, or when the row still is what we shipped last and we ship another now.
-- A row that an administrator has changed stays; one that was taken away stays away.
with new_scheme as (
    select s.* from jsonb_populate_recordset(null::onemap.scheme, $1::jsonb -> 'schemes') s
), put_scheme as (
    insert into onemap.scheme select * from new_scheme on conflict (scheme) do nothing
), new_code as (
    select c.scheme, c.code, to_jsonb(c) - 'scheme' - 'code' as row
      from jsonb_populate_recordset(null::onemap.code, $1::jsonb -> 'codes') c
), due as (
    select n.*
      from new_code n
      left join onemap.code_shipped s using (scheme, code)
      left join onemap.code c using (scheme, code)
     where case when s.code is null then c.code is null
                else n.row <> s.row and to_jsonb(c) - 'scheme' - 'code' = s.row end
), put_code as (
    insert into onemap.code
    select r.* from due, jsonb_populate_record(null::onemap.code,
                         due.row || jsonb_build_object('scheme', due.scheme, 'code', due.code)) r
    on conflict (scheme, code) do update
       set name = excluded.name, name_en = excluded.name_en, parent = excluded.parent, colour = excluded.colour,
           ordinal = excluded.ordinal, unverified = excluded.unverified, properties = excluded.properties
)
insert into onemap.code_shipped
select * from new_code
on conflict (scheme, code) do update set row = excluded.row where code_shipped.row <> excluded.row
