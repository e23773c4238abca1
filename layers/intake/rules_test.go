package intake

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// rulesInCode are the texts like geometry.empty in the code of the import.
func rulesInCode(t *testing.T) map[string]bool {
	t.Helper()
	ruleLike, fileLike := regexp.MustCompile(`^[a-z]+\.[a-z-]+$`), regexp.MustCompile(`\.(ini|db|shx|shp|dbf|csv|txt|zip|json)$`)
	rules := map[string]bool{}
	for _, pattern := range []string{"*.go", "../format/*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") || strings.HasPrefix(filepath.Base(file), "write_") { // which is the export
				continue
			}
			tree, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(tree, func(n ast.Node) bool {
				if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
					if text, err := strconv.Unquote(lit.Value); err == nil && ruleLike.MatchString(text) && !fileLike.MatchString(text) {
						rules[text] = true
					}
				}
				return true
			})
		}
	}
	return rules
}

// rulesInDocs are those of the tables of docs/import.md.
func rulesInDocs(t *testing.T) map[string]bool {
	t.Helper()
	text, err := os.ReadFile("../../docs/import.md")
	if err != nil {
		t.Fatal(err)
	}
	rules, named := map[string]bool{}, regexp.MustCompile("`([a-z]*)(\\.[a-z-]+)`")
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(line, "|")
		if len(cells) < 4 {
			continue
		}
		subject := ""
		for _, m := range named.FindAllStringSubmatch(cells[1], -1) {
			if m[1] != "" {
				subject = m[1]
			}
			rules[subject+m[2]] = true
		}
	}
	return rules
}

func TestEveryRuleIsInTheManual(t *testing.T) {
	t.Parallel()
	code, docs := rulesInCode(t), rulesInDocs(t)
	for _, rule := range slices.Sorted(maps.Keys(code)) {
		if !docs[rule] {
			t.Errorf("%s is not in docs/import.md", rule)
		}
	}
	for _, rule := range slices.Sorted(maps.Keys(docs)) {
		if !code[rule] {
			t.Errorf("%s of docs/import.md is in no code", rule)
		}
	}
}
