package demo

// pipeNets are the sub-classes that form nets through all streets, in the order they lie downward at crossings.
func pipeNets() []*pipeKind {
	return []*pipeKind{
		{class: "TX", sub: "DH", classNo: 6, subNo: 1, lane: -3.1, step: 42, deep: 0.72, height: 0.15, sizes: [3]string{"300X150", "300X150", "300X150"}, materials: [3]string{"PVC", "PVC", "PVC"},
			embed: "GK", bend: "转折点", chamber: "人孔", mid: "手孔", end: "预留口", source: "交接箱", branch: "接线箱", reach: -1.6, every: 4, owner: "梁山示例通信一公司", cables: 4, ducts: 6, ranks: 2},
		{class: "DL", sub: "GD", classNo: 5, subNo: 1, lane: 2.8, step: 45, deep: 0.75, height: 0.15, sizes: [3]string{"400X150", "400X150", "400X150"}, materials: [3]string{"PVC", "PVC", "PVC"},
			embed: "GK", bend: "转折点", chamber: "人孔", mid: "手孔", end: "预留口", source: "变电站", branch: "变压器", reach: 1.6, every: 4, owner: "梁山示例供电公司", voltage: "10", cables: 3, ducts: 6, ranks: 2},
		{class: "RQ", sub: "TR", classNo: 3, subNo: 3, lane: 1.5, step: 40, deep: 1.1, sizes: [3]string{"250", "200", "160"}, materials: [3]string{"G", "PE", "PE"},
			embed: "ZM", bend: "弯头", valve: "阀门", end: "预留口", source: "调压站", branch: "调压箱", reach: 5.5, every: 2, owner: "梁山示例燃气公司", pressure: "中压B", ranks: 2},
		{class: "JS", sub: "JP", classNo: 1, subNo: 4, lane: -1.6, step: 38, deep: 1.15, sizes: [3]string{"400", "300", "200"}, materials: [3]string{"QM", "QM", "PE"},
			embed: "ZM", bend: "弯头", valve: "阀门", end: "盖堵", source: "水厂出水", branch: "水表", reach: -5.2, every: 2, owner: "梁山示例供水公司", pressure: "0.35", ranks: 2},
	}
}

// pipePaths are the sub-classes laid along single streets, which meet nothing of their own kind.
func pipePaths() []*pipeKind {
	return []*pipeKind{
		{class: "TX", sub: "XX", classNo: 6, subNo: 3, lane: -3.9, step: 45, deep: 0.7, height: 0.1, sizes: [3]string{"100", "100", "100"}, materials: [3]string{"GX", "GX", "GX"},
			embed: "GM", bend: "转折点", mid: "手孔", end: "预留口", source: "交接箱", owner: "梁山示例通信二公司", cables: 2, ducts: 2, ranks: 2},
		{class: "TX", sub: "DS", classNo: 6, subNo: 2, lane: -4.7, step: 50, deep: 0.7, height: 0.1, sizes: [3]string{"100", "100", "100"}, materials: [3]string{"GX", "GX", "GX"},
			embed: "GM", bend: "转折点", mid: "手孔", end: "预留口", source: "交接箱", owner: "梁山示例广电公司", cables: 1, ducts: 2, ranks: 1},
		{class: "JS", sub: "XS", classNo: 1, subNo: 6, lane: -6.4, step: 50, deep: 1.2, sizes: [3]string{"200", "200", "150"}, materials: [3]string{"QM", "QM", "QM"},
			embed: "ZM", bend: "弯头", mid: "消防栓", end: "盖堵", source: "泵站", owner: "梁山县消防救援大队", pressure: "0.40", ranks: 0},
		{class: "RL", sub: "RS", classNo: 4, subNo: 1, lane: 5.1, step: 48, deep: 1.4, sizes: [3]string{"300", "250", "200"}, materials: [3]string{"G", "G", "G"},
			embed: "ZM", bend: "弯头", valve: "阀门", end: "盖堵", source: "换热站", owner: "梁山示例热力公司", temperature: "110", pressure: "1.6", ranks: 1, flow: true},
		{class: "RL", sub: "RS", classNo: 4, subNo: 1, lane: 6.2, step: 48, deep: 1.4, sizes: [3]string{"300", "250", "200"}, materials: [3]string{"G", "G", "G"},
			embed: "ZM", bend: "弯头", valve: "阀门", end: "盖堵", source: "换热站", owner: "梁山示例热力公司", temperature: "60", pressure: "1.6", ranks: 1, flow: true},
		{class: "GY", sub: "DQ", classNo: 7, subNo: 7, lane: 7.2, step: 50, deep: 1.6, sizes: [3]string{"150", "150", "150"}, materials: [3]string{"G", "G", "G"},
			embed: "ZM", bend: "弯头", valve: "阀门", end: "盖堵", source: "泵站", owner: "梁山经济开发区管委会", pressure: "0.8", ranks: 2},
		{class: "GY", sub: "YQ", classNo: 7, subNo: 2, lane: 7.2, step: 50, deep: 1.6, sizes: [3]string{"100", "100", "100"}, materials: [3]string{"G", "G", "G"},
			embed: "ZM", bend: "弯头", valve: "阀门", end: "盖堵", source: "泵站", owner: "梁山经济开发区管委会", pressure: "1.2", ranks: 2},
		{class: "QT", sub: "ZH", classNo: 8, subNo: 1, lane: 4.6, inside: true, step: 60, deep: 2.6, sizes: [3]string{"2400X2200", "2400X2200", "2000X2000"}, materials: [3]string{"T", "T", "T"},
			embed: "ZH", bend: "转折点", mid: "通风井", end: "起止点", source: "控制柜", owner: "梁山示例城建公司", ranks: 0},
	}
}

func pipeLamp() *pipeKind {
	return &pipeKind{class: "DL", sub: "LD", classNo: 5, subNo: 2, step: 34, deep: 0.7, height: 0.06, sizes: [3]string{"50", "50", "50"}, materials: [3]string{"TZ", "TZ", "TZ"}, lane: -0.6,
		embed: "GM", bend: "转折点", mid: "灯杆", end: "预留口", source: "控制柜", owner: "梁山示例市政公司", voltage: "0.38", cables: 1, ducts: 1, ranks: 2}
}

func pipeSignal() *pipeKind {
	return &pipeKind{class: "DL", sub: "XH", classNo: 5, subNo: 3, deep: 0.6, height: 0.05, sizes: [3]string{"50", "50", "50"}, embed: "GM", end: "预留口", source: "控制柜", owner: "梁山县公安局交警大队", voltage: "0.22", cables: 2, ducts: 2}
}

func pipeUnknown() *pipeKind {
	return &pipeKind{class: "QT", sub: "BM", classNo: 8, subNo: 2, lane: -0.4, step: 30, deep: 1.0, sizes: [3]string{"100", "100", "100"}, embed: "ZM", bend: "转折点", end: "起止点", source: "检修井", owner: "不明", ranks: 2}
}
