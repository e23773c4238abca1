package api

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"
)

// directRequest reads the heads of requests in one strict form. Its memory is used again for each.
type directRequest struct {
	http   *http.Request
	once   *atOnce
	direct bool // it is of a kind that may be answered at once
	values [32][1]string
}

func newDirectRequest(from string) *directRequest {
	r := &directRequest{once: newAtOnce()}
	r.http = (&http.Request{
		Method: http.MethodGet, URL: &url.URL{}, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{}, Body: http.NoBody, RemoteAddr: from,
	}).WithContext(r.once)
	return r
}

// directHeaders are the headers that a request may have, by how they are spelled in small letters. What is not among them
// may say more than is understood here: of a body, of who asks, of another protocol.
var directHeaders = bySmallLetters("Host", "Accept", "Accept-Encoding", "Accept-Language", "Cache-Control", "Connection", "Dnt",
	"If-Modified-Since", "If-None-Match", "Origin", "Pragma", "Priority", "Referer", "Sec-Ch-Ua", "Sec-Ch-Ua-Mobile", "Sec-Ch-Ua-Platform",
	"Sec-Fetch-Dest", "Sec-Fetch-Mode", "Sec-Fetch-Site", "Sec-Fetch-Storage-Access", "Sec-Gpc", "User-Agent", "X-Forwarded-For",
	"X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip", "X-Request-Id")

func bySmallLetters(names ...string) map[string]string {
	out := map[string]string{}
	for _, name := range names {
		out[strings.ToLower(name)] = name
	}
	return out
}

const headEnd = "\r\n\r\n"

// read reports whether b is one whole head of the strict form: GET, HTTP/1.1, headers of directHeaders alone, each once.
func (r *directRequest) read(b []byte) bool {
	if !bytes.HasPrefix(b, []byte("GET /")) || !bytes.HasSuffix(b, []byte(headEnd)) {
		return false
	}
	lines := string(b[:len(b)-len(headEnd)])
	first, lines, _ := strings.Cut(lines, "\r\n")
	target, ok := strings.CutSuffix(first[len("GET "):], " HTTP/1.1")
	if !ok || !visible(target) || strings.Contains(target, " ") {
		return false
	}
	clear(r.http.Header)
	for i := 0; lines != ""; i++ {
		var line string
		line, lines, _ = strings.Cut(lines, "\r\n")
		if i == len(r.values) || !r.header(line, &r.values[i]) {
			return false
		}
	}
	if r.http.Host = r.http.Header.Get("Host"); r.http.Host == "" {
		return false
	}
	delete(r.http.Header, "Host")
	*r.http.URL = url.URL{Path: target}
	r.http.RequestURI = target
	r.once.declined = false
	r.direct = plainTile(target)
	return true
}

// header reads one line of a head.
func (r *directRequest) header(line string, into *[1]string) bool {
	name, value, ok := strings.Cut(line, ":")
	var lower [32]byte
	if !ok || len(name) > len(lower) || !visible(value) {
		return false
	}
	for i := range len(name) {
		lower[i] = name[i]
		if 'A' <= name[i] && name[i] <= 'Z' {
			lower[i] |= 0x20
		}
	}
	known, ok := directHeaders[string(lower[:len(name)])]
	if _, again := r.http.Header[known]; !ok || again {
		return false
	}
	value = strings.Trim(value, " ")
	switch known {
	case "Host":
		ok = strings.Trim(value, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-._:[]") == ""
	case "Connection":
		ok = strings.EqualFold(value, "keep-alive")
	}
	into[0] = value
	r.http.Header[known] = into[:]
	return ok
}

// visible reports whether all of a text can be seen, or is a space: ASCII without what controls anything.
func visible(text string) bool {
	for i := range len(text) {
		if text[i] < ' ' || text[i] > '~' {
			return false
		}
	}
	return true
}

// plainTile reports whether a target is the address of a tile, spelled in the plainest way.
func plainTile(target string) bool {
	if !strings.HasPrefix(target, "/tiles/") || !strings.HasSuffix(target, ".mvt") && !strings.HasSuffix(target, ".pbf") {
		return false
	}
	for i := range len(target) {
		switch c := target[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '/', c == '_', c == ',', c == '.', c == '-':
		default:
			return false
		}
	}
	return true
}
