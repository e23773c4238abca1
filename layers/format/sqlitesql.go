package format

import "strings"

// sqliteColumn is a column of a table as its CREATE TABLE says.
type sqliteColumn struct {
	name string
	rest []string // what follows the name, in capitals, quoted things as "?"
}

// number tells whether the column is another name of the row's number.
func (c sqliteColumn) number() bool {
	return len(c.rest) > 0 && c.rest[0] == "INTEGER" && c.has("PRIMARY") && !c.has("DESC")
}

func (c sqliteColumn) has(word string) bool {
	for _, w := range c.rest {
		if w == word {
			return true
		}
	}
	return false
}

// sqliteColumns reads the columns of a CREATE TABLE statement, in the order in which rows have them. ok is false for what a
// row's content does not show: tables without numbers of rows, columns that are computed, comments.
func sqliteColumns(statement string) (columns []sqliteColumn, ok bool) {
	words := sqliteWords(statement)
	open := -1
	for i, w := range words {
		if w.text == "(" && !w.quoted {
			open = i
			break
		}
	}
	if open < 0 || len(words) < 3 || words[0].upper() != "CREATE" || words[1].upper() != "TABLE" {
		return nil, false
	}
	var part []sqliteWord
	depth := 1
	for i := open + 1; i < len(words); i++ {
		w := words[i]
		switch {
		case w.quoted:
		case w.text == "(":
			depth++
		case w.text == ")":
			depth--
		}
		if depth > 0 && (w.quoted || depth > 1 || w.text != ",") {
			part = append(part, w)
			continue
		}
		if !constraint(part) {
			c, ok := declaredColumn(part)
			if !ok {
				return nil, false
			}
			columns = append(columns, c)
		}
		if part = nil; depth == 0 {
			return columns, i == len(words)-1
		}
	}
	return nil, false
}

// constraint tells whether a part of the list is none of the columns.
func constraint(part []sqliteWord) bool {
	if len(part) == 0 {
		return false
	}
	switch part[0].upper() {
	case "CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN":
		return true
	}
	return false
}

func declaredColumn(part []sqliteWord) (c sqliteColumn, ok bool) {
	if len(part) == 0 {
		return c, false
	}
	c.name = part[0].text
	for _, w := range part[1:] {
		c.rest = append(c.rest, w.upper())
	}
	return c, !c.has("GENERATED") && !c.has("AS")
}

// sqliteWord is a word of a statement, or a sign that stands for itself.
type sqliteWord struct {
	text   string
	quoted bool
}

func (w sqliteWord) upper() string {
	if w.quoted {
		return "?"
	}
	return strings.ToUpper(w.text)
}

// sqliteWords parts a statement; nil where it has comments or a quote that does not end.
func sqliteWords(s string) (words []sqliteWord) {
	closing := map[byte]byte{'"': '"', '\'': '\'', '`': '`', '[': ']'}
	for i := 0; i < len(s); {
		end, quoted := closing[s[i]]
		switch {
		case strings.HasPrefix(s[i:], "--") || strings.HasPrefix(s[i:], "/*"):
			return nil
		case quoted:
			var text strings.Builder
			for i++; ; i++ {
				if i >= len(s) {
					return nil
				}
				if s[i] == end {
					if end == ']' || i+1 >= len(s) || s[i+1] != end {
						break
					}
					i++
				}
				text.WriteByte(s[i])
			}
			words = append(words, sqliteWord{text.String(), true})
			i++
		case strings.IndexByte(" \t\r\n\f", s[i]) >= 0:
			i++
		case strings.IndexByte("(),", s[i]) >= 0:
			words = append(words, sqliteWord{s[i : i+1], false})
			i++
		default:
			n := strings.IndexAny(s[i:], " \t\r\n\f(),\"'`[")
			if n < 0 {
				n = len(s) - i
			}
			word := s[i : i+n]
			if strings.Contains(word, "--") || strings.Contains(word, "/*") {
				return nil
			}
			words = append(words, sqliteWord{word, false})
			i += n
		}
	}
	return words
}
