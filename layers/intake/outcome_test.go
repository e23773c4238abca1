package intake_test

import (
	"cmp"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"onemap/layers"
	"onemap/layers/format"
	"onemap/layers/intake"
)

var update = flag.Bool("update", false, "write testdata/outcomes.tsv anew; read every line of the difference")

// outcomeColumns head the table of outcomes: one line for each source of each file.
const outcomeColumns = "file\tsource\ttaken\trejected\trepaired\tformat\tencoding\tcrs\trules and doubts (! stops a real import)\twhy refused"

// smallEnough is up to how many bytes a file is also imported for good: the others only make the test slow.
const smallEnough = 100_000

// enoughSources is how many sources of a file are imported for good.
const enoughSources = 2

// TestOutcomes brings in every file of people that we have, as `onemap import FILE --each` would. Each line of the table
// was read: what is refused can not be read, and the words say what to do.
func TestOutcomes(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("reads some hundred files")
	}
	root := peoplesFiles(t)
	d := newDesk(t)
	files := datasets(t, root)
	var lock sync.Mutex
	outcomes := map[string][]string{}
	t.Run("files", func(t *testing.T) {
		for i, file := range files {
			t.Run(file, func(t *testing.T) {
				t.Parallel()
				path := filepath.Join(root, filepath.FromSlash(file))
				files := intake.NewFiles([]string{path}, t.TempDir())
				defer files.Close()
				lines := (&trial{t: t, desk: d, files: files, path: path, file: file, layer: fmt.Sprintf("outcome_%d", i), look: strings.HasPrefix(file, "5-nasty") && i%3 > 0}).run()
				lock.Lock()
				outcomes[file] = lines
				lock.Unlock()
			})
		}
	})
	if len(outcomes) < len(files) { // a part of them was asked for
		for file, lines := range outcomes {
			t.Logf("%s\n%s", file, strings.Join(lines, "\n"))
		}
		return
	}
	lines := []string{outcomeColumns}
	for _, file := range slices.Sorted(maps.Keys(outcomes)) {
		lines = append(lines, outcomes[file]...)
	}
	got, golden := strings.Join(lines, "\n")+"\n", filepath.Join("testdata", "outcomes.tsv")
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// peoplesFiles finds the directory of files that were not made for us.
func peoplesFiles(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		data := filepath.Join(dir, "shared", "data")
		if info, err := os.Stat(filepath.Join(data, "5-nasty")); err == nil && info.IsDir() {
			return data
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Skip("shared/data is not beside this tree: there are no files of people to try")
		}
		dir = up
	}
}

// datasets are what an office would give: a shapefile goes with the files that belong to it, a file geodatabase is one.
// Licences, and what other programs say of the files, are left out.
func datasets(t *testing.T, root string) (files []string) {
	t.Helper()
	for _, part := range []string{"1-admin", "2-osm", "3-landuse", "4-pipes", "5-nasty"} {
		err := filepath.WalkDir(filepath.Join(root, part), func(path string, e fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case e.IsDir() && strings.HasSuffix(path, ".gdb"):
				files = append(files, path)
				return filepath.SkipDir
			case e.IsDir() || companion(path):
				return nil
			}
			files = append(files, path)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for i, file := range files {
		rel, err := filepath.Rel(root, file)
		if err != nil {
			t.Fatal(err)
		}
		files[i] = filepath.ToSlash(rel)
	}
	return files
}

func companion(path string) bool {
	name, ext := filepath.Base(path), filepath.Ext(path)
	if strings.HasPrefix(name, "LICENSE") || strings.HasPrefix(name, "README") || strings.Contains(ext, "result") || strings.HasPrefix(ext, ".cli-output") {
		return true
	}
	base := strings.TrimSuffix(path, ext)
	switch ext {
	case ".shx", ".dbf", ".prj", ".qpj", ".cpg", ".sbn", ".sbx":
		_, err := os.Stat(base + ".shp")
		return err == nil
	case ".xsd":
		_, err := os.Stat(base + ".gml")
		return err == nil
	case ".xml", ".aux":
		return strings.HasSuffix(base, ".shp")
	}
	return false
}

// trial is one file on its way in.
type trial struct {
	t                 *testing.T
	desk              *desk
	files             *intake.Files
	path, file, layer string
	look              bool // only
}

func (tr *trial) bring(opt intake.Options) (*intake.Report, error) {
	tr.t.Helper()
	return tr.files.Import(tr.t.Context(), tr.desk.store, clerk, opt)
}

// run looks at the file, then at each of its sources, and tells a line of each.
func (tr *trial) run() (lines []string) {
	tr.t.Helper()
	report, err := tr.bring(tr.options())
	if err != nil {
		return []string{tr.line("", report, err)}
	}
	used := slices.ContainsFunc(report.Sources, func(s intake.Source) bool { return s.Used })
	if used {
		tr.forGood(tr.options(), report)
		return []string{tr.line(usedNames(report), report, nil)}
	}
	for i, s := range report.Sources {
		opt := tr.options()
		opt.From = s.File + "/" + s.Name
		one, err := tr.bring(opt)
		if err == nil && i < enoughSources {
			opt.Layer = fmt.Sprintf("%s_%d", tr.layer, i)
			tr.forGood(opt, one)
		}
		lines = append(lines, tr.line(s.Name, one, err))
	}
	return lines
}

// options are what a clerk would say: the files of hydraulic models can not name their coordinate system.
func (tr *trial) options() intake.Options {
	opt := intake.Options{Layer: tr.layer, DryRun: true}
	if strings.HasSuffix(tr.file, ".inp") {
		opt.SRID = 4548
	}
	return opt
}

// forGood imports what a dry run promised, and counts.
func (tr *trial) forGood(opt intake.Options, promised *intake.Report) {
	tr.t.Helper()
	info, err := os.Stat(tr.path)
	if err != nil {
		tr.t.Fatal(err)
	}
	if tr.look || blocked(promised) || info.Size() > smallEnough {
		return
	}
	opt.DryRun = false
	report, err := tr.bring(opt)
	if err != nil {
		tr.t.Errorf("a dry run did not say so: %v", err)
		return
	}
	var rows int64
	query := "select count(*) from layer." + pgx.Identifier{opt.Layer}.Sanitize()
	if err := tr.desk.pool.QueryRow(tr.t.Context(), query).Scan(&rows); err != nil {
		tr.t.Error(err)
	}
	if rows != promised.Rows.Taken || report.Rows.Taken != rows || report.Rows.Rejected != promised.Rows.Rejected {
		tr.t.Errorf("%d rows are in the layer; promised %+v, told %+v", rows, promised.Rows, report.Rows)
	}
}

func blocked(r *intake.Report) bool {
	return slices.ContainsFunc(r.Doubts, func(d intake.Doubt) bool { return d.Blocking })
}

func usedNames(r *intake.Report) string {
	var names []string
	for _, s := range r.Sources {
		if s.Used {
			names = append(names, s.Name)
		}
	}
	return strings.Join(names, "+")
}

// line is one row of the table. All words are held against what people can read on the way.
func (tr *trial) line(source string, r *intake.Report, err error) string {
	tr.t.Helper()
	why := ""
	if err != nil {
		words := format.WordsOf(err)
		if why = words.En; !strings.HasPrefix(err.Error(), layers.ErrInvalid.Error()) {
			tr.t.Errorf("our fault, not the file's: %v", err)
		}
		tr.readable(words)
	}
	crs := r.CRS.Name
	if r.CRS.EPSG != 0 {
		crs = fmt.Sprintf("%s (%d)", crs, r.CRS.EPSG)
	}
	if r.CRS.Fix != nil {
		crs += " → " + r.CRS.Fix.Name
		tr.readable(r.CRS.Fix.Words)
	}
	return strings.Join([]string{tr.file, source, fmt.Sprint(r.Rows.Taken), fmt.Sprint(r.Rows.Rejected), fmt.Sprint(r.Rows.Repaired),
		r.Format, r.Encoding.Name, crs, tr.rules(r), strings.ReplaceAll(why, "\n", " | ")}, "\t")
}

func (tr *trial) rules(r *intake.Report) string {
	tr.t.Helper()
	var all []string
	for _, d := range r.Doubts {
		tr.readable(d.Words)
		mark := ""
		if d.Blocking {
			mark = "!"
		}
		all = append(all, mark+d.Rule)
	}
	slices.Sort(all)
	all = slices.Compact(all)
	for _, f := range r.Findings {
		tr.readable(f.Words)
	}
	rules := slices.SortedFunc(slices.Values(r.Rules), func(a, b intake.RuleCount) int { return cmp.Compare(a.Rule, b.Rule) })
	for _, c := range rules {
		all = append(all, fmt.Sprintf("%s %d", c.Rule, c.Count))
	}
	return strings.Join(all, ", ")
}

// readable says that words are there in both languages, and whole.
func (tr *trial) readable(w layers.Words) {
	tr.t.Helper()
	chinese := strings.ContainsFunc(w.Zh, func(c rune) bool { return unicode.Is(unicode.Han, c) })
	if w.En == "" || !chinese || strings.ContainsAny(w.En, "\n\x00") || strings.HasPrefix(w.Zh, "无法读取："+w.En) && len(w.En) > 0 {
		tr.t.Errorf("words %q %q", w.En, w.Zh)
	}
}
