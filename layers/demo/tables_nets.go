package demo

// networkTables are the layers of pipes, drainage and evacuation.
func (w *World) networkTables() []Table { return nil }
