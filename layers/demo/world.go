// Package demo makes the synthetic county: Liangshan's towns by name and code, and everything else invented.
//
// A [World] is made from a seed, to the byte the same on every machine, in the plane of EPSG:4548 (metres, x = easting,
// y = northing). It is a planar subdivision first: water, dikes, roads, settlements and village bounds are noded
// together on one grid ([arrangement]), every face becomes a unit of one village, and units are cut into parcels by
// straight lines that leave their vertices with both neighbours ([unit]). So parcels, villages, towns and the county
// tile without gap or overlap by construction. Classes follow TD/T 1057-2020 (survey) and the 2023 guide (plan).
// No line of it is official, and no parcel is real.
package demo

import (
	"hash/fnv"
	"math/rand/v2"
)

// Size is how finely the county is cut; the county itself is the same.
type Size string

// The sizes: about 15 thousand, 350 thousand and 3.5 million land-use parcels; Small has 60 villages, the others 640,
// and each has 21 urban communities besides.
const (
	Small  Size = "small"
	County Size = "county"
	Large  Size = "large"
)

// Point is a place in EPSG:4548 metres.
type Point struct{ X, Y float64 }

// Polygon is closed rings, the outer first (anticlockwise), then holes (clockwise).
type Polygon [][]Point

// Town is one of the fourteen towns, subdistricts and townships.
type Town struct {
	Code, Name string // statistical code, 9 digits as prefix of its villages' codes, 12 with trailing zeros
	Area       Polygon
	Seat       Point
	SeatRadius float64
	County     bool      // its seat is part of the county seat
	Built      []Polygon // the seat's outline; the county seat's is given to both its subdistricts
}

// Village is a village or, in the county seat, an urban community.
type Village struct {
	Code, Name, Town       string // Town is the town's code
	Area                   Polygon
	Centre                 Point
	Built                  []Polygon // built-up blocks
	Population, Households int
	Urban                  bool    // a residents' committee in the county seat
	Angle                  float64 // radians from east of the village's lanes
}

// Road is one link of the road graph: nothing meets it between its ends. Streets are roads whose class begins with
// "street_"; they lie inside a seat.
type Road struct {
	ID, Name, Class string
	Width           float64
	Line            []Point
	From, To        int     // indexes into World.RoadNodes
	Lowest          float64 // lowest ground level along it, m
}

// Block is a built-up block of a seat, between streets.
type Block struct {
	Town, Village string // codes
	Area          Polygon
	DLBM, YDYH    string // main use now and as planned
}

// Building is a footprint.
type Building struct {
	Village   string // code
	Area      Polygon
	Floors    int
	Height    float64 // m above ground
	Use       string  // residential, commercial, industrial, public, storage, farm
	Structure string
	Year      int
	Name      string
}

// Zone is an area that matters to floods: Kind new_lake (Dongping detention area) or flood_plain (Yellow River).
type Zone struct {
	Kind, Name string
	Area       Polygon
}

// Dike is a dike's centre line; Kind river (Yellow River), ring (around the detention area) or canal.
type Dike struct {
	Kind, Name string
	Line       []Point
	Width      float64
	Crest      float64 // m, 1985 datum
}

// Water is the middle line of a running water; Width is bank to bank. Kind: river, canal, drain.
type Water struct {
	Kind, Name string
	Line       []Point
	Width      float64
}

// Facility is a public place; Class is a code of scheme facility_class.
type Facility struct {
	Class, Name, Village, Town string
	At                         Point
	Capacity                   int // pupils, beds, people; 0 where it means nothing
}

// Place is a name on the map; Class is a code of scheme place_class.
type Place struct {
	Class, Name, Code string
	At                Point
	Rank              int // 1 the most important
}

// World is the whole county.
type World struct {
	Size Size
	Seed uint64

	Boundary   Polygon
	Towns      []Town
	Villages   []Village
	Roads      []Road
	RoadNodes  []Point
	Blocks     []Block
	Buildings  []Building
	Zones      []Zone
	Dikes      []Dike
	Waters     []Water
	Facilities []Facility
	Places     []Place

	land  *land // what the parcels are made of
	cells []gridCell
	plan  plan
}

// Make makes the county. The same seed and size give the same county, byte for byte.
func Make(seed uint64, size Size) *World {
	w := &World{Size: size, Seed: seed}
	w.build()
	return w
}

// Rand returns the source of chance of one part; parts do not disturb one another.
func (w *World) Rand(part string) *rand.Rand {
	h := fnv.New64a()
	_, _ = h.Write([]byte(part))
	return rand.New(rand.NewPCG(w.Seed, h.Sum64()))
}

// Ground returns the ground's elevation at p, m, 1985 national height datum: 36 to 46 m, falling from the Yellow
// River in the north-west toward the lake in the east, with a hill by the county seat.
func (w *World) Ground(p Point) float64 { return w.ground(p) }
