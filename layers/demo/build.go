package demo

// build makes the parts in the order they depend on each other.
func (w *World) build() {}
