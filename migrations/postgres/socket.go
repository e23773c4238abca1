package postgres

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"strconv"
)

// longestSocket is how many bytes the path of a unix socket may have: 103 on macOS, 107 on Linux.
const longestSocket = 103

// socketDir makes the directory for the server's socket: in the data directory or, where that would be too long a
// path, in a directory for temporary files, named after the data directory.
func socketDir(opt Options, who account) (string, error) {
	sum := sha256.Sum256([]byte(opt.Data))
	short := "onemap-" + strconv.Itoa(who.uid) + "-" + hex.EncodeToString(sum[:6])
	dirs := []string{filepath.Join(opt.Data, "socket")}
	for _, root := range opt.socketRoot {
		dirs = append(dirs, filepath.Join(root, short))
	}
	for _, dir := range dirs {
		// Its lock file has the longest name; a comma would separate two directories in the server's setting.
		if len(filepath.Join(dir, ".s.PGSQL."+port+".lock")) > longestSocket || containsComma(dir) {
			continue
		}
		if err := who.own(dir); err != nil {
			return "", err
		}
		if err := who.reaches(dir); err != nil {
			return "", err
		}
		return dir, nil
	}
	return "", fmt.Errorf("no directory for the socket: %v are all too long for one (%d bytes)", dirs, longestSocket)
}

func containsComma(dir string) bool {
	for _, c := range dir {
		if c == ',' {
			return true
		}
	}
	return false
}
