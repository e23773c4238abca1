// Package spatial is the room for what can be concluded from layers: overlay, nearest, "what is here", and the
// domains' analyses (land use, pipelines, drainage, evacuation, grid), each in a folder of its own. SQL gathers, Go
// judges. Areas and lengths come from the one rule, onemap.area_m2 and onemap.length_m (migrations/0001).
//
// It imports layers only. Its first tenant is the compliance check of a site.
package spatial
