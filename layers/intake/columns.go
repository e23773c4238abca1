package intake

import (
	"bytes"

	"onemap/layers"
	"onemap/layers/format"
)

// columnType is how a field is kept, and why so.
type columnType struct {
	kind   layers.Type
	sql    string
	notes  []layers.Words
	doubts []Doubt
}

// settle chooses the type of a field that no target prescribes: as declared, or where the field is loose the narrowest
// that every value fits without losing how it is written.
func (f *fieldProfile) settle() columnType {
	switch {
	case f.judged:
		return f.settleByValues()
	case f.Kind == format.Integer:
		return f.settleInteger(columnType{})
	case f.Kind == format.Number && f.odd&longDecimals != 0:
		return columnType{kind: layers.Number, sql: "numeric", notes: []layers.Words{
			layers.Say("numbers of more than 17 digits are kept exactly", "数值超过 17 位有效数字，按精确数值保存")}}
	}
	switch f.Kind {
	case format.Number:
		return columnType{kind: layers.Number, sql: "double precision"}
	case format.Boolean:
		return columnType{kind: layers.Boolean, sql: "boolean"}
	case format.Date:
		return columnType{kind: layers.Date, sql: "date"}
	case format.DateTime:
		return columnType{kind: layers.DateTime, sql: "timestamptz"}
	case format.JSON:
		return columnType{kind: layers.JSON, sql: "jsonb"}
	}
	return columnType{kind: layers.String, sql: "text"}
}

// settleInteger chooses the width of a whole number by its values.
func (f *fieldProfile) settleInteger(t columnType) columnType {
	switch {
	case f.digits > 18:
		t.kind, t.sql = layers.Number, "numeric"
		t.notes = append(t.notes, layers.Say("whole numbers of more than 18 digits are kept exactly", "整数超过 18 位，按精确数值保存"))
	case f.wide:
		t.kind, t.sql = layers.Integer, "bigint"
	default:
		t.kind, t.sql = layers.Integer, "integer"
	}
	return t
}

func (f *fieldProfile) settleByValues() columnType {
	text := columnType{kind: layers.String, sql: "text"}
	if f.values == 0 {
		return text
	}
	if f.strange > 0 {
		return f.explainText(text)
	}
	named := meansDate(f.Name)
	var t columnType
	switch could := f.could; {
	case could&asDate != 0 && (named || f.Loose && could&asInteger == 0):
		t = columnType{kind: layers.Date, sql: "date"}
	case could&asDateTime != 0 && (named || f.Loose && could&asInteger == 0):
		t = f.settleMoments()
	case !f.Loose:
		return text
	case could&asNumber != 0:
		if t = f.settleNumbers(); t.kind == layers.String {
			return t
		}
	case could&asBoolean != 0 && (f.odd&(yesLetter|noLetter) == 0 || f.odd&(yesLetter|noLetter) == yesLetter|noLetter):
		t = columnType{kind: layers.Boolean, sql: "boolean"}
	default:
		return text
	}
	if f.odd&fullWidth != 0 {
		t.notes = append(t.notes, layers.Say("full-width characters in its values are read as ASCII", "值中的全角字符按半角读取"))
	}
	if f.odd&grouped != 0 {
		t.notes = append(t.notes, layers.Say("the commas in values like 1,234.5 separate thousands", "“1,234.5”等值中的逗号按千位分隔符读取"))
	}
	return t
}

// settleMoments chooses between points in time and days; a spreadsheet writes days with a midnight.
func (f *fieldProfile) settleMoments() columnType {
	if f.odd&clockTold == 0 {
		return columnType{kind: layers.Date, sql: "date", notes: []layers.Words{
			layers.Say("every time of day is midnight: kept as days", "所有时刻均为零点，按日期保存")}}
	}
	return columnType{kind: layers.DateTime, sql: "timestamptz"}
}

// settleNumbers chooses the type of loose values that are all numbers; some are only written in digits.
func (f *fieldProfile) settleNumbers() columnType {
	text := columnType{kind: layers.String, sql: "text"}
	because := func(en, zh string) columnType {
		text.notes = append(text.notes, layers.Words{En: en, Zh: zh})
		return text
	}
	switch {
	case meansCode(f.Name) && f.could&asInteger != 0:
		return because("its name says that it holds codes or numbers that are not counted with: kept as text", "字段名表明是代码或号码，按文本保存")
	case f.odd&notPhone == 0:
		return because("the values have the length of telephone numbers: kept as text", "值的长度与电话号码相同，按文本保存")
	case f.odd&not15Digits == 0:
		return because("the values have the length of ID card numbers: kept as text", "值的长度与身份证号相同，按文本保存")
	case f.odd&grouped != 0 && f.odd&(plainNumber|decimals) == 0:
		return because("values like 1,234 may be numbers or lists: kept as text", "“1,234”等值可能是数值也可能是列表，按文本保存")
	case f.could&asInteger != 0:
		return f.settleInteger(columnType{})
	case f.odd&longDecimals != 0:
		return columnType{kind: layers.Number, sql: "numeric", notes: []layers.Words{
			layers.Say("numbers of more than 17 digits are kept exactly", "数值超过 17 位有效数字，按精确数值保存")}}
	}
	return columnType{kind: layers.Number, sql: "double precision"}
}

// explainText says why values that look like numbers or dates at first sight are text.
func (f *fieldProfile) explainText(t columnType) columnType {
	note := func(en, zh string, args ...any) { t.notes = append(t.notes, layers.Say(en, zh, args...)) }
	doubt := func(rule, en, zh string, args ...any) {
		t.doubts = append(t.doubts, Doubt{Rule: rule, Severity: format.Warning, Words: layers.Say(en, zh, args...)})
	}
	if f.odd&ambiguousDay != 0 {
		doubt("date.ambiguous", "field %q has dates such as %s, of which nobody knows the day from the month: kept as text; write them as 2021-03-04",
			"字段“%s”有 %s 这样的日期，无法判断日与月，按文本保存；请改写为 2021-03-04 的形式", f.Name, f.first(ambiguousDay))
	}
	if !f.Loose {
		return t
	}
	if f.odd&shortened != 0 {
		doubt("value.shortened", "field %q has values such as %s: a spreadsheet has cut a long number, whose other digits are lost; set the column to text there and save it again",
			"字段“%s”有 %s 这样的值：电子表格已将长数字改写，后面的数字已丢失；请在表格中将该列设为文本后重新保存", f.Name, f.first(shortened))
	}
	switch {
	case f.odd&leadingZero != 0:
		note("values such as %q begin with 0: kept as text", "“%s”等值以 0 开头，按文本保存", f.zeros)
	case f.odd&plusSign != 0 && f.unlike != "":
		note("values such as %q begin with a plus sign: kept as text", "“%s”等值以加号开头，按文本保存", f.unlike)
	case f.odd&manyDigits != 0:
		note("values such as %q have more than 15 digits: kept as text", "“%s”等值超过 15 位，按文本保存", f.unlike)
	case f.odd&codeExponent != 0:
		note("values such as %q may be codes: kept as text", "“%s”等值可能是代码，按文本保存", f.unlike)
	case f.odd&monthOnly != 0 && f.could&asDate != 0:
		note("values such as %q tell no day: kept as text", "“%s”等值没有写明日，按文本保存", f.first(monthOnly))
	default:
		f.almost(doubt)
	}
	return t
}

// almost says which few values keep a field from being of a type.
func (f *fieldProfile) almost(doubt func(rule, en, zh string, args ...any)) {
	strange := f.strange
	if f.places != nil {
		strange = 0
		for _, d := range f.distinct {
			if could, _ := readLoose([]byte(d.text)); could == 0 {
				strange += d.count
			}
		}
	}
	kind := layers.Say("numbers", "数值")
	switch {
	case strange*10 > f.values || f.could == asAnything:
		return
	case f.could&asDateTime != 0:
		kind = layers.Say("dates", "日期")
	case f.could&asNumber == 0:
		return
	}
	doubt("type.almost", "field %q would be %s but for %d of %d values, such as %s: kept as text",
		"字段“%[1]s”的 %[4]d 个值中有 %[3]d 个（如 %[5]s）不是%[2]s，按文本保存", f.Name, kind, strange, f.values, quoted(f.strangers))
}

// first is a value that has the oddity, among those kept.
func (f *fieldProfile) first(odd oddity) string {
	for _, s := range f.strangers {
		if _, has := readLoose([]byte(s)); has&odd != 0 {
			return s
		}
	}
	for _, d := range f.distinct {
		if _, has := readLoose([]byte(d.text)); has&odd != 0 {
			return d.text
		}
	}
	return f.unlike
}

// quoted lists values for people.
func quoted(values []string) string {
	var b bytes.Buffer
	for i, v := range values {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString("“" + v + "”")
	}
	return b.String()
}
