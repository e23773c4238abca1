package imports

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"onemap/layers"
	"onemap/layers/intake"
)

// ParseOptions reads intake.Options as a sender gives them; nothing at all is nil. It returns ErrInvalid, naming every
// member that is unknown. Whether a run is dry is not for the sender to say: the door does.
func ParseOptions(body []byte) (*intake.Options, error) {
	if len(bytes.TrimSpace(body)) == 0 {
		return nil, nil
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(body, &members); err != nil || members == nil {
		return nil, layers.Refuse(layers.ErrInvalid, `the body is not a JSON object of options such as {"layer": "parcel", "srid": 4527}`,
			`请求体不是 JSON 对象；例如 {"layer": "parcel", "srid": 4527}`)
	}
	known := optionNames()
	var unknown []string
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if !slices.Contains(known, name) {
			unknown = append(unknown, fmt.Sprintf("%q", name))
		}
	}
	if len(unknown) > 0 {
		return nil, layers.Refuse(layers.ErrInvalid, "unknown option %s; known are %s", "未知的设置 %s；可用的有 %s", strings.Join(unknown, ", "), strings.Join(known, ", "))
	}
	opt := &intake.Options{}
	for name, value := range members { // one by one, to say which is wrong
		one, err := json.Marshal(map[string]json.RawMessage{name: value})
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal(one, opt); err != nil {
			return nil, layers.Refuse(layers.ErrInvalid, "option %q can not be %s", "设置 %q 的值无效：%s", name, abridged(value))
		}
	}
	return opt, nil
}

func abridged(value json.RawMessage) string {
	if text := []rune(string(value)); len(text) > 60 {
		return string(text[:60]) + "…"
	}
	return string(value)
}

// optionNames are the JSON members of intake.Options that a sender may give.
func optionNames() []string {
	var out []string
	for field := range reflect.TypeFor[intake.Options]().Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name != "-" && name != "dryRun" {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}
