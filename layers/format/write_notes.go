package format

import "onemap/layers"

// ExportNote is something that a format could not hold as it is, and what was done.
type ExportNote struct {
	Rule     string       `json:"rule"`
	Severity Severity     `json:"severity"`
	Field    string       `json:"field,omitempty"` // name in the file
	Count    int64        `json:"count"`
	Features []string     `json:"features,omitempty"` // ids of the first
	Value    string       `json:"value,omitempty"`    // the first, at most 200 characters
	Words    layers.Words `json:"words"`

	column *column
}

// What is said of values.
var (
	textCut       = layers.Say("longer than the format can hold; cut between two characters", "文字超出该格式允许的长度，已在字符边界处截断")
	textEncoding  = layers.Say("has characters that the encoding does not have; 〓 (or ?) stands for them", "含有所选编码没有的字符，已用“〓”（或“?”）代替")
	textControl   = layers.Say("has control characters that the format does not allow; they were left out", "含有该格式不允许的控制字符，已去掉")
	textLine      = layers.Say("has line ends, which the format can not hold; they became blanks", "含有换行，该格式不能存，已改为空格")
	nullZero      = layers.Say("null, which the format does not know: reads as 0 or no", "空值：该格式没有空值，将读作0或“否”")
	timeZone      = layers.Say("moments are written in UTC, and programs may show them so", "时刻按世界协调时（UTC）写出，有的软件直接显示，比北京时间少8小时")
	timeFraction  = layers.Say("parts of a second are left out", "不足一秒的部分已略去")
	boolNumber    = layers.Say("yes and no are written as 1 and 0", "“是/否”按1、0写出")
	textEmpty     = layers.Say("empty text and null are the same in this format", "该格式不区分空文字与空值")
	numberText    = layers.Say("larger than the format's numbers; the whole field is written as text", "数值超出该格式数字类型的范围，该字段整列按文字写出")
	numberRounded = layers.Say("has more digits than the format keeps (about 15); rounded", "数值位数超出该格式的精度（约15位），已四舍五入")
	nameChanged   = layers.Say("names of fields that the format does not allow were changed", "字段名不符合该格式要求，已改名")
	geometryNull  = layers.Say("features without geometry are left out: the format holds nothing else", "无几何的要素未写出：该格式只存图形")
	geometryNone  = layers.Say("a geometry that the format can not hold; written without", "该格式不能存放此几何，按空几何写出")
	numberNone    = layers.Say("not a number, or infinite; written as null", "不是有限数值，按空值写出")
	dateInfinite  = layers.Say("an infinite date; written as null", "日期为无穷，按空值写出")
)

// noteBook counts notes by rule and column.
type noteBook struct {
	notes []*ExportNote
	index map[noteKey]*ExportNote
}

type noteKey struct {
	rule   string
	column *column
}

// firstFeatures is how many ids a note names.
const firstFeatures = 10

// add counts one case. column nil is about the feature as a whole.
func (t *noteBook) add(rule string, severity Severity, c *column, id, value string, words layers.Words) {
	key := noteKey{rule, c}
	note := t.index[key]
	if note == nil {
		note = &ExportNote{Rule: rule, Severity: severity, Words: words, column: c}
		if r := []rune(value); len(r) > 200 {
			value = string(r[:200])
		}
		note.Value = value
		if t.index == nil {
			t.index = map[noteKey]*ExportNote{}
		}
		t.index[key] = note
		t.notes = append(t.notes, note)
	}
	note.Count++
	if id != "" && len(note.Features) < firstFeatures {
		note.Features = append(note.Features, id)
	}
}

// say notes something about the file as a whole.
func (t *noteBook) say(rule string, severity Severity, words layers.Words) {
	t.notes = append(t.notes, &ExportNote{Rule: rule, Severity: severity, Count: 1, Words: words})
}
