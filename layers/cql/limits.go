package cql

import "github.com/twpayne/go-geom"

// measure holds a tree to the limits.
func measure(root Expr) error {
	m := &measured{}
	if err := m.node(root, 1); err != nil {
		return err
	}
	if m.nodes > MaxNodes {
		return wrong(0, "it has %[1]d operators and values; want at most %[2]d", "运算符和值共 %[1]d 个，最多 %[2]d 个", m.nodes, MaxNodes)
	}
	if m.vertices > MaxVertices {
		return wrong(0, "its geometries have %[1]d positions; want at most %[2]d", "几何图形共 %[1]d 个坐标点，最多 %[2]d 个", m.vertices, MaxVertices)
	}
	return nil
}

type measured struct{ nodes, vertices int }

func (m *measured) node(e Expr, depth int) error {
	if depth > MaxDepth {
		return tooDeep(e.Column())
	}
	m.nodes++
	if g, ok := e.(*Geometry); ok {
		m.vertices += vertices(g.T)
	}
	for _, child := range children(e) {
		if err := m.node(child, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// children are the nodes directly below e.
func children(e Expr) []Expr {
	switch e := e.(type) {
	case *Call:
		return e.Args
	case *List:
		return e.Items
	case *Interval:
		var ends []Expr
		for _, end := range []Expr{e.Start, e.End} {
			if end != nil {
				ends = append(ends, end)
			}
		}
		return ends
	}
	return nil
}

func vertices(g geom.T) int {
	if c, ok := g.(*geom.GeometryCollection); ok {
		n := 0
		for _, part := range c.Geoms() {
			n += vertices(part)
		}
		return n
	}
	return len(g.FlatCoords()) / g.Stride()
}

func tooDeep(column int) error {
	return wrong(column, "it is nested deeper than %[1]d levels", "嵌套超过 %[1]d 层", MaxDepth)
}
