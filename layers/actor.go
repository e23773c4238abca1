package layers

// Actor is who asks: a person, an application or nobody in particular. Every question to the store takes
// one, so that no query can forget it.
type Actor struct {
	ID         string   // stable; "" is anonymous
	Name       string   // for people to read
	Department string   // owner code of the department, "" if none
	Groups     []string // what grants are given to
}

// Anonymous is a visitor who has not said who they are.
var Anonymous = Actor{}
