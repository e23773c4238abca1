package cql

import (
	"fmt"
	"strings"
)

// arrays makes a predicate of two arrays, as jsonb; null where a value is no array.
func arrays(sql string) func(*compiler, *Call) (string, error) {
	return func(c *compiler, e *Call) (string, error) {
		a, err := c.all(Array, e.Args...)
		if err != nil {
			return "", err
		}
		return fmt.Sprintf("case when jsonb_typeof(%[1]s) = 'array' and jsonb_typeof(%[2]s) = 'array' then "+sql+" end", "to_jsonb("+a[0]+")", "to_jsonb("+a[1]+")"), nil
	}
}

// array compiles a list of values.
func (c *compiler) array(e *List) (value, error) {
	var items []string
	for _, item := range e.Items {
		v, err := c.value(item)
		if err != nil {
			return v, err
		}
		if v.kind == Shape || v.kind == Span {
			return v, wrong(item.Column(), "%[1]s is not in an array", "数组中不能有%[2]s", v.kind, kindsZh[v.kind])
		}
		items = append(items, v.sql)
	}
	return value{sql: "jsonb_build_array(" + strings.Join(items, ", ") + ")", kind: Array}, nil
}
