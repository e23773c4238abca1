package demo

import "fmt"

var (
	surnames  = []string{"王", "李", "张", "刘", "陈", "杨", "赵", "孙", "马", "宋", "郭", "徐", "吴", "高", "林", "郑", "梁", "谢", "韩", "唐", "冯", "董", "程", "曹", "袁", "许", "傅", "曾", "吕", "苏", "蒋", "蔡", "贾", "丁", "魏", "薛", "叶", "潘", "杜", "戴", "夏", "姜", "范", "方", "石", "姚", "谭", "邹", "熊", "陆", "孔", "崔", "康", "史", "侯", "邵", "孟", "龙", "段", "钱", "尹", "黎", "常", "武", "乔", "贺", "赖", "龚", "窦", "岳", "司", "代", "仲"}
	positions = []string{"", "", "", "", "", "前", "后", "东", "西", "大", "小", "南", "北"}
	endings   = []string{"庄", "庄", "庄", "庄", "楼", "楼", "集", "堂", "坊", "营", "屯", "店", "垓", "堌堆", "口", "堤", "桥", "海", "码头", "寨", "园", "胡同", "那里", "铺", "林", "坑"}
	communes  = []string{"水浒社区", "忠义社区", "青龙社区", "文昌社区", "凤园社区", "龟山社区", "杏花村社区", "水泊社区", "独山社区", "金城社区", "越山社区", "人民路社区", "北关社区", "西关社区", "东关社区", "南关社区", "盛世社区", "湖滨社区", "梁源社区", "学府社区", "公明社区"}
	crossways = []string{"水泊路", "人民路", "忠义街", "文化路", "公明路", "越山路", "青年路", "金城路", "水浒路", "凤山路", "崇文街", "独山街", "梁济路", "龟山路", "新城路", "建设路", "振兴路", "幸福路", "民生街", "工业路"}
)

// names gives each site a village's name, different within its town and in the local manner.
func (m *maker) names() {
	r := m.w.Rand("names")
	used := map[string]bool{}
	communities := 0
	for _, s := range m.sites {
		var name string
		switch {
		case s.urban:
			name = communes[communities%len(communes)]
			communities++
		case s.head:
			t := []rune(m.w.Towns[s.town].Name)
			name = string(t[:len(t)-1]) + "村"
		default:
			for {
				name = positions[r.IntN(len(positions))] + surnames[r.IntN(len(surnames))] + endings[r.IntN(len(endings))] + "村"
				if key := fmt.Sprint(s.town, name); !used[key] {
					used[key] = true
					break
				}
			}
		}
		m.w.Villages = append(m.w.Villages, Village{Name: name, Town: m.w.Towns[s.town].Code, Centre: s.at, Urban: s.urban, Angle: s.angle})
	}
	serial := map[string]int{}
	for i := range m.w.Villages {
		v := &m.w.Villages[i]
		serial[v.Town]++
		v.Code = fmt.Sprintf("%s%03d", v.Town, 900+serial[v.Town])
	}
}

// streetName names line k of a seat's streets.
func streetName(seed uint64, seat, across, k int) string {
	return crossways[int(hash(seed, 140, int64(seat), int64(across))%7)+k%13]
}
