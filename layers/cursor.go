package layers

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"
)

// cursor is what Page.Next says, in base64: where the page ended, and of which question.
type cursor struct {
	Key    string    `json:"k,omitempty"` // last key of the page
	Place  []*string `json:"s,omitempty"` // what the last feature is sorted by
	Offset int       `json:"o,omitempty"` // rows passed, in a layer without a key
	Hash   string    `json:"h"`           // of the question

	Matched  *int64 `json:"n,omitempty"` // features that matched when the layer was at the revision
	Revision int64  `json:"r,omitempty"`
}

func (c cursor) encode() string {
	b, err := json.Marshal(c)
	if err != nil {
		panic(err) // strings and an int always marshal
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

func decodeCursor(text, hash string) (c cursor, err error) {
	if text == "" {
		return c, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err == nil {
		err = json.Unmarshal(b, &c)
	}
	if err != nil || c.Offset < 0 {
		return c, Refuse(ErrInvalid, "cursor %q is not one this server gave; start again without it", "cursor“%s”不是本服务给出的游标；请去掉后重新开始", text)
	}
	if c.Hash != hash {
		return c, Refuse(ErrInvalid, "the cursor belongs to another filter; start again without it", "cursor 属于另一组查询条件；请去掉后重新开始")
	}
	return c, nil
}

// hashOf names a question: SQL and values.
func hashOf(parts ...any) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q", parts))
	return strconv.FormatUint(uint64(sum[0])<<32|uint64(sum[1])<<24|uint64(sum[2])<<16|uint64(sum[3])<<8|uint64(sum[4]), 36)
}
