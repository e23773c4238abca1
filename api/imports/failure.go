package imports

import (
	"errors"
	"io/fs"
	"strings"
	"syscall"

	"onemap/layers"
)

// Failure is why an import came to nothing, for people.
type Failure struct {
	Title    string `json:"title"`
	TitleZh  string `json:"titleZh"`
	Detail   string `json:"detail"`
	DetailZh string `json:"detailZh"`
}

// failures is what an error of an import is called; the first that matches.
var failures = []struct {
	is             error
	title, titleZh string
	hint           string // Chinese, where the error itself has none
}{
	{layers.ErrInvalid, "These files can not be imported", "文件无法导入", "请查看检查报告，调整设置后重试。"},
	{layers.ErrConflict, "The layer does not allow it", "与现有图层冲突", "图层已存在，或正被他人修改；请更换图层名或导入方式后重试。"},
	{layers.ErrNotFound, "There is no such layer", "图层不存在", "请核对图层名；新建图层请选择“新建”方式。"},
	{layers.ErrForbidden, "Not allowed", "无权写入该图层", "请联系该图层的主管部门。"},
	{layers.ErrTimeout, "Took too long", "导入超时", "请拆分文件后分批导入。"},
	{syscall.ENOSPC, "The disk of the server is full", "服务器磁盘空间不足", "请联系运维人员清理磁盘后重试。"},
}

// failureOf says an error for people. One that is ours is only named, its cause is in the log under the import's id.
func failureOf(err error, id string) *Failure {
	for _, row := range failures {
		if !errors.Is(err, row.is) {
			continue
		}
		f := &Failure{Title: row.title, TitleZh: row.titleZh, Detail: told(err, row.is)}
		f.DetailZh = row.hint + "英文原因：" + f.Detail
		if said, ok := layers.WordsOf(err); ok {
			f.Detail, f.DetailZh = said.En, said.Zh
		}
		return f
	}
	return &Failure{"Internal error", "服务器内部错误",
		"Nothing was written. The operator finds the cause in the log under import " + id + ".",
		"未写入任何数据。请将导入编号 " + id + " 告知运维人员，日志中有原因。"}
}

// internal reports whether an error is ours.
func internal(err error) bool {
	for _, row := range failures {
		if errors.Is(err, row.is) {
			return false
		}
	}
	return true
}

// told is the text behind the sentinel; it was written for the sender.
func told(err, sentinel error) string {
	if _, text, ok := strings.Cut(err.Error(), sentinel.Error()+": "); ok {
		return text
	}
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err.Error() // where is no concern of the sender
	}
	return err.Error()
}

// Words of failures that no error says.
var (
	uploadLost = &Failure{"The upload is lost", "上传的文件已丢失",
		"The database restarted after a crash and no longer has the files: send them again.", "数据库异常重启，上传的文件已不在：请重新上传。"}
	uploadExpired = &Failure{"The upload has expired", "上传的文件已过期",
		"Uploads are kept for a day: send the files again.", "上传的文件只保留一天：请重新上传。"}
	stopped = &Failure{"Stopped with the server", "随服务停止而中断",
		"The server was shut down while the import ran. Nothing was written; start the import again.", "导入期间服务停止，未写入任何数据；请重新开始导入。"}
	tooOften = &Failure{"Interrupted too often", "多次中断",
		"The import was interrupted three times and is not tried again. Nothing was written.", "导入已中断三次，不再重试。未写入任何数据。"}
)
