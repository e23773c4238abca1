package demo

// land is the subdivision: the units and what each is.
type land struct{}
