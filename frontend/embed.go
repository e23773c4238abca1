// Package frontend holds the page: the map in the browser, as `npm run build` left it in dist.
// A build without npm has an empty dist; the server then says how to make the page.
package frontend

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// Files returns the built page: index.html and, under assets, files named by their hash.
func Files() fs.FS {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // cannot happen: dist is embedded
	}
	return files
}
