package ows

import (
	"bytes"
	"embed"
	"text/template"

	"onemap/layers/format"
)

//go:embed templates
var templateFiles embed.FS

// templates are the documents of WFS; each text in them goes through x.
var templates = template.Must(template.New("").Funcs(template.FuncMap{"x": format.EscapeXML}).ParseFS(templateFiles, "templates/*.xml"))

// documents fills a template.
func documents(name string, data any) ([]byte, error) {
	var b bytes.Buffer
	err := templates.ExecuteTemplate(&b, name, data)
	return b.Bytes(), err
}
