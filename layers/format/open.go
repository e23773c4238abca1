package format

import (
	"context"
	"fmt"

	"onemap/layers"
)

// Open finds what is in files: regular ones, archives, and directories of them. What it can not read it says in
// Dataset.Files; an error is returned only where nothing can be read at all (layers.ErrInvalid, with the reasons) or
// something broke on our side. What it unpacks and makes lies in folder, which must live as long as the sources are read.
func Open(ctx context.Context, folder *Folder, files []string, hints Hints) (*Dataset, error) {
	return nil, fmt.Errorf("%w: not built yet", layers.ErrInvalid)
}
