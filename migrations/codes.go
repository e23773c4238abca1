package migrations

import (
	"bytes"
	"context"
	"database/sql"
	_ "embed"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io/fs"
)

//go:embed codes/merge.sql
var mergeCodes string

// scheme and code are rows of codes/*.csv in the words of the tables.
type scheme struct {
	Scheme     string `json:"scheme"`
	Title      string `json:"title"`
	TitleEn    string `json:"title_en"`
	Source     string `json:"source"`
	Unverified bool   `json:"unverified"`
}

type code struct {
	Scheme     string          `json:"scheme"`
	Code       string          `json:"code"`
	Name       string          `json:"name"`
	NameEn     string          `json:"name_en"`
	Parent     *string         `json:"parent"`
	Colour     *string         `json:"colour"`
	Ordinal    int             `json:"ordinal"` // place in the file
	Unverified bool            `json:"unverified"`
	Properties json.RawMessage `json:"properties"`
}

// loadCodes brings the code lists to what codes/*.csv says, but for rows that an administrator has made their own.
func loadCodes(ctx context.Context, conn *sql.Conn) error {
	schemes, codes, err := readCodes()
	if err != nil {
		return err
	}
	shipped, err := json.Marshal(map[string]any{"schemes": schemes, "codes": codes})
	if err != nil {
		return err
	}
	if _, err := conn.ExecContext(ctx, mergeCodes, string(shipped)); err != nil {
		return fmt.Errorf("code lists: %w", err)
	}
	return nil
}

// readCodes reads the embedded lists. codes/schemes.csv names the lists, every other file holds some of their codes.
func readCodes() (schemes []scheme, codes []code, err error) {
	paths, err := fs.Glob(files, "codes/*.csv")
	if err != nil {
		return nil, nil, err
	}
	place := map[string]int{}
	for _, path := range paths {
		err := eachRow(path, func(row map[string]string) {
			if path == "codes/schemes.csv" {
				schemes = append(schemes, scheme{row["scheme"], row["title"], row["title_en"], row["source"], row["unverified"] == "true"})
				return
			}
			c := code{Scheme: row["scheme"], Code: row["code"], Name: row["name"], NameEn: row["name_en"],
				Parent: orNull(row["parent"]), Colour: orNull(row["colour"]), Unverified: row["unverified"] == "true", Properties: json.RawMessage("{}")}
			if p := row["properties"]; p != "" {
				c.Properties = json.RawMessage(p)
			}
			c.Ordinal = place[c.Scheme]
			place[c.Scheme]++
			codes = append(codes, c)
		})
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	return schemes, codes, nil
}

func eachRow(path string, do func(row map[string]string)) error {
	raw, err := files.ReadFile(path)
	if err != nil {
		return err
	}
	rows, err := csv.NewReader(bytes.NewReader(raw)).ReadAll()
	if err != nil {
		return err
	}
	for _, fields := range rows[1:] {
		row := map[string]string{}
		for i, name := range rows[0] {
			row[name] = fields[i]
		}
		do(row)
	}
	return nil
}

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
