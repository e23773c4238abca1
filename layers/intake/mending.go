package intake

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"onemap/layers"
	"onemap/layers/format"
)

// A lot of doubtful geometries is judged by PostGIS together.
const (
	lotRows  = 200
	lotBytes = 8 << 20
)

// mender judges the geometries of an import: what is surely valid here, the rest in PostGIS, in lots, one of which is
// judged while the next is read. What it mended is kept in a file of the job's folder until it is written.
type mender struct {
	store   *layers.Store
	invalid Invalid
	find    func(Finding) error

	lot      []waiting
	bytes    int
	away     chan judged // the lot that PostGIS has; nil = it has none
	awayFrom int64       // index of the first row of that
	file     *os.File
	size     int64

	mu       sync.Mutex
	outcomes map[int64]outcome // of rows whose geometry is not what it was; written ahead, they are asked for while more come
}

// waiting is a row whose geometry is doubtful.
type waiting struct {
	index, number int64
	geometry      []byte
}

// judged is a lot, and what PostGIS says of it.
type judged struct {
	lot      []waiting
	repaired []layers.Repaired
	err      error
}

// outcome is what became of a geometry: out of the import, gone, or mended.
type outcome struct {
	rejected bool
	from     int64
	size     int32 // 0 = there is none any more
}

func newMender(store *layers.Store, dir string, invalid Invalid, find func(Finding) error) (*mender, error) {
	file, err := os.OpenFile(filepath.Join(dir, "mended"), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	return &mender{store: store, invalid: invalid, find: find, file: file, outcomes: map[int64]outcome{}}, nil
}

// add judges the geometry of a row that has been placed.
func (m *mender) add(ctx context.Context, index int64, row *format.Row) error {
	switch {
	case row.Geometry == nil:
		return m.find(Finding{Row: row.Number, Rule: "geometry.null", Severity: format.Info, Done: Kept,
			Words: layers.Say("there is no geometry", "没有图形")})
	case empty(row.Geometry):
		m.decide(index, outcome{})
		return m.find(Finding{Row: row.Number, Rule: "geometry.empty", Severity: format.Info, Done: Kept,
			Words: layers.Say("the geometry is empty", "图形为空")})
	case surelyValid(row.Geometry):
		return nil
	}
	m.lot = append(m.lot, waiting{index, row.Number, append([]byte(nil), row.Geometry...)})
	m.bytes += len(row.Geometry)
	if len(m.lot) < lotRows && m.bytes < lotBytes {
		return nil
	}
	return m.send(ctx)
}

// send gives those that wait to PostGIS, when it is done with the lot before.
func (m *mender) send(ctx context.Context) error {
	if err := m.receive(ctx); err != nil || len(m.lot) == 0 {
		return err
	}
	lot, away := m.lot, make(chan judged, 1)
	m.lot, m.bytes, m.away, m.awayFrom = nil, 0, away, lot[0].index
	go func() {
		repaired, err := m.judge(ctx, lot)
		away <- judged{lot, repaired, err}
	}()
	return nil
}

// hurry has those judged that wait, without waiting for it.
func (m *mender) hurry(ctx context.Context) error {
	if len(m.away) == 0 && m.away != nil {
		return nil
	}
	return m.send(ctx)
}

// judgedBelow is the index below which all of so many rows are judged.
func (m *mender) judgedBelow(rows int64) int64 {
	switch {
	case m.away != nil:
		return m.awayFrom
	case len(m.lot) > 0:
		return m.lot[0].index
	}
	return rows
}

// flush has all judged that wait.
func (m *mender) flush(ctx context.Context) error {
	if err := m.send(ctx); err != nil {
		return err
	}
	return m.receive(ctx)
}

// receive settles the lot that PostGIS has.
func (m *mender) receive(ctx context.Context) error {
	if m.away == nil {
		return nil
	}
	j := <-m.away
	m.away = nil
	if j.err == nil {
		return m.settleAll(j.lot, j.repaired)
	}
	for _, w := range j.lot { // one of them spoils the lot: each by itself
		if err := m.alone(ctx, w); err != nil {
			return err
		}
	}
	return nil
}

func (m *mender) judge(ctx context.Context, lot []waiting) ([]layers.Repaired, error) {
	geometries := make([][]byte, len(lot))
	for i, w := range lot {
		geometries[i] = w.geometry
	}
	return m.store.Repair(ctx, geometries)
}

// alone judges a geometry by itself. One that PostGIS can not even read is out.
func (m *mender) alone(ctx context.Context, w waiting) error {
	lot := []waiting{w}
	repaired, err := m.judge(ctx, lot)
	switch {
	case err == nil:
		return m.settleAll(lot, repaired)
	case ctx.Err() != nil || errors.Is(err, layers.ErrTimeout):
		return err
	}
	m.decide(w.index, outcome{rejected: true})
	return m.find(Finding{Row: w.number, Rule: "geometry.broken", Severity: format.Error, Done: Rejected, At: somewhere(w.geometry),
		Words: layers.Say("the geometry can not be read: its bytes are damaged or a ring has too few points", "图形数据已损坏或环的点数不足，无法读取")})
}

func (m *mender) settleAll(lot []waiting, repaired []layers.Repaired) error {
	for i, w := range lot {
		if err := m.settle(w, repaired[i]); err != nil {
			return err
		}
	}
	return nil
}

// settle does with a geometry as was asked.
func (m *mender) settle(w waiting, r layers.Repaired) error {
	if r.Valid {
		return nil
	}
	f := Finding{Row: w.number, Rule: ruleOf(r.Reason), Severity: format.Warning, At: r.At, Before: r.Before, Words: reasonWords(r.Reason)}
	if f.At == nil {
		f.At = somewhere(w.geometry)
	}
	switch {
	case m.invalid == Keep:
		f.Done = Kept
	case m.invalid == Reject || r.Geometry == nil:
		f.Done, f.Severity = Rejected, format.Error
		m.decide(w.index, outcome{rejected: true})
	default:
		f.Done, f.After = Repaired, r.After
		if _, err := m.file.WriteAt(r.Geometry, m.size); err != nil {
			return err
		}
		m.decide(w.index, outcome{from: m.size, size: int32(len(r.Geometry))})
		m.size += int64(len(r.Geometry))
	}
	return m.find(f)
}

func (m *mender) decide(index int64, o outcome) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.outcomes[index] = o
}

// outcome is what a row's geometry has become, where that is not what it was.
func (m *mender) outcome(index int64, buf []byte) (geometry []byte, o outcome, changed bool, err error) {
	m.mu.Lock()
	o, changed = m.outcomes[index]
	m.mu.Unlock()
	if !changed || o.rejected || o.size == 0 {
		return nil, o, changed, nil
	}
	geometry = append(buf[:0], make([]byte, o.size)...)
	_, err = m.file.ReadAt(geometry, o.from)
	return geometry, o, true, err
}

// close ends it; a lot that nobody asks for any more comes back first.
func (m *mender) close() error {
	if m.away != nil {
		<-m.away
	}
	return m.file.Close()
}

// reasons are PostGIS's words for what is wrong, with a rule of their own and words for people.
var reasons = []struct{ says, rule, en, zh string }{
	{"Self-intersection", "geometry.self-intersection", "the outline crosses or touches itself", "边界自相交"},
	{"Ring Self-intersection", "geometry.self-intersection", "a ring touches itself", "环自相交"},
	{"Hole lies outside shell", "geometry.hole-outside", "a hole lies outside its outline", "内环位于外环之外"},
	{"Holes are nested", "geometry.nested-holes", "holes lie within each other", "内环相互嵌套"},
	{"Nested shells", "geometry.nested-shells", "parts lie within each other", "多个部分相互嵌套"},
	{"Interior is disconnected", "geometry.disconnected", "the inside is cut apart", "内部不连通"},
	{"Too few points", "geometry.degenerate", "a ring or line has too few different points", "环或线的点数不足"},
	{"Duplicate Rings", "geometry.duplicate-rings", "two rings are the same", "存在重复的环"},
	{"Ring is not closed", "geometry.unclosed", "a ring is not closed", "环未闭合"},
	{"Invalid Coordinate", "geometry.coordinate", "a coordinate is no number", "坐标不是有效数字"},
}

func ruleOf(reason string) string {
	for _, r := range reasons {
		if strings.HasPrefix(reason, r.says) {
			return r.rule
		}
	}
	return "geometry.invalid"
}

func reasonWords(reason string) layers.Words {
	for _, r := range reasons {
		if strings.HasPrefix(reason, r.says) {
			return layers.Words{En: r.en, Zh: r.zh}
		}
	}
	return layers.Say("the geometry is not valid: %s", "图形无效：%s", fmt.Sprint(reason))
}
