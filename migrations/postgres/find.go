package postgres

import (
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
)

// installation is one PostgreSQL on this machine.
type installation struct {
	bin   string // directory of initdb, postgres, psql
	major int
}

// places are where packages put the server's programs: Debian and Ubuntu, PGDG's RPMs, Homebrew on Apple silicon and
// Intel, Postgres.app. Fedora and FreeBSD put them on PATH.
var places = []string{
	"/usr/lib/postgresql/*/bin",
	"/usr/pgsql-*/bin",
	"/opt/homebrew/opt/postgresql@*/bin",
	"/usr/local/opt/postgresql@*/bin",
	"/Applications/Postgres.app/Contents/Versions/*/bin",
}

var versionPattern = regexp.MustCompile(`\(PostgreSQL\) (\d+)`)

// find is the PostgreSQL to run: one with PostGIS, of the wanted major version (0: any), on PATH before elsewhere and
// newer before older. dirs replaces the places to look in.
func find(dirs []string, want int) (installation, error) {
	var have []installation
	for _, bin := range candidates(dirs) {
		version, err := exec.Command(filepath.Join(bin, "postgres"), "--version").Output()
		if err != nil || !executable(filepath.Join(bin, "initdb")) {
			continue
		}
		match := versionPattern.FindSubmatch(version)
		if match == nil {
			continue
		}
		number, _ := strconv.Atoi(string(match[1]))
		found := installation{bin, number}
		if (want == 0 || want == number) && found.hasPostGIS() {
			return found, nil
		}
		have = append(have, found)
	}
	return installation{}, missing(have, want)
}

// Program is the path of one of PostgreSQL's programs, such as psql: beside a server, newest first, or on PATH.
func Program(name string) (string, error) {
	for _, bin := range candidates(nil) {
		if path := filepath.Join(bin, name); executable(path) {
			return path, nil
		}
	}
	if path, err := exec.LookPath(name); err == nil {
		return path, nil
	}
	return "", notInstalled(name, installLine(packager(), 0, false))
}

func candidates(dirs []string) []string {
	if dirs != nil {
		return dirs
	}
	if path, err := exec.LookPath("postgres"); err == nil {
		if real, err := filepath.EvalSymlinks(path); err == nil {
			path = real
		}
		dirs = append(dirs, filepath.Dir(path))
	}
	for _, place := range places {
		found, _ := filepath.Glob(place) // a bad pattern is the only error
		slices.SortStableFunc(found, func(a, b string) int { return cmp.Compare(number(b), number(a)) })
		dirs = append(dirs, found...)
	}
	return dirs
}

var digits = regexp.MustCompile(`\d+`)

// number is the version in a directory's name.
func number(dir string) int {
	all := digits.FindAllString(dir, -1)
	if len(all) == 0 {
		return 0
	}
	n, _ := strconv.Atoi(all[len(all)-1])
	return n
}

// hasPostGIS looks for the extension's control file, where pg_config says or next to the programs.
func (i installation) hasPostGIS() bool {
	shares := []string{
		filepath.Join(i.bin, "../share"),
		filepath.Join(i.bin, "../share/postgresql"),
		filepath.Join(i.bin, "../share/pgsql"),
		fmt.Sprintf("/usr/share/postgresql/%d", i.major),
	}
	if out, err := exec.Command(filepath.Join(i.bin, "pg_config"), "--sharedir").Output(); err == nil {
		shares = append([]string{string(out[:max(0, len(out)-1)])}, shares...)
	}
	return slices.ContainsFunc(shares, func(share string) bool {
		_, err := os.Stat(filepath.Join(share, "extension", "postgis.control"))
		return err == nil
	})
}

func executable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0
}
