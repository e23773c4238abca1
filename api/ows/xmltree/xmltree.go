// Package xmltree reads small XML documents that strangers send, such as filters and geometries, as trees. It takes no document
// type, so that there are no entities to expand and no files to fetch, and bears limits of size and depth.
package xmltree

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/htmlindex"

	"onemap/layers"
)

// The limits of a tree.
const (
	MaxBytes = 4 << 20
	MaxDepth = 100
	MaxNodes = 200_000
)

// Node is an element. Names have the address of their namespace, or the prefix itself where it stands for none.
type Node struct {
	Name     xml.Name
	Attrs    []xml.Attr
	Text     string // all text directly within, CDATA and all, comments left out
	Children []*Node
	Parent   *Node

	text   []byte            // until the element ends
	spaces map[string]string // namespaces by the prefixes that are declared here
	around map[string]string // those of the root that are declared before it
}

// Parse reads a document. Prefixes in scope stand for namespaces besides those that it declares. It returns ErrInvalid for
// what is not well-formed, has a document type or is beyond the limits.
func Parse(doc []byte, scope map[string]string) (*Node, error) {
	if len(doc) > MaxBytes {
		return nil, layers.Refuse(layers.ErrInvalid, "the XML has %d bytes; want at most %d", "XML 有 %d 字节，至多 %d 字节", len(doc), MaxBytes)
	}
	d := newDecoder(bytes.NewReader(doc))
	var root *Node
	for {
		token, err := d.Token()
		switch {
		case errors.Is(err, io.EOF) && root != nil:
			return root, nil
		case err != nil:
			return nil, malformed(err)
		}
		switch token := token.(type) {
		case xml.Directive:
			return nil, errDocumentType
		case xml.StartElement:
			if root != nil {
				return nil, layers.Refuse(layers.ErrInvalid, "the XML has two roots", "XML 有两个根元素")
			}
			if root, err = read(d, token, scope); err != nil {
				return nil, err
			}
		}
	}
}

var errDocumentType = layers.Refuse(layers.ErrInvalid, "the XML has a document type, which is not taken", "XML 含有文档类型声明（DOCTYPE），不予接受")

func malformed(err error) error {
	return layers.Refuse(layers.ErrInvalid, "the XML is not well-formed: %s", "XML 格式不正确：%s", strings.TrimPrefix(err.Error(), "XML syntax error on "))
}

// newDecoder is a decoder for documents in any encoding that browsers know.
func newDecoder(r io.Reader) *xml.Decoder {
	d := xml.NewDecoder(r)
	d.CharsetReader = func(label string, in io.Reader) (io.Reader, error) {
		e, err := htmlindex.Get(label)
		if err != nil {
			return nil, fmt.Errorf("encoding %q is not known", label)
		}
		return e.NewDecoder().Reader(in), nil
	}
	return d
}

// read reads the element that begins with start, up to its end.
func read(d *xml.Decoder, start xml.StartElement, scope map[string]string) (*Node, error) {
	root := newNode(nil, start)
	root.around = scope
	nodes, depth := 1, 1
	for at := root; at != nil; {
		token, err := d.Token()
		if err != nil {
			return nil, malformed(err)
		}
		switch token := token.(type) {
		case xml.Directive:
			return nil, errDocumentType
		case xml.CharData:
			if !utf8.Valid(token) {
				return nil, layers.Refuse(layers.ErrInvalid, "the XML is not in the encoding it says", "XML 的实际编码与其声明不符")
			}
			at.text = append(at.text, token...)
		case xml.StartElement:
			child := newNode(at, token)
			at.Children = append(at.Children, child)
			at = child
			if nodes, depth = nodes+1, depth+1; depth > MaxDepth || nodes > MaxNodes || d.InputOffset() > MaxBytes {
				return nil, layers.Refuse(layers.ErrInvalid, "the XML is deeper than %d levels, or has more than %d elements or %d bytes", "XML 嵌套超过 %d 层，或超过 %d 个元素或 %d 字节", MaxDepth, MaxNodes, MaxBytes)
			}
		case xml.EndElement:
			at.Text, at.text = string(at.text), nil
			at, depth = at.Parent, depth-1
		}
	}
	return root, nil
}

func newNode(parent *Node, start xml.StartElement) *Node {
	n := &Node{Name: start.Name, Parent: parent}
	for _, a := range start.Copy().Attr {
		prefix, declares := "", a.Name.Space == "" && a.Name.Local == "xmlns"
		if a.Name.Space == "xmlns" {
			prefix, declares = a.Name.Local, true
		}
		if !declares {
			n.Attrs = append(n.Attrs, a)
			continue
		}
		if n.spaces == nil {
			n.spaces = map[string]string{}
		}
		n.spaces[prefix] = a.Value
	}
	return n
}

// Attr is the value of an attribute by its local name, without blanks around it; "" where there is none.
func (n *Node) Attr(local string) string {
	for _, a := range n.Attrs {
		if a.Name.Local == local {
			return strings.TrimSpace(a.Value)
		}
	}
	return ""
}

// Inherited is the value of an attribute here or of the nearest element around that has it.
func (n *Node) Inherited(local string) string {
	for ; n != nil; n = n.Parent {
		if v := n.Attr(local); v != "" {
			return v
		}
	}
	return ""
}

// Child is the first element directly within that has one of the names; nil where there is none.
func (n *Node) Child(locals ...string) *Node {
	for _, c := range n.Children {
		for _, local := range locals {
			if c.Name.Local == local {
				return c
			}
		}
	}
	return nil
}

// All are the elements directly within that have one of the names.
func (n *Node) All(locals ...string) []*Node {
	var all []*Node
	for _, c := range n.Children {
		for _, local := range locals {
			if c.Name.Local == local {
				all = append(all, c)
			}
		}
	}
	return all
}

// Resolve takes a qualified name in a text apart: a prefix that stands for no namespace is kept for one.
func (n *Node) Resolve(name string) xml.Name {
	prefix, local, ok := strings.Cut(name, ":")
	if !ok {
		return xml.Name{Local: name}
	}
	if space, ok := n.space(prefix); ok {
		prefix = space
	}
	return xml.Name{Space: prefix, Local: local}
}

// space is the namespace that a prefix stands for here: what is declared nearest.
func (n *Node) space(prefix string) (string, bool) {
	for at := n; ; at = at.Parent {
		if space, ok := at.spaces[prefix]; ok {
			return space, true
		}
		if at.Parent == nil {
			space, ok := at.around[prefix]
			return space, ok
		}
	}
}
