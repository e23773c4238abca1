-- The invented town's one code list.
insert into onemap.scheme (scheme, title, title_en) values ('town_use', '用途', 'Use');
insert into onemap.code (scheme, code, name, name_en, colour, ordinal) values
    ('town_use', '01', '住宅', 'Dwelling', '#E7B70E', 1), ('town_use', '02', '学校', 'School', '#2F7D4F', 2);
