package main_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

// Whatever the sender of a request is told is told in Chinese and in English, by layers.Refuse or layers.Say.
func TestRefusalsAreWrittenInBothLanguages(t *testing.T) {
	t.Parallel()
	files := token.NewFileSet()
	messages := 0
	for _, room := range []string{"api", "cmd", "layers", "spatial", "tiles"} {
		err := filepath.WalkDir(filepath.Join("..", "..", room), func(path string, d fs.DirEntry, err error) error {
			if err != nil || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			ast.Inspect(file, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok {
					return true
				}
				if text := inEnglishAlone(call); text != "" {
					t.Errorf("%s: %s is told in English alone; use layers.Refuse", files.Position(call.Pos()), text)
				}
				en, zh, args, ok := inBoth(call)
				if !ok {
					return true
				}
				messages++
				if fault := mismatch(en, zh, args); fault != "" {
					t.Errorf("%s: %s", files.Position(call.Pos()), fault)
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if messages < 400 {
		t.Errorf("only %d messages were found: does this test still know how they are written?", messages)
	}
}

// senders are the errors that the sender of a request is told.
var senders = regexp.MustCompile(`^Err(Invalid|NotFound|Forbidden|Conflict|Timeout|Busy|TooLarge)$`)

// inEnglishAlone is the text of a fmt.Errorf that stands under one of those errors.
func inEnglishAlone(call *ast.CallExpr) string {
	if name(call.Fun) != "Errorf" || len(call.Args) < 2 || !senders.MatchString(name(call.Args[1])) {
		return ""
	}
	if text, ok := literal(call.Args[0]); ok && strings.ContainsFunc(verb.ReplaceAllString(text, ""), unicode.IsLetter) {
		return strconv.Quote(text)
	}
	return ""
}

// inBoth are the two texts of a message and the number of their arguments, -1 = not known; ok is false for any other call.
func inBoth(call *ast.CallExpr) (en, zh string, args int, ok bool) {
	says := name(call.Fun) == "Refuse" || name(call.Fun) == "Say"
	for i := 0; i+1 < len(call.Args); i++ {
		first, isText := literal(call.Args[i])
		second, isToo := literal(call.Args[i+1])
		if !isText || !isToo || inHan(first) || !inHan(second) && !says {
			continue
		}
		en, zh, args, ok = first, second, len(call.Args)-i-2, true
		if call.Ellipsis.IsValid() || args == 0 && !says { // one of the two is chosen, and filled later
			args = -1
		}
		if inHan(zh) {
			return en, zh, args, ok // otherwise they were a code and a parameter, and the texts come after them
		}
	}
	return en, zh, args, ok
}

// verb is one place for an argument in a text.
var verb = regexp.MustCompile(`%[-+# 0]*[0-9]*(\.[0-9]+)?(\[[0-9]+\])?[a-zA-Z]`)

// mismatch is what is wrong with the two texts of a message.
func mismatch(en, zh string, args int) string {
	if !inHan(zh) && zh != en && strings.ContainsFunc(verb.ReplaceAllString(en, ""), unicode.IsLetter) {
		return fmt.Sprintf("%q is no Chinese", zh)
	}
	if args < 0 || !strings.Contains(en+zh, "%") {
		return ""
	}
	given := make([]any, args)
	for i := range given {
		given[i] = anything{}
	}
	for _, text := range []string{en, zh} {
		if said := fmt.Sprintf(text, given...); strings.Contains(said, "%!") {
			return fmt.Sprintf("%q does not fit its %d arguments: %s", text, args, said)
		}
	}
	return ""
}

// anything can be written with any verb.
type anything struct{}

func (anything) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte("…")) }

func inHan(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

// name is that of a function or a value, without its package's.
func name(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}

func literal(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(lit.Value)
	return text, err == nil
}
