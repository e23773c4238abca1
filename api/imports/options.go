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
		return nil, fmt.Errorf(`%w: the body is not a JSON object of options such as {"layer": "parcel", "srid": 4527}`, layers.ErrInvalid)
	}
	known := optionNames()
	var unknown []string
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if !slices.Contains(known, name) {
			unknown = append(unknown, fmt.Sprintf("%q", name))
		}
	}
	if len(unknown) > 0 {
		return nil, fmt.Errorf("%w: unknown option %s; known are %s", layers.ErrInvalid, strings.Join(unknown, ", "), strings.Join(known, ", "))
	}
	opt := &intake.Options{}
	for name, value := range members { // one by one, to say which is wrong
		one, err := json.Marshal(map[string]json.RawMessage{name: value})
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal(one, opt); err != nil {
			return nil, fmt.Errorf("%w: option %q can not be %s", layers.ErrInvalid, name, abridged(value))
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
