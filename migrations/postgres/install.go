package postgres

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
)

// ErrNotInstalled says that PostgreSQL or PostGIS is missing; its text has the line that installs it.
var ErrNotInstalled = errors.New("not installed")

// missing says what is not there and the exact line that installs it on this system.
func missing(have []installation, want int) error {
	same := false
	for _, i := range have {
		same = same || want == 0 || i.major == want
	}
	switch {
	case len(have) == 0:
		return notInstalled("PostgreSQL with PostGIS", installLine(packager(), want, false))
	case !same:
		what := fmt.Sprintf("PostgreSQL %d, which made this data directory (found: PostgreSQL %d in %s)", want, have[0].major, have[0].bin)
		return notInstalled(what, installLine(packager(), want, false))
	}
	what := fmt.Sprintf("PostGIS for PostgreSQL %d in %s", have[0].major, have[0].bin)
	return notInstalled(what, installLine(packager(), have[0].major, true))
}

func notInstalled(what, line string) error {
	return fmt.Errorf("%w: %s\nInstall: %s", ErrNotInstalled, what, line)
}

// installLine is the command for a package manager; version 0 means whichever it offers. server tells that only
// PostGIS is missing and the server is there.
func installLine(manager string, version int, server bool) string {
	debian := "sudo apt-get update && sudo apt-get install -y "
	switch manager {
	case "apt":
		if version == 0 {
			return debian + "postgresql postgresql-postgis postgresql-pgrouting"
		}
		return debian + fmt.Sprintf("postgresql-%[1]d postgresql-%[1]d-postgis-3 postgresql-%[1]d-pgrouting", version)
	case "pgdg": // the PostgreSQL project's own RPMs
		return fmt.Sprintf("sudo dnf install -y postgresql%[1]d-server postgis35_%[1]d pgrouting_%[1]d", version)
	case "dnf":
		return "sudo dnf install -y postgresql-server postgis pgrouting"
	case "zypper":
		return "sudo zypper install -y postgresql-server postgresql-postgis"
	case "pacman":
		return "sudo pacman -S --needed postgresql postgis"
	case "brew":
		if version > 0 && !server {
			return fmt.Sprintf("brew install postgresql@%d postgis", version)
		}
		return "brew install postgis pgrouting"
	}
	return "PostgreSQL 15 or newer with PostGIS 3.3 or newer, by this system's package manager"
}

func packager() string {
	if runtime.GOOS == "darwin" {
		return "brew"
	}
	if _, err := os.Stat("/usr/bin/dnf"); err == nil {
		if repos, err := os.ReadDir("/etc/yum.repos.d"); err == nil {
			for _, repo := range repos {
				if strings.HasPrefix(repo.Name(), "pgdg") {
					return "pgdg"
				}
			}
		}
	}
	for _, manager := range []struct{ command, name string }{
		{"apt-get", "apt"}, {"dnf", "dnf"}, {"zypper", "zypper"}, {"pacman", "pacman"}, {"brew", "brew"},
	} {
		if _, err := exec.LookPath(manager.command); err == nil {
			return manager.name
		}
	}
	return ""
}
