package format

import (
	"context"
	"errors"
	"slices"
	"strings"

	"onemap/layers"
)

// Open finds what is in files: regular ones, archives, and directories of them. What it can not read it says in
// Dataset.Files; an error is returned only where nothing can be read at all (layers.ErrInvalid, with the reasons, and
// the Dataset all the same), a file is not there (ErrNotFound), or something broke on our side. What it unpacks and makes
// lies in folder, which must live as long as the sources are read.
func Open(ctx context.Context, folder *Folder, files []string, hints Hints) (*Dataset, error) {
	g := &gatherer{ctx: ctx, folder: folder}
	for _, file := range files {
		if err := g.give(file); err != nil {
			return nil, err
		}
	}
	for _, base := range g.bases {
		base.bytes = sizeOf(base.path)
	}
	o := &opening{ctx: ctx, folder: folder, hints: hints, given: files, data: &Dataset{}}
	if err := o.all(g.found); err != nil {
		return nil, err
	}
	o.data.Files = append(o.data.Files, g.skipped...)
	if len(o.data.Sources) == 0 {
		return o.data, o.nothing()
	}
	return o.data, nil
}

// opening makes sources of what was gathered.
type opening struct {
	ctx    context.Context
	folder *Folder
	hints  Hints
	given  []string // paths that a person named, not ours
	data   *Dataset
}

// known is a found file with its format.
type known struct {
	*found
	format Format
	parts  map[string]string
}

func (o *opening) all(all []*found) error {
	var sources []*known
	for _, f := range all {
		if k := (&known{found: f, parts: map[string]string{}}); f.dir {
			k.format = fileGDB
			sources = append(sources, k)
		} else if format, ok := recognise(f.name, f.head); ok {
			k.format = format
			sources = append(sources, k)
		}
	}
	for _, k := range sources {
		o.gatherParts(k, all)
	}
	for _, f := range all {
		k := (*known)(nil)
		if i := slices.IndexFunc(sources, func(k *known) bool { return k.found == f }); i >= 0 {
			k = sources[i]
		}
		if err := o.one(f, k); err != nil {
			return err
		}
	}
	return nil
}

// gatherParts finds the files that belong to one.
func (o *opening) gatherParts(k *known, all []*found) {
	ext := extension(k.name)
	for _, f := range all {
		if f == k.found {
			continue
		}
		for _, other := range k.format.beside {
			if k.parts[other] == "" && len(f.name) > len(other) && strings.EqualFold(f.name[len(f.name)-len(other):], other) &&
				stem(f.name, other) == stem(k.name, ext) {
				k.parts[other], f.part = f.path, true
			}
		}
	}
	if slices.Contains(o.given, k.path) {
		siblings(k.found, k.format.beside, k.parts)
	}
}

func extension(name string) string {
	base := baseName(name)
	if i := strings.LastIndexByte(base, '.'); i >= 0 {
		return base[i:]
	}
	return ""
}

// one opens a file, or says why not.
func (o *opening) one(f *found, k *known) error {
	file := File{Name: f.name, Bytes: f.bytes}
	skip := func(w layers.Words) error {
		file.Skipped = &w
		o.data.Files = append(o.data.Files, file)
		return nil
	}
	switch {
	case f.part:
		if k == nil || k.format.Name != gml.Name {
			o.data.Files = append(o.data.Files, file)
			return nil
		}
	case k == nil:
		return skip(unknown(f))
	}
	sources, err := k.format.open(o.ctx, input{folder: o.folder, path: f.path, name: f.name, beside: k.parts, hints: o.hints})
	if err != nil {
		if o.ctx.Err() == nil && (errors.Is(err, layers.ErrInvalid) || errors.Is(err, errStream)) {
			return skip(WordsOf(err))
		}
		return err
	}
	if len(sources) == 0 {
		return skip(layers.Say("it holds no layer", "其中没有图层"))
	}
	file.Format = k.format.Title
	o.data.Files = append(o.data.Files, file)
	for _, s := range sources {
		if s.File = f.name; s.Format.Name == "" { // the head of an .inp may not show which program wrote it
			s.Format = k.format
		}
		if s.Encoding.How == "" {
			s.Encoding.How = k.format.Title + " is always UTF-8"
		}
		o.data.Sources = append(o.data.Sources, s)
	}
	return nil
}

// partsOf are extensions of files that mean nothing alone.
var partsOf = map[string]string{
	".shx": ".shp", ".dbf": ".shp", ".prj": ".shp", ".cpg": ".shp", ".sbn": ".shp", ".sbx": ".shp", ".qix": ".shp",
	".mid": ".mif", ".dat": ".tab", ".map": ".tab", ".id": ".tab", ".ind": ".tab",
}

// unknown says what a file is that is of no format.
func unknown(f *found) layers.Words {
	ext := strings.ToLower(extension(f.name))
	if whole := partsOf[ext]; whole != "" && len(f.head) > 0 {
		return layers.Say("it is a part of a file whose %s is missing: give all files of that name together, or in one zip", "缺少与之配套的 %s 文件：请将同名的各个文件一起选择，或打包为一个 zip", whole)
	}
	what := looksLike(f.head)
	if format, ok := called(f.name); ok && len(f.head) > 0 && ext != ".txt" && ext != ".xml" && ext != ".json" { // anything is called so
		return layers.Words{
			En: "it is named like " + format.Title + ", but its content is something else: it looks like " + what.En,
			Zh: "文件名像 " + format.Title + "，但内容不是，看起来是：" + what.Zh,
		}
	}
	if len(f.head) == 0 {
		return layers.Say("the file is empty", "文件为空")
	}
	if ext == ".txt" && what.En == "plain text" {
		what = layers.Say("plain text; a table has to be called .csv, and boundary points begin with [属性描述]", "纯文本；表格请改名为 .csv，界址点文件应以 [属性描述] 开头")
	}
	return layers.Words{En: "not a format that can be imported; it looks like " + what.En, Zh: "不是可导入的格式，看起来是：" + what.Zh}
}

// nothing is the error where no file can be read: the reasons, the first three.
func (o *opening) nothing() error {
	var en, zh []string
	for _, f := range o.data.Files {
		if f.Skipped != nil && len(en) < 3 {
			en, zh = append(en, f.Name+": "+f.Skipped.En), append(zh, f.Name+"："+f.Skipped.Zh)
		}
	}
	if len(en) == 0 {
		return refuse("there is nothing in it that can be read", "其中没有可读取的数据")
	}
	return layers.Refused(layers.ErrInvalid, layers.Words{En: strings.Join(en, "; "), Zh: strings.Join(zh, "；")})
}
